// What a reservation decides, without any store.

#include <gtest/gtest.h>

#include "exhibition/domain/facts.hpp"
#include "unit/sample.hpp"

namespace exhibition {
namespace {

using namespace sample;

TEST(MakingAReservation, ConfirmsItOrHoldsItAsAsked) {
  const ReserveRequest request{.session = SessionId{2}, .member = "seokwon", .places = 2};
  const auto made = make_reservation(ReservationId{3}, request, sample::exhibition(), morning);
  EXPECT_EQ(made->status, ReservationStatus::confirmed);
  EXPECT_EQ(made->expires_at, std::nullopt);
  EXPECT_EQ(made->created_at, morning);
  EXPECT_FALSE(made->under_member_limit);
  auto with_hold = request;
  with_hold.hold = Hold{};
  const auto held = make_reservation(ReservationId{3}, with_hold, sample::exhibition(), morning);
  EXPECT_EQ(held->status, ReservationStatus::held);
  EXPECT_EQ(held->expires_at, morning + 15min);
  auto limiting = sample::exhibition();
  limiting.rules.max_places_per_member = 1;
  EXPECT_TRUE(make_reservation(ReservationId{3}, request, limiting, morning)->under_member_limit);
}

TEST(ABooking, IsDueWhenItsHoldIsOverAndOnlyThen) {
  EXPECT_EQ(held().due(morning + 15min - 1ms), std::nullopt);
  EXPECT_EQ(held().due(morning + 15min), (Due{morning + 15min, ReservationStatus::expired}));
  EXPECT_EQ(confirmed().due(Instant::max()), std::nullopt);
}

TEST(ABooking, IsDueByTheClosureWhateverTheClockSays) {
  auto booking = held();
  booking.exhibition = booking.exhibition.withdraw(morning + 1min);
  const Due cancelled{morning + 1min, ReservationStatus::cancelled,
                      CancelReason::exhibition_withdrawn};
  for (const auto now : {Instant::min(), morning, morning + 1h, Instant::max()}) {
    EXPECT_EQ(booking.due(now), cancelled);
  }
  booking.reservation.expires_at = morning + 1min;
  EXPECT_EQ(booking.due(morning), (Due{morning + 1min, ReservationStatus::expired}))
      << "at or before the withdrawal it is expired";
}

TEST(ABooking, ThatIsTerminalIsNeverDue) {
  auto booking = held();
  booking.session = booking.session.cancel(morning).value();
  for (const auto status : {ReservationStatus::cancelled, ReservationStatus::expired}) {
    booking.reservation.status = status;
    EXPECT_EQ(booking.due(eleven), std::nullopt);
    EXPECT_EQ(booking.settle(eleven), booking.reservation);
  }
}

TEST(ABooking, IsSettledAsItIsShownOneVersionOn) {
  const auto booking = held();
  auto expected = booking.shown(ten);
  EXPECT_EQ(expected.status, ReservationStatus::expired);
  expected.version = 2;
  EXPECT_EQ(booking.settle(ten), expected);
  EXPECT_EQ(booking.settle(morning), booking.reservation) << "nothing is due";
}

TEST(ABooking, InATerminalStatusStaysInIt) {
  auto expired = held();
  expired.reservation = expired.settle(ten);
  EXPECT_EQ(expired.confirm(morning).error().code, Errc::hold_expired);
  EXPECT_EQ(expired.extend(1min, morning).error().code, Errc::hold_expired);
  EXPECT_EQ(expired.cancel(Canceller::organiser, 0, morning).error(),
            Error(refusal::IllegalTransition{"expired"}));

  auto cancelled = held();
  cancelled.reservation = cancelled.cancel(Canceller::member, 0, morning).value();
  EXPECT_EQ(cancelled.confirm(morning).error(), Error(refusal::IllegalTransition{"cancelled"}));
  EXPECT_EQ(cancelled.extend(1min, morning).error(),
            Error(refusal::IllegalTransition{"cancelled"}));
  EXPECT_EQ(cancelled.cancel(Canceller::organiser, 0, morning), cancelled.reservation);
}

TEST(ABooking, IsCancelledByTheMemberUntilTheCutoff) {
  auto booking = confirmed();
  booking.exhibition.rules.cancel_cutoff = 30min;
  EXPECT_TRUE(booking.cancel(Canceller::member, 0, ten - 30min - 1ms));
  EXPECT_EQ(booking.cancel(Canceller::member, 0, ten - 30min).error(),
            Error(refusal::CutoffPassed{ten - 30min}));
  EXPECT_TRUE(booking.cancel(Canceller::organiser, 3, eleven - 1ms));
  EXPECT_EQ(booking.cancel(Canceller::organiser, 0, eleven).error(), Error(refusal::SessionOver{}));
  EXPECT_EQ(confirmed().cancel(Canceller::member, 1, morning).error(),
            Error(refusal::AlreadyAdmitted{}));
}

TEST(TheFactsOfABooking, TellWhatBecameOfIt) {
  const auto facts = facts::of(held(2));
  EXPECT_EQ(facts.title, "Monet");
  EXPECT_EQ(facts.places, 2U);
  EXPECT_EQ(facts::made(held(2)), (Event{ReservationHeld{facts, morning + 15min}}));
  EXPECT_EQ(facts::made(confirmed(2)), (Event{ReservationConfirmed{facts}}));
  EXPECT_EQ(facts::settled(held(2), *held().due(ten)),
            (Event{ReservationExpired{facts, morning + 15min}}));
}

TEST(Reasons, HaveTheNamesThatAreStored) {
  EXPECT_EQ(to_string(CancelReason::member), "member");
  EXPECT_EQ(to_string(CancelReason::organiser), "organiser");
  EXPECT_EQ(to_string(CancelReason::exhibition_withdrawn), "exhibition_withdrawn");
  EXPECT_EQ(to_string(CancelReason::session_cancelled), "session_cancelled");
}

}  // namespace
}  // namespace exhibition
