// Confirming, extending, cancelling and finding reservations, with every refusal and its boundary.

#include <gtest/gtest.h>


#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

constexpr ReservationId unknown{404};

class Confirming : public OnEachStorage {};
class Extending : public OnEachStorage {};
class Cancelling : public OnEachStorage {};
class Finding : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, Confirming, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Extending, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Cancelling, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Finding, each_storage(), storage_name);

TEST_P(Confirming, MakesAHoldGood) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session, "seokwon", 2);
  const auto confirmed = museum.bookings().confirm(hold.id);
  ASSERT_TRUE(is_done(confirmed));
  EXPECT_EQ(confirmed->status, ReservationStatus::confirmed);
  EXPECT_EQ(confirmed->expires_at, std::nullopt);
  EXPECT_EQ(confirmed->version, 2);
  EXPECT_EQ(museum.stored(hold.id), *confirmed);
  museum.clock.advance(24h * 365);
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::confirmed);
}

TEST_P(Confirming, AConfirmedReservationChangesNothing) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto log = museum.log();
  EXPECT_EQ(museum.bookings().confirm(visit.id), visit);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(Confirming, IsPossibleUntilTheLastMillisecondOfTheHold) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at - 1ms);
  EXPECT_TRUE(is_done(museum.bookings().confirm(hold.id)));
}

TEST_P(Confirming, IsRefusedAtTheVeryMomentTheHoldExpires) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at);
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::HoldExpired{*hold.expires_at}));
}

TEST_P(Confirming, IsRefusedOneMillisecondLateBeforeAndAfterItIsWrittenDown) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at + 1ms);
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::HoldExpired{*hold.expires_at}));
  museum.pump_all();
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::HoldExpired{*hold.expires_at}));
}

TEST_P(Confirming, IsRefusedWhenItIsCancelledOrUnknown) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.bookings().cancel(hold.id).value();
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::IllegalTransition{"cancelled"}));
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(unknown), refusal::NotFound{"reservation", 404}));
}

TEST_P(Confirming, IsRefusedWhenAWithdrawalHasCancelledIt) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_TRUE(
      is_refused(museum.bookings().confirm(hold.id), refusal::IllegalTransition{"cancelled"}));
}

TEST_P(Extending, MovesTheEndOfTheHold) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  const auto extended = museum.bookings().extend(hold.id, 5min);
  ASSERT_TRUE(is_done(extended));
  EXPECT_EQ(extended->status, ReservationStatus::held);
  EXPECT_EQ(extended->expires_at, *hold.expires_at + 5min);
  EXPECT_EQ(extended->version, 2);
  const auto event = museum.log().back().event;
  ASSERT_TRUE(std::holds_alternative<HoldExtended>(event));
  EXPECT_EQ(std::get<HoldExtended>(event).expires_at, *hold.expires_at + 5min);
}

TEST_P(Extending, GoesUpToHoldMaxAfterItWasMadeAndIsRefusedBeyondNeverClamped) {
  const auto shown = museum.register_one(10, {.hold_ttl = 15min, .hold_max = 60min});
  const auto hold = museum.hold(shown.session);
  museum.clock.advance(10min);
  const refusal::HoldMaxReached no{morning + 60min};
  EXPECT_TRUE(is_refused(museum.bookings().extend(hold.id, 45min + 1ms), no));
  EXPECT_EQ(museum.bookings().find(hold.id)->expires_at, morning + 15min) << "not clamped";
  ASSERT_TRUE(is_done(museum.bookings().extend(hold.id, 45min)));
  EXPECT_EQ(museum.bookings().find(hold.id)->expires_at, morning + 60min);
  EXPECT_TRUE(is_refused(museum.bookings().extend(hold.id, 1ms), no));
  EXPECT_TRUE(is_refused(museum.bookings().extend(hold.id, std::chrono::milliseconds::max()), no));
}

TEST_P(Extending, IsRefusedByNothingOrLess) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  EXPECT_TRUE(is_invalid(museum.bookings().extend(hold.id, 0ms), "by"));
  EXPECT_TRUE(is_invalid(museum.bookings().extend(hold.id, -1ms), "by"));
  EXPECT_TRUE(
      is_invalid(museum.bookings().extend(hold.id, std::chrono::milliseconds::min()), "by"));
}

TEST_P(Extending, IsRefusedFromTheMomentTheHoldExpires) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at);
  EXPECT_TRUE(
      is_refused(museum.bookings().extend(hold.id, 1ms), refusal::HoldExpired{*hold.expires_at}));
}

TEST_P(Extending, IsRefusedUnlessItIsHeld) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  EXPECT_TRUE(is_refused(museum.bookings().extend(visit.id, 1min),
                         refusal::IllegalTransition{"confirmed"}));
  museum.bookings().cancel(visit.id).value();
  EXPECT_TRUE(is_refused(museum.bookings().extend(visit.id, 1min),
                         refusal::IllegalTransition{"cancelled"}));
  EXPECT_TRUE(
      is_refused(museum.bookings().extend(unknown, 1min), refusal::NotFound{"reservation", 404}));
}

TEST_P(Cancelling, GivesThePlacesBackAndTellsWhy) {
  const auto shown = museum.register_one(5);
  const auto hold = museum.hold(shown.session, "seokwon", 2);
  const auto visit = museum.reserve(shown.session, "mina", 3);
  const auto by_member = museum.bookings().cancel(hold.id);
  ASSERT_TRUE(is_done(by_member));
  EXPECT_EQ(by_member->reason, CancelReason::member);
  EXPECT_EQ(by_member->expires_at, std::nullopt);
  const auto by_organiser = museum.bookings().cancel(visit.id, Canceller::organiser);
  ASSERT_TRUE(is_done(by_organiser));
  EXPECT_EQ(by_organiser->reason, CancelReason::organiser);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
  const auto event = museum.log().back().event;
  ASSERT_TRUE(std::holds_alternative<ReservationCancelled>(event));
  EXPECT_EQ(std::get<ReservationCancelled>(event).reason, CancelReason::organiser);
  EXPECT_EQ(std::get<ReservationCancelled>(event).due_at, std::nullopt);
}

TEST_P(Cancelling, ACancelledReservationChangesNothing) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto cancelled = museum.bookings().cancel(visit.id).value();
  const auto log = museum.log();
  EXPECT_EQ(museum.bookings().cancel(visit.id, Canceller::organiser), cancelled);
  EXPECT_EQ(museum.log(), log);
  EXPECT_EQ(museum.stored(shown.session).taken, 0);
}

TEST_P(Cancelling, IsRefusedWhenItHasExpiredOrIsUnknown) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.set(*hold.expires_at);
  EXPECT_TRUE(is_refused(museum.bookings().cancel(hold.id), refusal::IllegalTransition{"expired"}));
  museum.pump_all();
  EXPECT_TRUE(is_refused(museum.bookings().cancel(hold.id), refusal::IllegalTransition{"expired"}));
  EXPECT_TRUE(is_refused(museum.bookings().cancel(unknown), refusal::NotFound{"reservation", 404}));
}

TEST_P(Cancelling, IsRefusedToMembersFromTheCutoffButNotToTheOrganiser) {
  const auto shown = museum.register_one(10, {.cancel_cutoff = 30min});
  const auto early = museum.reserve(shown.session);
  const auto late = museum.reserve(shown.session);
  museum.clock.set(ten - 30min - 1ms);
  EXPECT_TRUE(is_done(museum.bookings().cancel(early.id)));
  museum.clock.set(ten - 30min);
  EXPECT_TRUE(is_refused(museum.bookings().cancel(late.id), refusal::CutoffPassed{ten - 30min}));
  EXPECT_TRUE(is_done(museum.bookings().cancel(late.id, Canceller::organiser)));
}

TEST_P(Cancelling, WithoutACutoffIsPossibleUntilTheEndAndThenForNobody) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto other = museum.reserve(shown.session);
  museum.clock.set(eleven - 1ms);
  EXPECT_TRUE(is_done(museum.bookings().cancel(visit.id)));
  museum.clock.set(eleven);
  EXPECT_TRUE(is_refused(museum.bookings().cancel(other.id), refusal::SessionOver{}));
  EXPECT_TRUE(
      is_refused(museum.bookings().cancel(other.id, Canceller::organiser), refusal::SessionOver{}));
}

TEST_P(Cancelling, IsRefusedToMembersOnceSomeoneIsInButNotToTheOrganiser) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session, "seokwon", 2);
  const auto voucher = museum.voucher_of(visit.id);
  museum.vouchers().redeem(voucher.code).value();
  EXPECT_TRUE(is_refused(museum.bookings().cancel(visit.id), refusal::AlreadyAdmitted{}));
  EXPECT_TRUE(is_done(museum.bookings().cancel(visit.id, Canceller::organiser)));
}

TEST_P(Cancelling, IsPossibleAgainWhenTheAdmissionWasTakenBack) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session, "seokwon", 2);
  const auto voucher = museum.voucher_of(visit.id);
  museum.vouchers().redeem(voucher.code).value();
  museum.vouchers().undo_redeem(voucher.code).value();
  EXPECT_TRUE(is_done(museum.bookings().cancel(visit.id)));
}

TEST_P(Finding, AReservationThatIsUnknownIsRefused) {
  EXPECT_TRUE(is_refused(museum.bookings().find(unknown), refusal::NotFound{"reservation", 404}));
}

TEST_P(Finding, ByStatusGoesByWhatIsShownNotByWhatIsWrittenDown) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto expired = museum.hold(shown.session, "seokwon", 1, 1min);
  const auto held = museum.hold(shown.session, "seokwon", 1, 2min);
  museum.clock.advance(1min);
  const auto ids = [&](ReservationStatus status) {
    std::vector<ReservationId> found;
    for (const auto& reservation : museum.bookings().list({.status = status}).value()) {
      EXPECT_EQ(reservation.status, status);
      found.push_back(reservation.id);
    }
    return found;
  };
  EXPECT_EQ(ids(ReservationStatus::held), std::vector{held.id});
  EXPECT_EQ(ids(ReservationStatus::expired), std::vector{expired.id});
  EXPECT_EQ(ids(ReservationStatus::confirmed), std::vector{visit.id});

  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(ids(ReservationStatus::held), std::vector<ReservationId>{});
  EXPECT_EQ(ids(ReservationStatus::confirmed), std::vector<ReservationId>{});
  EXPECT_EQ(ids(ReservationStatus::cancelled), (std::vector{visit.id, held.id}));
  EXPECT_EQ(ids(ReservationStatus::expired), std::vector{expired.id});
}

}  // namespace
}  // namespace exhibition::tests
