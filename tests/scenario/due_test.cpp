// What time, a withdrawal or a cancelled session make of reservations, seen at once and settled
// later.

#include <gtest/gtest.h>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class AHold : public OnEachStorage {};
class AClockThatStepsBack : public OnEachStorage {};
class AWithdrawal : public OnEachStorage {};
class ACancelledSession : public OnEachStorage {};
class Settling : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, AHold, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, AClockThatStepsBack, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, AWithdrawal, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, ACancelledSession, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Settling, each_storage(), storage_name);

TEST_P(AHold, ExpiresAtExactlyExpiresAt) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at - 1ms);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::held);
  museum.clock.set(*hold.expires_at);
  const auto seen = museum.bookings().find(hold.id).value();
  EXPECT_EQ(seen.status, ReservationStatus::expired);
  EXPECT_EQ(seen.expires_at, hold.expires_at);
  EXPECT_EQ(seen.version, 1) << "shown, not yet written down";
}

TEST_P(AHold, ThatExpiredFreesItsPlaceForTheVeryNextReserveWithoutAnySweep) {
  const auto shown = museum.register_one(1);
  const auto hold = museum.hold(shown.session, "mina");
  museum.clock.set(*hold.expires_at - 1ms);
  EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = shown.session, .member = "seokwon"}),
                         refusal::SoldOut{1, 0}));
  museum.clock.set(*hold.expires_at);
  const auto known = museum.log().size();

  const auto visit = museum.reserve(shown.session);

  EXPECT_EQ(visit.status, ReservationStatus::confirmed);
  EXPECT_EQ(museum.stored(hold.id).status, ReservationStatus::expired) << "settled with it";
  EXPECT_EQ(museum.stored(shown.session).taken, 1);
  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"ReservationExpired", "ReservationConfirmed"}));
}

TEST_P(AHold, IsSettledByAReserveOnlyAsFarAsPlacesAreNeededTheOldestFirst) {
  const auto shown = museum.register_one(4);
  const auto latest = museum.hold(shown.session, "m", 1, 3min);
  const auto second = museum.hold(shown.session, "m", 1, 2min);
  const auto first = museum.hold(shown.session, "m", 1, 1min);
  const auto tied = museum.hold(shown.session, "m", 1, 2min);
  museum.clock.advance(5min);

  museum.reserve(shown.session, "seokwon", 2);

  EXPECT_EQ(museum.stored(first.id).status, ReservationStatus::expired);
  EXPECT_EQ(museum.stored(second.id).status, ReservationStatus::expired)
      << "the lower id of the two";
  EXPECT_EQ(museum.stored(tied.id).status, ReservationStatus::held);
  EXPECT_EQ(museum.stored(latest.id).status, ReservationStatus::held);
  EXPECT_EQ(museum.stored(shown.session).taken, 4);
}

TEST_P(AHold, IsNotSettledByAReserveThatFindsRoom) {
  const auto shown = museum.register_one(4);
  const auto hold = museum.hold(shown.session, "m", 2, 1min);
  museum.clock.advance(1min);
  museum.reserve(shown.session, "seokwon", 2);
  EXPECT_EQ(museum.stored(hold.id).status, ReservationStatus::held);
  museum.reserve(shown.session, "seokwon", 1);
  EXPECT_EQ(museum.stored(hold.id).status, ReservationStatus::expired);
}

TEST_P(AHold, IsNotSettledByAReserveThatIsRefused) {
  const auto shown = museum.register_one(4);
  const auto hold = museum.hold(shown.session, "m", 1, 1min);
  museum.reserve(shown.session, "m", 3);
  museum.clock.advance(1min);
  const auto log = museum.log();
  EXPECT_TRUE(is_refused(
      museum.bookings().reserve({.session = shown.session, .member = "seokwon", .places = 2}),
      refusal::SoldOut{2, 1}));
  EXPECT_EQ(museum.stored(hold.id).status, ReservationStatus::held);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(AHold, ThatIsSettledTellsWhenItWasDueAndWhenThatWasWrittenDown) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.advance(1h);
  EXPECT_EQ(museum.events().pump().settled, 1U);
  const auto log = museum.log();
  const auto& envelope = log.back();
  ASSERT_TRUE(std::holds_alternative<ReservationExpired>(envelope.event));
  EXPECT_EQ(std::get<ReservationExpired>(envelope.event).due_at, *hold.expires_at);
  EXPECT_EQ(envelope.occurred_at, morning + 1h);
  EXPECT_EQ(envelope.version, 2);
  EXPECT_EQ(museum.stored(hold.id).status, ReservationStatus::expired);
  EXPECT_EQ(museum.stored(hold.id).expires_at, hold.expires_at);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
}

TEST_P(AHold, ThatExpiredNeverGetsAVoucher) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.advance(1h);
  museum.pump_all();
  EXPECT_TRUE(museum.vouchers().of(hold.id)->empty());
}

TEST_P(AClockThatStepsBack, MakesAHoldThatNobodySettledHeldAgain) {
  const auto shown = museum.register_one(1);
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::expired);
  museum.clock.set(*hold.expires_at - 1ms);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::held);
  EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = shown.session, .member = "m"}),
                         refusal::SoldOut{1, 0}));
  EXPECT_TRUE(is_done(museum.bookings().confirm(hold.id)));
}

TEST_P(AClockThatStepsBack, LeavesWhatIsSettledAsItIs) {
  const auto shown = museum.register_one(1);
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at);
  museum.pump_all();
  museum.clock.set(morning);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::expired);
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::HoldExpired{*hold.expires_at}));
  EXPECT_TRUE(is_done(museum.bookings().reserve({.session = shown.session, .member = "m"})));
}

TEST_P(AClockThatStepsBack, DoesNotUndoAWithdrawal) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  const auto visit = museum.reserve(shown.session);
  museum.clock.set(*hold.expires_at);
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.clock.set(morning);
  EXPECT_EQ(museum.bookings().find(visit.id)->status, ReservationStatus::cancelled);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::expired)
      << "it had expired by the withdrawal, and that is for good";
}

TEST_P(AWithdrawal, CancelsEveryLiveReservationAtOnce) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session, "seokwon", 2);
  const auto hold = museum.hold(shown.session);
  const auto known = museum.log().size();
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(museum.happened_after(known), std::vector<std::string>{"ExhibitionWithdrawn"})
      << "one small unit, whatever the number of reservations";
  for (const auto id : {visit.id, hold.id}) {
    const auto seen = museum.bookings().find(id).value();
    EXPECT_EQ(seen.status, ReservationStatus::cancelled);
    EXPECT_EQ(seen.reason, CancelReason::exhibition_withdrawn);
    EXPECT_EQ(seen.expires_at, std::nullopt);
  }
}

TEST_P(AWithdrawal, ExpiresHoldsWhoseTimeWasUpByThenAndCancelsTheOthers) {
  const auto shown = museum.register_one();
  const auto before = museum.hold(shown.session, "m", 1, 10min - 1ms);
  const auto at = museum.hold(shown.session, "m", 1, 10min);
  const auto after = museum.hold(shown.session, "m", 1, 10min + 1ms);
  museum.clock.advance(10min);
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.clock.advance(1h);
  const auto statuses = [&] {
    return std::vector{museum.bookings().find(before.id)->status,
                       museum.bookings().find(at.id)->status,
                       museum.bookings().find(after.id)->status};
  };
  const std::vector expected{ReservationStatus::expired, ReservationStatus::expired,
                             ReservationStatus::cancelled};
  EXPECT_EQ(statuses(), expected);
  museum.pump_all();
  EXPECT_EQ(statuses(), expected);
  EXPECT_EQ(museum.stored(before.id).status, ReservationStatus::expired);
  EXPECT_EQ(museum.stored(after.id).status, ReservationStatus::cancelled);
}

TEST_P(AWithdrawal, LeavesSessionsThatWereOverTheirHistory) {
  const auto made =
      museum.catalogue()
          .register_exhibition({.title = "Picasso",
                                .sessions = {{.starts_at = morning, .ends_at = ten},
                                             {.starts_at = morning, .ends_at = ten + 1ms},
                                             {.starts_at = morning}}})
          .value();
  std::vector<Reservation> visits;
  for (const auto session : made.sessions) visits.push_back(museum.reserve(session));
  museum.pump_all();
  museum.clock.set(ten);
  museum.catalogue().withdraw(made.exhibition.id).value();
  museum.pump_all();
  EXPECT_EQ(museum.bookings().find(visits[0].id), visits[0]) << "it was over by then";
  EXPECT_EQ(museum.vouchers().of(visits[0].id)->at(0).status, VoucherStatus::active);
  EXPECT_EQ(museum.stored(visits[1].id).status, ReservationStatus::cancelled);
  EXPECT_EQ(museum.stored(visits[2].id).status, ReservationStatus::cancelled) << "open-ended";
}

TEST_P(AWithdrawal, IsWrittenDownByPumpWithItsEventsAndVouchers) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto voucher = museum.voucher_of(visit.id);
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.clock.advance(10min);
  const auto known = museum.log().size();

  EXPECT_EQ(museum.pump_all().settled, 1U);

  const auto stored = museum.stored(visit.id);
  EXPECT_EQ(stored.status, ReservationStatus::cancelled);
  EXPECT_EQ(stored.reason, CancelReason::exhibition_withdrawn);
  EXPECT_EQ(stored.version, 2);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"ReservationCancelled", "VoucherDeactivated"}));
  const auto envelope = museum.log()[known];
  const auto& cancelled = std::get<ReservationCancelled>(envelope.event);
  EXPECT_EQ(cancelled.reason, CancelReason::exhibition_withdrawn);
  EXPECT_EQ(cancelled.due_at, morning);
  EXPECT_EQ(envelope.occurred_at, morning + 10min);
  EXPECT_EQ(museum.vouchers().find(voucher.code)->status, VoucherStatus::deactivated);
  EXPECT_TRUE(museum.engine().audit()->empty());
}

TEST_P(AWithdrawal, MakesCancellingChangeNothing) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  museum.catalogue().withdraw(shown.exhibition).value();
  const auto log = museum.log();
  const auto cancelled = museum.bookings().cancel(visit.id);
  ASSERT_TRUE(is_done(cancelled));
  EXPECT_EQ(cancelled->reason, CancelReason::exhibition_withdrawn);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(AWithdrawal, TouchesNoOtherExhibition) {
  const auto monet = museum.register_one();
  const auto picasso = museum.register_one();
  const auto visit = museum.reserve(picasso.session);
  museum.catalogue().withdraw(monet.exhibition).value();
  museum.pump_all();
  EXPECT_EQ(museum.bookings().find(visit.id), visit);
}

TEST_P(ACancelledSession, CancelsItsReservationsAtOnceAndThoseOfNoOther) {
  const auto shown = museum.register_one();
  const auto other =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven}).value().id;
  const auto visit = museum.reserve(shown.session);
  const auto elsewhere = museum.reserve(other);
  const auto expired = museum.hold(shown.session, "m", 1, 1min);
  museum.clock.advance(1min);
  museum.catalogue().cancel_session(shown.session).value();
  EXPECT_EQ(museum.bookings().find(visit.id)->status, ReservationStatus::cancelled);
  EXPECT_EQ(museum.bookings().find(visit.id)->reason, CancelReason::session_cancelled);
  EXPECT_EQ(museum.bookings().find(expired.id)->status, ReservationStatus::expired);
  EXPECT_EQ(museum.bookings().find(elsewhere.id), elsewhere);
  EXPECT_EQ(museum.pump_all().settled, 2U);
  EXPECT_EQ(museum.stored(visit.id).status, ReservationStatus::cancelled);
  EXPECT_EQ(museum.stored(expired.id).status, ReservationStatus::expired);
  EXPECT_EQ(museum.bookings().find(elsewhere.id), elsewhere);
}

TEST_P(ACancelledSession, KeepsItsReasonWhenTheExhibitionIsWithdrawnLater) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  museum.catalogue().cancel_session(shown.session).value();
  museum.clock.advance(1min);
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.pump_all();
  EXPECT_EQ(museum.stored(visit.id).reason, CancelReason::session_cancelled);
}

TEST_P(Settling, IsBoundedByTheBudgetAndGoesOnWhereItStopped) {
  const auto shown = museum.register_one(std::nullopt);
  for (int i = 0; i < 25; ++i) museum.hold(shown.session);
  museum.clock.advance(1h);
  EXPECT_EQ(museum.events().pump({.max_events = 10}).settled, 10U);
  EXPECT_EQ(museum.stored(shown.session).taken, 15);
  EXPECT_TRUE(museum.events().pump({.max_events = 10}).more);
  EXPECT_EQ(museum.events().pump({.max_events = 10}).settled, 5U);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
  EXPECT_EQ(museum.events().pump().settled, 0U);
}

TEST_P(Settling, AWithdrawalIsBoundedTooAndGoesOnAfterTheEngineWasOpenedAnew) {
  const auto shown = museum.register_one(std::nullopt);
  const auto other =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven}).value().id;
  for (int i = 0; i < 10; ++i) museum.reserve(shown.session);
  for (int i = 0; i < 15; ++i) museum.reserve(other);
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(museum.events().pump({.max_events = 7}).settled, 7U);
  EXPECT_EQ(museum.events().pump({.max_events = 7}).settled, 7U);
  museum.reopen();
  EXPECT_EQ(museum.pump_all().settled, 11U);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
  EXPECT_EQ(museum.stored(other).taken, 0);
  std::size_t cancelled = 0;
  for (const auto& envelope : museum.log()) {
    if (std::holds_alternative<ReservationCancelled>(envelope.event)) ++cancelled;
  }
  EXPECT_EQ(cancelled, 25U) << "each once";
}

TEST_P(Settling, IsLeftToNobodyInParticular) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.advance(1h);
  auto other = Engine::open(museum.options()).value();
  EXPECT_EQ(other.events().pump().settled, 1U);
  EXPECT_EQ(museum.events().pump().settled, 0U);
  EXPECT_EQ(museum.stored(hold.id).version, 2);
}

}  // namespace
}  // namespace exhibition::tests
