// What exhibitions and sessions decide, without any store.

#include <gtest/gtest.h>

#include "unit/sample.hpp"

namespace exhibition {
namespace {

using namespace sample;

TEST(AnExhibition, GrowsItsVersionExactlyWhenSomethingChanges) {
  const auto monet = sample::exhibition();
  EXPECT_EQ(monet.update({})->version, 1);
  EXPECT_EQ(monet.update({.title = "Monet"})->version, 1);
  EXPECT_EQ(monet.update({.title = "Manet"})->version, 2);
  EXPECT_EQ(monet.suspend()->version, 2);
  EXPECT_EQ(monet.suspend()->suspend()->version, 2);
  EXPECT_EQ(monet.resume()->version, 1);
  EXPECT_EQ(monet.withdraw(ten).version, 2);
  EXPECT_EQ(monet.withdraw(ten).withdraw(eleven), monet.withdraw(ten));
}

TEST(AnExhibition, ChecksWhatItIsGivenBeforeWhoseTurnItIs) {
  const auto answer = sample::exhibition().update({.title = "", .expected_version = 9});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
}

TEST(ASessionsFreePlaces, AreTheCapacityLessWhatIsInForce) {
  EXPECT_EQ(session(3).free(0), 7U);
  EXPECT_EQ(session(3).free(2), 9U);
  EXPECT_EQ(session(10).free(0), 0U);
  EXPECT_EQ(session(15).free(0), 0U) << "never below 0";
  EXPECT_EQ(session(15).free(6), 1U);
  EXPECT_EQ(session(3, std::nullopt).free(0), std::nullopt);
}

TEST(ASession, TakesPlacesUpToItsCapacity) {
  EXPECT_EQ(session(3).reserve_places(7, 0)->taken, 10);
  EXPECT_EQ(session(3).reserve_places(8, 0).error(), Error(refusal::SoldOut{8, 7}));
  EXPECT_EQ(session(10).reserve_places(2, 2)->taken, 12) << "two of them are due";
  EXPECT_EQ(session(10).reserve_places(3, 2).error(), Error(refusal::SoldOut{3, 2}));
}

TEST(ASession, KnowsWhenPlacesOfDueHoldsAreNeededAndWhenEnoughAreSettled) {
  EXPECT_FALSE(session(8).needs_due_places(2));
  EXPECT_TRUE(session(8).needs_due_places(3));
  EXPECT_FALSE(session(8, std::nullopt).needs_due_places(UINT32_MAX));
  EXPECT_TRUE(session(8).is_settled_enough(10));
  EXPECT_FALSE(session(8).is_settled_enough(11));
  EXPECT_TRUE(session(12).is_settled_enough(12)) << "an overbooked one gets no worse";
  EXPECT_FALSE(session(12).is_settled_enough(13));
}

TEST(ASession, ForgetsThatItIsOverbookedOnceItsPlacesFit) {
  auto overbooked = session(12).set_capacity(9).value();
  EXPECT_TRUE(overbooked.overbooked);
  overbooked = overbooked.release(2);
  EXPECT_TRUE(overbooked.overbooked);
  overbooked = overbooked.release(1);
  EXPECT_FALSE(overbooked.overbooked);
  EXPECT_EQ(overbooked.version, 2) << "taken is outside the version";
}

TEST(ASession, IsOverFromItsEndIfItHasOne) {
  EXPECT_FALSE(session().is_over(eleven - 1ms));
  EXPECT_TRUE(session().is_over(eleven));
  auto open_ended = session();
  open_ended.times.ends_at.reset();
  EXPECT_FALSE(open_ended.is_over(Instant::max()));
}

TEST(ASession, IsClosedForGoodByTheEarlierOfItsCancellationAndTheWithdrawal) {
  const auto monet = sample::exhibition();
  EXPECT_EQ(session().closure(monet), std::nullopt);
  EXPECT_EQ(session().closure(monet.withdraw(morning)), (Closure{morning, true}));
  const auto cancelled = session().cancel(morning + 1min).value();
  EXPECT_EQ(cancelled.closure(monet), (Closure{morning + 1min, false}));
  EXPECT_EQ(cancelled.closure(monet.withdraw(morning)), (Closure{morning, true}));
  EXPECT_EQ(cancelled.closure(monet.withdraw(ten)), (Closure{morning + 1min, false}));
  EXPECT_EQ(session().closure(monet.withdraw(eleven)), std::nullopt) << "it was over by then";
  EXPECT_EQ(session().closure(monet.withdraw(eleven - 1ms)), (Closure{eleven - 1ms, true}));
}

TEST(ASale, IsRefusedForTheExhibitionFirstThenTheSessionThenTheWindow) {
  auto shown = session();
  shown.times.sales_from = ten;
  shown.status = SessionStatus::closed;
  const auto code = [&](const Exhibition& in, Instant now) {
    return shown.check_sale(in, now).error().code;
  };
  EXPECT_EQ(code(sample::exhibition().suspend().value(), eleven), Errc::exhibition_not_open);
  EXPECT_EQ(code(sample::exhibition(), eleven), Errc::session_over);
  EXPECT_EQ(code(sample::exhibition(), morning), Errc::session_closed);
  shown.status = SessionStatus::open;
  EXPECT_EQ(code(sample::exhibition(), morning), Errc::sales_not_open);
  EXPECT_TRUE(shown.check_sale(sample::exhibition(), ten));
  shown.status = SessionStatus::cancelled;
  EXPECT_EQ(code(sample::exhibition(), ten), Errc::session_cancelled);
}

TEST(AParty, IsAsLargeAsTheRulesAllow) {
  EXPECT_TRUE(session().check_party(sample::exhibition(), 10, morning));
  EXPECT_EQ(session().check_party(sample::exhibition(), 11, morning).error(),
            Error(refusal::PartyTooLarge{10}));
}

TEST(Statuses, HaveTheNamesThatAreStored) {
  EXPECT_EQ(to_string(ExhibitionStatus::open), "open");
  EXPECT_EQ(to_string(ExhibitionStatus::suspended), "suspended");
  EXPECT_EQ(to_string(ExhibitionStatus::withdrawn), "withdrawn");
  EXPECT_EQ(to_string(SessionStatus::open), "open");
  EXPECT_EQ(to_string(SessionStatus::closed), "closed");
  EXPECT_EQ(to_string(SessionStatus::cancelled), "cancelled");
  EXPECT_EQ(to_string(ReservationStatus::held), "held");
  EXPECT_EQ(to_string(ReservationStatus::confirmed), "confirmed");
  EXPECT_EQ(to_string(ReservationStatus::cancelled), "cancelled");
  EXPECT_EQ(to_string(ReservationStatus::expired), "expired");
}

}  // namespace
}  // namespace exhibition
