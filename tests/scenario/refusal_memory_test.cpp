// A session that had to refuse refuses from memory, in the same words, and never a moment too long.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

class ARefusal : public OnEachStorage {
 protected:
  ARefusal() { museum.reopen(options()); }

  EngineOptions options() {
    auto made = museum.options();
    made.monotonic_clock = time.handle();
    return made;
  }
  Result<Reserved> ask(std::uint32_t places = 1, std::optional<Hold> hold = {}) {
    return museum.bookings().reserve(
        {.session = shown.session, .member = "mina", .places = places, .hold = hold});
  }
  [[nodiscard]] std::uint64_t remembered() { return museum.engine().stats().admission.remembered; }
  /// Asks twice, and expects one error in the same words, the second time from memory.
  void expect_remembered(Errc code) {
    const auto before = remembered();
    const auto first = ask();
    const auto second = ask();
    ASSERT_FALSE(first);
    ASSERT_FALSE(second);
    EXPECT_EQ(first.error().code, code);
    EXPECT_EQ(second.error(), first.error());
    EXPECT_EQ(remembered(), before + 1);
  }

  testing::ManualMonotonicClock time;
  Shown shown;
};

TEST_P(ARefusal, OfASoldOutSessionIsRememberedForPartiesThatDoNotFit) {
  shown = museum.register_one(10);
  museum.reserve(shown.session, "noah", 8);
  EXPECT_EQ(ask(4).error(), Error(refusal::SoldOut{4, 2}));
  EXPECT_EQ(ask(3).error(), Error(refusal::SoldOut{3, 2}));
  EXPECT_EQ(remembered(), 1U);
  EXPECT_TRUE(ask(2));
  EXPECT_EQ(ask(1).error(), Error(refusal::SoldOut{1, 0}));
}

TEST_P(ARefusal, IsInTheWordsOfTheSessionForEveryRequest) {
  shown = museum.register_one(1);
  museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  EXPECT_EQ(ask(11).error().code, Errc::party_too_large);
  EXPECT_EQ(ask(1, Hold{2h}).error().code, Errc::invalid_argument);
  EXPECT_EQ(ask(0).error().code, Errc::invalid_argument);
}

TEST_P(ARefusal, IsForgottenByThePlaceThatIsFreed) {
  shown = museum.register_one(1);
  const auto sold = museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  museum.bookings().cancel(sold.id).value();
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, IsForgottenByThePlaceThatAnotherEngineOfTheProcessFrees) {
  shown = museum.register_one(1);
  const auto sold = museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  auto branch = Engine::open(museum.options()).value();
  branch.bookings().cancel(sold.id).value();
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, LastsUntilTheNextHoldEnds) {
  shown = museum.register_one(3);
  museum.hold(shown.session, "noah", 1, 20min);
  museum.hold(shown.session, "ada", 1, 10min);
  museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  museum.clock.advance(10min - 1ms);
  EXPECT_FALSE(ask());
  museum.clock.advance(1ms);
  EXPECT_TRUE(ask());
  expect_remembered(Errc::sold_out);
  museum.clock.advance(10min);
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, CountsTheHoldsThatHaveEndedWithoutBeingSettled) {
  shown = museum.register_one(3);
  museum.hold(shown.session, "noah", 1, 10min);
  museum.hold(shown.session, "ada", 1, 20min);
  museum.reserve(shown.session);
  museum.clock.advance(10min);
  EXPECT_EQ(ask(2).error(), Error(refusal::SoldOut{2, 1}));
  EXPECT_EQ(ask(2).error(), Error(refusal::SoldOut{2, 1}));
  EXPECT_EQ(remembered(), 1U);
  EXPECT_TRUE(ask(1));
}

TEST_P(ARefusal, IsForgottenByEveryChangeOfTheCatalogue) {
  shown = museum.register_one(1);
  museum.catalogue().close(shown.session).value();
  expect_remembered(Errc::session_closed);
  museum.catalogue().reopen(shown.session).value();
  EXPECT_TRUE(ask());
  expect_remembered(Errc::sold_out);
  museum.catalogue().set_capacity(shown.session, 2).value();
  EXPECT_TRUE(ask());
  museum.catalogue().suspend(shown.exhibition).value();
  expect_remembered(Errc::exhibition_not_open);
  museum.catalogue().resume(shown.exhibition).value();
  expect_remembered(Errc::sold_out);
  museum.catalogue().set_capacity(shown.session, std::nullopt).value();
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, IsAsTheTimeHasIt) {
  shown = museum.register_one(1);
  museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  museum.clock.advance(3h);
  EXPECT_EQ(ask().error().code, Errc::session_over);
  museum.clock.advance(-3h);
  EXPECT_EQ(ask().error().code, Errc::sold_out);
}

TEST_P(ARefusal, IsForgottenWhenAHoldIsSettledThoughTheClockStepsBack) {
  shown = museum.register_one(1);
  museum.hold(shown.session, "noah", 1, 10min);
  expect_remembered(Errc::sold_out);
  museum.clock.advance(10min);
  museum.pump_all();
  museum.clock.advance(-5min);
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, IsForgottenWhenAReserveSettlesAHoldThoughTheClockStepsBack) {
  shown = museum.register_one(2);
  museum.hold(shown.session, "noah", 2, 10min);
  expect_remembered(Errc::sold_out);
  museum.clock.advance(10min);
  EXPECT_TRUE(ask());
  museum.clock.advance(-5min);
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, SaysHowManyPlacesAreLeftNow) {
  shown = museum.register_one(3);
  EXPECT_EQ(ask(4).error(), Error(refusal::SoldOut{4, 3}));
  EXPECT_TRUE(ask());
  EXPECT_EQ(ask(4).error(), Error(refusal::SoldOut{4, 2}));
}

TEST_P(ARefusal, IsBelievedForNoLongerThanItsLifetimeWhenAnotherProcessFreesThePlace) {
  shown = museum.register_one(1);
  const auto sold = museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  // Behind the engine's back, as from elsewhere.
  const auto freed = transact(museum.storage(), [&](UnitOfWork& unit) -> Result<void> {
    const auto session = *unit.sessions().find_for_update(shown.session);
    auto cancelled = *unit.reservations().find_for_update(sold.id);
    cancelled.status = ReservationStatus::cancelled;
    cancelled.reason = CancelReason::member;
    unit.sessions().save(session.release(1));
    unit.reservations().save(cancelled);
    return {};
  });
  ASSERT_TRUE(freed);
  time.advance(100ms - 1ns);
  EXPECT_EQ(ask().error().code, Errc::sold_out);
  time.advance(1ns);
  EXPECT_TRUE(ask());
}

TEST_P(ARefusal, MayBeBelievedForEver) {
  auto made = options();
  made.admission.refusal_lifetime = std::chrono::nanoseconds::max();
  museum.reopen(std::move(made));
  shown = museum.register_one(1);
  museum.reserve(shown.session);
  expect_remembered(Errc::sold_out);
  time.advance(24h);
  EXPECT_FALSE(ask());
  EXPECT_EQ(remembered(), 2U);
}

TEST_P(ARefusal, IsNotRememberedByWhoDoesNotWantThat) {
  auto made = options();
  made.admission.refusal_lifetime = 0ms;
  museum.reopen(std::move(made));
  shown = museum.register_one(1);
  museum.reserve(shown.session);
  EXPECT_FALSE(ask());
  EXPECT_FALSE(ask());
  EXPECT_EQ(remembered(), 0U);

  auto bad = options();
  bad.admission.refusal_lifetime = -1ns;
  const auto refused = Engine::open(std::move(bad));
  ASSERT_FALSE(refused);
  EXPECT_EQ(std::get<refusal::InvalidArgument>(refused.error().detail).field,
            "admission.refusal_lifetime");
}

TEST_P(ARefusal, IsNotRememberedWhereEachMemberHasALimit) {
  shown = museum.register_one(1, {.max_places_per_member = 1});
  museum.reserve(shown.session, "noah");
  EXPECT_EQ(ask().error().code, Errc::sold_out);
  EXPECT_EQ(museum.bookings().reserve({.session = shown.session, .member = "noah"}).error().code,
            Errc::member_limit);
  EXPECT_EQ(ask().error().code, Errc::sold_out);
  EXPECT_EQ(remembered(), 0U);
}

TEST_P(ARefusal, NeverHidesAPlaceFromWhoHasFreedIt) {
  constexpr std::uint32_t callers = 4;
  shown = museum.register_one(callers);
  const auto turns = rounds(100, 10'000);
  at_once(callers, [&](std::size_t) {
    auto own = ask();
    for (std::size_t turn = 0; turn < turns && own; ++turn) {
      EXPECT_FALSE(ask(callers));  // so that there is something to remember
      museum.bookings().cancel(own->reservation.id).value();
      own = ask();
    }
    EXPECT_TRUE(own) << own.error();
  });
  EXPECT_FALSE(ask());
}

INSTANTIATE_TEST_SUITE_P(On, ARefusal, each_storage(), storage_name);

}  // namespace
}  // namespace exhibition::tests
