// Reserving: what decides, and every refusal with its boundary.

#include <gtest/gtest.h>

#include <limits>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class Reserving : public OnEachStorage {
 protected:
  Result<Reserved> reserve(SessionId session, std::uint32_t places = 1,
                           const std::string& member = "seokwon") {
    return museum.bookings().reserve({.session = session, .member = member, .places = places});
  }

  /// A session with these times in an exhibition of its own.
  SessionId register_with(const NewSession& session) {
    return museum.catalogue()
        .register_exhibition({.title = "Picasso", .sessions = {session}})
        .value()
        .sessions.at(0);
  }
};
class TheMemberLimit : public Reserving {};
class LoweringTheCapacity : public Reserving {};
class TheAvailability : public Reserving {};
INSTANTIATE_TEST_SUITE_P(On, Reserving, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, TheMemberLimit, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, LoweringTheCapacity, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, TheAvailability, each_storage(), storage_name);

TEST_P(Reserving, IsRefusedWhenSoldOutAndTellsWhatIsFree) {
  const auto shown = museum.register_one(3);
  museum.reserve(shown.session, "mina", 2);
  EXPECT_TRUE(is_refused(reserve(shown.session, 2), refusal::SoldOut{2, 1}));
  museum.reserve(shown.session, "seokwon", 1);
  EXPECT_TRUE(is_refused(reserve(shown.session, 1), refusal::SoldOut{1, 0}));
  EXPECT_EQ(museum.stored(shown.session).taken, 3);
}

TEST_P(Reserving, TakesTheVeryLastPlaceAndAPlaceThatWasGivenBack) {
  const auto shown = museum.register_one(1);
  const auto first = museum.reserve(shown.session);
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SoldOut{1, 0}));
  ASSERT_TRUE(is_done(museum.bookings().cancel(first.id)));
  EXPECT_TRUE(is_done(reserve(shown.session)));
}

TEST_P(Reserving, HasNoLimitWithoutACapacity) {
  const auto shown = museum.register_one(std::nullopt, {.max_places_per_reservation = 1'000'000});
  for (int i = 0; i < 5; ++i) museum.reserve(shown.session, "seokwon", 1'000'000);
  EXPECT_EQ(museum.stored(shown.session).taken, 5'000'000);
}

TEST_P(Reserving, CountsToTheHighestCapacity) {
  const auto highest = std::numeric_limits<std::uint32_t>::max();
  const auto shown = museum.register_one(highest, {.max_places_per_reservation = 1'000'000});
  museum.reserve(shown.session, "seokwon", 1'000'000);
  EXPECT_EQ(museum.bookings().availability(shown.session)->free, highest - 1'000'000);
}

TEST_P(Reserving, IsRefusedWhenTheSessionIsUnknown) {
  EXPECT_TRUE(is_refused(reserve(SessionId{404}), refusal::NotFound{"session", 404}));
}

TEST_P(Reserving, IsRefusedWhenTheExhibitionIsSuspendedOrWithdrawn) {
  const auto shown = museum.register_one();
  museum.catalogue().suspend(shown.exhibition).value();
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::ExhibitionNotOpen{}));
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::ExhibitionNotOpen{}));
}

TEST_P(Reserving, IsRefusedWhenTheSessionIsClosedOrCancelled) {
  const auto shown = museum.register_one();
  museum.catalogue().close(shown.session).value();
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SessionClosed{}));
  museum.catalogue().cancel_session(shown.session).value();
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SessionCancelled{}));
}

TEST_P(Reserving, IsAllowedUntilTheSessionEnds) {
  const auto shown = museum.register_one();
  museum.clock.set(eleven - 1ms);
  EXPECT_TRUE(is_done(reserve(shown.session))) << "it has begun, but it is not over";
  museum.clock.set(eleven);
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SessionOver{}));
}

TEST_P(Reserving, IsAllowedAtAnyTimeOfAnOpenEndedSession) {
  const auto session = register_with({.starts_at = ten});
  museum.clock.advance(24h * 365 * 100);
  EXPECT_TRUE(is_done(reserve(session)));
}

TEST_P(Reserving, IsRefusedBeforeSalesOpenAndFromTheirEnd) {
  const auto session = register_with(
      {.starts_at = ten, .sales_from = morning + 10min, .sales_until = morning + 20min});
  EXPECT_TRUE(is_refused(reserve(session), refusal::SalesNotOpen{morning + 10min}));
  museum.clock.set(morning + 10min - 1ms);
  EXPECT_TRUE(is_refused(reserve(session), refusal::SalesNotOpen{morning + 10min}));
  museum.clock.set(morning + 10min);
  EXPECT_TRUE(is_done(reserve(session)));
  museum.clock.set(morning + 20min - 1ms);
  EXPECT_TRUE(is_done(reserve(session)));
  museum.clock.set(morning + 20min);
  EXPECT_TRUE(is_refused(reserve(session), refusal::SalesClosed{}));
}

TEST_P(Reserving, IsRefusedWhenThePartyIsTooLarge) {
  const auto shown = museum.register_one(100, {.max_places_per_reservation = 4});
  EXPECT_TRUE(is_refused(reserve(shown.session, 5), refusal::PartyTooLarge{4}));
  EXPECT_TRUE(is_done(reserve(shown.session, 4)));
}

TEST_P(Reserving, TakesAHoldAsLongAsTheExhibitionSaysOrTheHostAsks) {
  const auto shown = museum.register_one(10, {.hold_ttl = 7min, .hold_max = 20min});
  EXPECT_EQ(museum.hold(shown.session).expires_at, morning + 7min);
  EXPECT_EQ(museum.hold(shown.session, "m", 1, 1ms).expires_at, morning + 1ms);
  EXPECT_EQ(museum.hold(shown.session, "m", 1, 20min).expires_at, morning + 20min);
  EXPECT_TRUE(is_invalid(museum.bookings().reserve(
                             {.session = shown.session, .member = "m", .hold = Hold{20min + 1ms}}),
                         "hold"));
}

TEST_P(Reserving, TellsWhatReadModelsNeed) {
  const auto shown = museum.register_one();
  const auto visit = museum.bookings()
                         .reserve({.session = shown.session, .member = "seokwon", .places = 2},
                                  {.actor = "kiosk 3", .correlation_id = "c-9"})
                         .value()
                         .reservation;
  const auto envelope = museum.log().back();
  const ReservationFacts facts{visit.id, shown.exhibition, shown.session, "seokwon", 2,
                               "Monet",  "gallery",        ten,           eleven};
  EXPECT_EQ(envelope.event, (Event{ReservationConfirmed{facts}}));
  EXPECT_EQ(envelope.key(), "Reservation/1/1");
  EXPECT_EQ(to_string(envelope.stream), "reservation/1");
  EXPECT_EQ(envelope.headers, (Headers{.correlation_id = "c-9", .actor = "kiosk 3"}));

  const auto hold = museum.hold(shown.session, "seokwon", 2);
  const auto held = museum.log().back();
  ASSERT_TRUE(std::holds_alternative<ReservationHeld>(held.event));
  EXPECT_EQ(std::get<ReservationHeld>(held.event).expires_at, hold.expires_at);
}

TEST_P(TheMemberLimit, CountsWhatTheMemberHasInTheWholeExhibition) {
  const auto shown = museum.register_one(50, {.max_places_per_member = 4});
  const auto other =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven}).value().id;
  museum.reserve(shown.session, "seokwon", 2);
  museum.hold(other, "seokwon", 1);
  EXPECT_TRUE(is_refused(reserve(shown.session, 2), refusal::MemberLimit{4, 3}));
  EXPECT_TRUE(is_done(reserve(shown.session, 4, "mina"))) << "another member's places do not count";
  EXPECT_TRUE(is_done(reserve(other, 1)));
  EXPECT_TRUE(is_refused(reserve(other, 1), refusal::MemberLimit{4, 4}));
}

TEST_P(TheMemberLimit, IsEachExhibitionsOwn) {
  const auto monet = museum.register_one(50, {.max_places_per_member = 1});
  const auto picasso = museum.register_one(50, {.max_places_per_member = 1});
  museum.reserve(monet.session);
  EXPECT_TRUE(is_done(reserve(picasso.session)));
}

TEST_P(TheMemberLimit, CountsReservationsOfSessionsThatAreOver) {
  const auto shown = museum.register_one(50, {.max_places_per_member = 2});
  museum.reserve(shown.session, "seokwon", 2);
  const auto later =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven + 1h}).value().id;
  museum.clock.set(eleven + 30min);
  EXPECT_TRUE(is_refused(reserve(later), refusal::MemberLimit{2, 2}));
}

TEST_P(TheMemberLimit, DoesNotCountWhatWasCancelledOrHasExpired) {
  const auto shown = museum.register_one(50, {.max_places_per_member = 2});
  museum.bookings().cancel(museum.reserve(shown.session, "seokwon", 2).id).value();
  museum.hold(shown.session, "seokwon", 2, 5min);
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::MemberLimit{2, 2}));
  museum.clock.advance(5min);
  EXPECT_TRUE(is_done(reserve(shown.session, 2))) << "the hold is due, though nobody wrote it down";
}

TEST_P(TheMemberLimit, DoesNotCountReservationsOfCancelledSessions) {
  const auto shown = museum.register_one(50, {.max_places_per_member = 2});
  const auto other =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven}).value().id;
  museum.reserve(shown.session, "seokwon", 2);
  museum.catalogue().cancel_session(shown.session).value();
  EXPECT_TRUE(is_done(reserve(other, 2)));
}

TEST_P(TheMemberLimit, CoversOnlyReservationsMadeUnderIt) {
  const auto shown = museum.register_one(50);
  museum.reserve(shown.session, "seokwon", 5);
  museum.catalogue()
      .update(shown.exhibition, {.rules = BookingRules{.max_places_per_member = 2}})
      .value();
  museum.reserve(shown.session, "seokwon", 2);
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::MemberLimit{2, 2}));
}

TEST_P(LoweringTheCapacity, BelowThePlacesInForceMarksTheSessionAndTakesNoMoreUntilTheyFit) {
  const auto shown = museum.register_one(5);
  std::vector<Reservation> visits;
  for (int i = 0; i < 4; ++i) visits.push_back(museum.reserve(shown.session));

  const auto lowered = museum.catalogue().set_capacity(shown.session, 2);
  ASSERT_TRUE(is_done(lowered));
  EXPECT_TRUE(lowered->overbooked);
  EXPECT_EQ(lowered->taken, 4) << "nobody loses a place";
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SoldOut{1, 0}));
  EXPECT_TRUE(museum.bookings().availability(shown.session)->overbooked);

  museum.bookings().cancel(visits[0].id).value();
  EXPECT_TRUE(museum.stored(shown.session).overbooked) << "three in two places";
  museum.bookings().cancel(visits[1].id).value();
  EXPECT_FALSE(museum.stored(shown.session).overbooked) << "they fit again";
  EXPECT_TRUE(is_refused(reserve(shown.session), refusal::SoldOut{1, 0}));
  museum.bookings().cancel(visits[2].id).value();
  EXPECT_TRUE(is_done(reserve(shown.session)));
  EXPECT_TRUE(museum.engine().audit()->empty());
}

TEST_P(LoweringTheCapacity, ToThePlacesInForceIsNoOverbooking) {
  const auto shown = museum.register_one(5);
  museum.reserve(shown.session, "seokwon", 3);
  EXPECT_FALSE(museum.catalogue().set_capacity(shown.session, 3)->overbooked);
}

TEST_P(LoweringTheCapacity, IsForgottenWhenItIsRaisedAgain) {
  const auto shown = museum.register_one(5);
  museum.reserve(shown.session, "seokwon", 3);
  EXPECT_TRUE(museum.catalogue().set_capacity(shown.session, 1)->overbooked);
  EXPECT_FALSE(museum.catalogue().set_capacity(shown.session, 4)->overbooked);
  EXPECT_TRUE(is_done(reserve(shown.session)));
}

TEST_P(LoweringTheCapacity, LetsHoldsBeConfirmedWithoutASecondCheck) {
  const auto shown = museum.register_one(5);
  const auto hold = museum.hold(shown.session, "seokwon", 3);
  museum.catalogue().set_capacity(shown.session, 1).value();
  EXPECT_TRUE(is_done(museum.bookings().confirm(hold.id)));
}

TEST_P(LoweringTheCapacity, DoesNotCountHoldsThatAreDue) {
  const auto shown = museum.register_one(5);
  museum.hold(shown.session, "mina", 2, 1min);
  museum.hold(shown.session, "mina", 2, 1min);
  museum.reserve(shown.session);
  museum.catalogue().set_capacity(shown.session, 2).value();
  museum.clock.advance(1min);
  EXPECT_TRUE(is_refused(reserve(shown.session, 2), refusal::SoldOut{2, 1}));
  EXPECT_TRUE(is_done(reserve(shown.session, 1)));
  museum.pump_all();
  EXPECT_EQ(museum.stored(shown.session).taken, 2);
  EXPECT_TRUE(museum.engine().audit()->empty());
}

TEST_P(TheAvailability, TellsWhatIsInForceAndWhatIsFree) {
  const auto shown = museum.register_one(10);
  museum.reserve(shown.session, "seokwon", 3);
  museum.hold(shown.session, "mina", 2, 5min);
  auto seen = museum.bookings().availability(shown.session).value();
  EXPECT_EQ(seen.session, shown.session);
  EXPECT_EQ(seen.exhibition, shown.exhibition);
  EXPECT_EQ(seen.capacity, 10U);
  EXPECT_EQ(seen.in_force, 5);
  EXPECT_EQ(seen.free, 5U);
  EXPECT_EQ(seen.refuses, std::nullopt);

  museum.clock.advance(5min);
  seen = museum.bookings().availability(shown.session).value();
  EXPECT_EQ(seen.in_force, 3) << "the hold is due";
  EXPECT_EQ(seen.free, 7U);
}

TEST_P(TheAvailability, HasNoNumberWithoutACapacity) {
  const auto shown = museum.register_one(std::nullopt);
  museum.reserve(shown.session, "seokwon", 3);
  const auto seen = museum.bookings().availability(shown.session).value();
  EXPECT_EQ(seen.capacity, std::nullopt);
  EXPECT_EQ(seen.free, std::nullopt);
  EXPECT_EQ(seen.in_force, 3);
}

TEST_P(TheAvailability, IsNeverBelowNothing) {
  const auto shown = museum.register_one(10);
  museum.reserve(shown.session, "seokwon", 3);
  museum.catalogue().set_capacity(shown.session, 1).value();
  const auto seen = museum.bookings().availability(shown.session).value();
  EXPECT_EQ(seen.free, 0U);
  EXPECT_EQ(seen.in_force, 3);
  EXPECT_TRUE(seen.overbooked);
  EXPECT_EQ(seen.refuses, Errc::sold_out);
}

TEST_P(TheAvailability, TellsWhyAPlaceWouldBeRefused) {
  const auto shown = museum.register_one(1);
  const auto refuses = [&] { return museum.bookings().availability(shown.session)->refuses; };
  museum.reserve(shown.session);
  EXPECT_EQ(refuses(), Errc::sold_out);
  museum.catalogue().close(shown.session).value();
  EXPECT_EQ(refuses(), Errc::session_closed);
  museum.clock.set(eleven);
  EXPECT_EQ(refuses(), Errc::session_over);
  museum.clock.set(morning);
  museum.catalogue().cancel_session(shown.session).value();
  EXPECT_EQ(refuses(), Errc::session_cancelled);
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(refuses(), Errc::exhibition_not_open);
  EXPECT_EQ(museum.bookings().availability(shown.session)->in_force, 0);
}

TEST_P(TheAvailability, IsNotFoundForWhatIsUnknown) {
  EXPECT_TRUE(is_refused(museum.bookings().availability(SessionId{404}),
                         refusal::NotFound{"session", 404}));
  EXPECT_TRUE(
      is_refused(museum.bookings().availability(SessionRange{.exhibition = ExhibitionId{404}}),
                 refusal::NotFound{"exhibition", 404}));
}

TEST_P(TheAvailability, OfARangeIsOfTheSessionsThatStartInIt) {
  const auto made = museum.catalogue()
                        .register_exhibition({.title = "Picasso",
                                              .sessions = {{.starts_at = ten},
                                                           {.starts_at = ten + 10min},
                                                           {.starts_at = ten + 20min}}})
                        .value();
  const auto starts = [&](Instant from, Instant until) {
    std::vector<Instant> found;
    for (const auto& seen :
         museum.bookings().availability({made.exhibition.id, from, until}).value()) {
      found.push_back(seen.times.starts_at);
    }
    return found;
  };
  EXPECT_EQ(starts(ten, ten + 20min), (std::vector{ten, ten + 10min})) << "[from, until)";
  EXPECT_EQ(starts(ten + 1ms, ten + 20min + 1ms), (std::vector{ten + 10min, ten + 20min}));
  EXPECT_EQ(starts(ten, ten), std::vector<Instant>{});
  EXPECT_EQ(
      museum.bookings().availability(SessionRange{.exhibition = made.exhibition.id})->items.size(),
      3U);
}

}  // namespace
}  // namespace exhibition::tests
