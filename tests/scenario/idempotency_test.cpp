// Idempotency keys, and the ids that commands use up.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class AnIdempotencyKey : public OnEachStorage {
 protected:
  Result<Reserved> reserve(SessionId session, const std::string& key, std::uint32_t places = 1) {
    return museum.bookings().reserve({.session = session, .member = "seokwon", .places = places},
                                     {.idempotency_key = key});
  }
};
class Ids : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, AnIdempotencyKey, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Ids, each_storage(), storage_name);

TEST_P(AnIdempotencyKey, GivesTheRetryOfTheReserveThatTookTheLastPlaceItsReservation) {
  const auto shown = museum.register_one(1);
  const auto first = reserve(shown.session, "k");
  ASSERT_TRUE(is_done(first));
  EXPECT_FALSE(first->replayed);
  const auto log = museum.log();

  const auto again = reserve(shown.session, "k");

  ASSERT_TRUE(is_done(again)) << "not sold_out";
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->reservation, first->reservation);
  EXPECT_EQ(museum.log(), log);
  EXPECT_EQ(museum.stored(shown.session).taken, 1);
}

TEST_P(AnIdempotencyKey, GivesTheReservationAsItIsByThen) {
  const auto shown = museum.register_one();
  const auto request = ReserveRequest{.session = shown.session, .member = "m", .hold = Hold{}};
  const auto made =
      museum.bookings().reserve(request, {.idempotency_key = "k"}).value().reservation;
  const auto replayed = [&] {
    return museum.bookings().reserve(request, {.idempotency_key = "k"}).value().reservation;
  };
  museum.clock.set(*made.expires_at);
  EXPECT_EQ(replayed().status, ReservationStatus::expired);
  museum.clock.set(morning);
  const auto confirmed = museum.bookings().confirm(made.id).value();
  EXPECT_EQ(replayed(), confirmed);
}

TEST_P(AnIdempotencyKey, IsRefusedToAnotherRequest) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(reserve(shown.session, "k", 1)));
  const auto log = museum.log();
  const refusal::IdempotencyMismatch no;
  const CommandOptions key{.idempotency_key = "k"};
  auto& bookings = museum.bookings();
  EXPECT_TRUE(is_refused(reserve(shown.session, "k", 2), no));
  EXPECT_TRUE(is_refused(bookings.reserve({.session = shown.session, .member = "mina"}, key), no));
  EXPECT_TRUE(
      is_refused(bookings.reserve({.session = SessionId{404}, .member = "seokwon"}, key), no));
  EXPECT_TRUE(is_refused(
      bookings.reserve({.session = shown.session, .member = "seokwon", .hold = Hold{}}, key), no));
  EXPECT_EQ(museum.log(), log);
}

TEST_P(AnIdempotencyKey, MayBeUsedAgainAfterARefusal) {
  const auto shown = museum.register_one(1);
  const auto first = museum.reserve(shown.session);
  EXPECT_TRUE(is_refused(reserve(shown.session, "k"), refusal::SoldOut{1, 0}));
  museum.bookings().cancel(first.id).value();
  const auto second = reserve(shown.session, "k");
  ASSERT_TRUE(is_done(second));
  EXPECT_FALSE(second->replayed);
}

TEST_P(AnIdempotencyKey, OfARefusedRequestMayEvenServeAnotherOne) {
  const auto shown = museum.register_one(1);
  EXPECT_TRUE(is_refused(reserve(shown.session, "k", 2), refusal::SoldOut{2, 1}));
  EXPECT_TRUE(is_done(reserve(shown.session, "k", 1)));
}

TEST_P(AnIdempotencyKey, IsScopedToTheKindOfCommand) {
  const auto shown = museum.register_one();
  const CommandOptions key{.idempotency_key = "k"};
  const auto hold = museum.bookings()
                        .reserve({.session = shown.session, .member = "m", .hold = Hold{}}, key)
                        .value()
                        .reservation;
  EXPECT_EQ(museum.bookings().extend(hold.id, 1min, key)->version, 2);
  EXPECT_EQ(museum.bookings().confirm(hold.id, key)->version, 3);
  EXPECT_EQ(museum.bookings().cancel(hold.id, Canceller::member, key)->version, 4);
}

TEST_P(AnIdempotencyKey, AnswersWhatValidationAndTheStateWouldNowRefuse) {
  const auto shown = museum.register_one();
  const auto first = reserve(shown.session, "k");
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.clock.set(eleven);
  const auto again = reserve(shown.session, "k");
  ASSERT_TRUE(is_done(again));
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->reservation.id, first->reservation.id);
}

TEST_P(AnIdempotencyKey, IsRememberedForADayAtLeastAndThroughAReopening) {
  const auto shown = museum.register_one();
  const auto first = reserve(shown.session, "k");
  museum.clock.advance(24h - 1ms);
  museum.reopen();
  const auto again = reserve(shown.session, "k");
  ASSERT_TRUE(is_done(again));
  EXPECT_EQ(again->reservation.id, first->reservation.id);
}

TEST_P(AnIdempotencyKey, HasOneTo255BytesOfUtf8) {
  const auto shown = museum.register_one(100);
  for (const std::string& key :
       {std::string("k"), std::string(255, 'k'), std::string("한국어 \"quoted\""),
        std::string("nul\0inside", 10)}) {
    EXPECT_FALSE(reserve(shown.session, key)->replayed);
    EXPECT_TRUE(reserve(shown.session, key)->replayed);
  }
  EXPECT_FALSE(reserve(shown.session, std::string("nul\0other", 9))->replayed);
  EXPECT_TRUE(is_invalid(reserve(shown.session, std::string(256, 'k')), "idempotency_key"));
  EXPECT_TRUE(is_invalid(reserve(shown.session, "\xff"), "idempotency_key"));
}

TEST_P(AnIdempotencyKey, ThatIsEmptyIsNoKey) {
  const auto shown = museum.register_one();
  EXPECT_NE(reserve(shown.session, "")->reservation.id, reserve(shown.session, "")->reservation.id);
}

TEST_P(AnIdempotencyKey, OfARegistrationGivesTheExhibitionAndItsSessionsAsTheyAreByThen) {
  const NewExhibition wanted{.title = "Picasso",
                             .sessions = {{.starts_at = eleven}, {.starts_at = ten}}};
  const CommandOptions key{.idempotency_key = "k"};
  const auto made = museum.catalogue().register_exhibition(wanted, key).value();
  EXPECT_FALSE(made.replayed);
  const auto renamed = museum.catalogue().update(made.exhibition.id, {.title = "Pablo"}).value();
  const auto again = museum.catalogue().register_exhibition(wanted, key).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.exhibition, renamed);
  EXPECT_EQ(again.sessions, made.sessions);

  auto other = wanted;
  other.sessions[1].capacity = 7;
  EXPECT_TRUE(is_refused(museum.catalogue().register_exhibition(other, key),
                         refusal::IdempotencyMismatch{}));
}

TEST_P(Ids, CountFromOneInASmallStore) {
  for (std::int64_t i = 1; i <= 3; ++i) {
    const auto shown = museum.register_one();
    EXPECT_EQ(shown.exhibition, ExhibitionId{i});
    EXPECT_EQ(shown.session, SessionId{i});
    const auto visit = museum.reserve(shown.session);
    EXPECT_EQ(visit.id, ReservationId{i});
    EXPECT_EQ(museum.voucher_of(visit.id).id, VoucherId{i});
  }
}

TEST_P(Ids, HaveNoGapAfterARefusedOrReplayedCommand) {
  const auto shown = museum.register_one(2);
  const CommandOptions key{.idempotency_key = "k"};
  const ReserveRequest request{.session = shown.session, .member = "m"};
  EXPECT_EQ(museum.bookings().reserve(request, key)->reservation.id, ReservationId{1});
  EXPECT_EQ(museum.bookings().reserve(request, key)->reservation.id, ReservationId{1});
  EXPECT_FALSE(museum.bookings().reserve({.session = shown.session, .member = "m", .places = 9}));
  EXPECT_FALSE(museum.bookings().reserve({.session = SessionId{404}, .member = "m"}));
  EXPECT_EQ(museum.reserve(shown.session).id, ReservationId{2});

  const NewSession session{.starts_at = eleven};
  EXPECT_EQ(museum.catalogue().add_session(shown.exhibition, session, key)->id, SessionId{2});
  EXPECT_EQ(museum.catalogue().add_session(shown.exhibition, session, key)->id, SessionId{2});
  EXPECT_FALSE(museum.catalogue().add_session(ExhibitionId{404}, session));
  EXPECT_FALSE(
      museum.catalogue().register_exhibition({.title = "", .sessions = {session, session}}));
  EXPECT_EQ(museum.register_one().session, SessionId{3});
}

TEST_P(Ids, OfVouchersThatWereNotIssuedAreUsedForTheNext) {
  const auto shown = museum.register_one();
  museum.bookings().cancel(museum.reserve(shown.session).id).value();
  museum.pump_all();
  EXPECT_EQ(museum.voucher_of(museum.reserve(shown.session).id).id, VoucherId{1});
}

TEST_P(Ids, HaveNoGapAfterACleanCloseAndReopening) {
  for (std::int64_t i = 1; i <= 3; ++i) {
    const auto shown = museum.register_one();
    EXPECT_EQ(shown.exhibition, ExhibitionId{i});
    EXPECT_EQ(shown.session, SessionId{i});
    const auto visit = museum.reserve(shown.session);
    EXPECT_EQ(visit.id, ReservationId{i});
    EXPECT_EQ(museum.voucher_of(visit.id).id, VoucherId{i});
    museum.reopen();
  }
}

TEST_P(Ids, AreNeverUsedTwiceByTwoEngines) {
  auto other = Engine::open(museum.options()).value();
  const auto shown = museum.register_one(std::nullopt);
  std::vector<ReservationId> ids;
  for (int i = 0; i < 100; ++i) {
    ids.push_back(museum.reserve(shown.session).id);
    ids.push_back(
        other.bookings().reserve({.session = shown.session, .member = "m"}).value().reservation.id);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(museum.bookings().list({}, {.limit = 1000})->items.size(), 200U);
}

}  // namespace
}  // namespace exhibition::tests
