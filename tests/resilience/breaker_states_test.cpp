// The state table of the circuit breaker, row by row: docs/resilience.md.

#include <cstddef>
#include <stdexcept>

#include "resilience/breaker_on_a_clock.hpp"

namespace exhibition::tests {
namespace {

using Told = std::vector<std::string>;

class AClosedBreaker : public OnAClock {};
class AnOpenBreaker : public OnAClock {};
class AHalfOpenBreaker : public OnAClock {};
class AProbe : public OnAClock {};
class AForcedBreaker : public OnAClock {};

TEST_F(AClosedBreaker, CountsWhatItLetsThrough) {
  call(2, Verdict::success);
  call(Verdict::failure);
  EXPECT_EQ(now().tally, (Tally{.calls = 3, .failures = 1}));
  EXPECT_FALSE(now().retry_after);
  EXPECT_TRUE(events.empty());
}

TEST_F(AClosedBreaker, OpensAtItsFailureRateAndNotBelow) {
  make({.failure_rate = 50, .minimum_calls = 10});
  call(6, Verdict::success);
  call(5, Verdict::failure);
  EXPECT_EQ(state(), BreakerState::closed) << "5 of 11";
  call(Verdict::failure);
  EXPECT_EQ(state(), BreakerState::open) << "6 of 12";
  EXPECT_EQ(transitions(), Told{"closed > open"});
  EXPECT_EQ(events.at(0).tally, (Tally{.calls = 12, .failures = 6}));
}

TEST_F(AClosedBreaker, OpensNotBeforeItHasSeenEnough) {
  call(3, Verdict::failure);
  EXPECT_EQ(state(), BreakerState::closed);
  call(Verdict::failure);
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(AClosedBreaker, IsOpenedByASuccessWithWhichItHasSeenEnough) {
  call(3, Verdict::failure);
  call(Verdict::success);
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(AClosedBreaker, OpensWhenSuccessesHaveLeftItsWindow) {
  make({.window = 10s, .buckets = 10, .minimum_calls = 2});
  call(7, Verdict::success);
  clock.advance(5s);
  call(3, Verdict::failure);
  EXPECT_EQ(state(), BreakerState::closed) << "3 of 10";
  clock.advance(5s);
  call(Verdict::success);
  EXPECT_EQ(state(), BreakerState::open) << "3 of 4: a success, and no failure, has shown it";
}

TEST_F(AClosedBreaker, ForgetsCallsBucketByBucket) {
  make({.window = 10s, .buckets = 10});
  for (int second = 0; second < 10; ++second) {
    call(Verdict::success);
    clock.advance(1s);
  }
  for (std::uint64_t left = 9; left > 0; --left) {
    EXPECT_EQ(now().tally.calls, left);
    clock.advance(1s);
  }
  EXPECT_EQ(now().tally.calls, 0U);
}

TEST_F(AClosedBreaker, KeepsACallForItsWindowLessABucketAtLeast) {
  make({.window = 10s, .buckets = 10});
  clock.advance(999ms);
  call(Verdict::success);
  clock.advance(9s);
  EXPECT_EQ(now().tally.calls, 1U);
  clock.advance(1ms);
  EXPECT_EQ(now().tally.calls, 0U);
}

TEST_F(AClosedBreaker, JudgesFailuresAndSlowCallsApart) {
  make({.failure_rate = 50, .slow_rate = 50, .slow_after = 1s, .minimum_calls = 10});
  for (int i = 0; i < 4; ++i) {
    call(Verdict::failure);
    call(Verdict::success, 1001ms);
  }
  call(2, Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed) << "8 of 10 are bad, but 4 of each kind";
  call(Verdict::success, 1001ms);
  call(Verdict::success, 1001ms);
  EXPECT_EQ(state(), BreakerState::open) << "6 of 12 are slow";
}

TEST_F(AClosedBreaker, TakesACallForSlowOnlyWhenItTookLonger) {
  make({.slow_after = 1s, .minimum_calls = 1});
  call(Verdict::success, 1s);
  EXPECT_EQ(now().tally, (Tally{.calls = 1}));
  call(Verdict::failure, 1s + 1ns);
  EXPECT_EQ(now().tally, Tally{}) << "it is open, and its window empty";
  EXPECT_EQ(events.at(0).tally, (Tally{.calls = 2, .failures = 1, .slow = 1}));
}

TEST_F(AClosedBreaker, CountsIgnoredCallsApart) {
  call(20, Verdict::ignored);
  { const auto abandoned = admitted(); }
  EXPECT_EQ(now().tally.calls, 0U);
  EXPECT_EQ(now().ignored, 21U);
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(AClosedBreaker, OpensForAsLongAsTheCalleeAsks) {
  admitted().open_for(2h);
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(refused(), 2h);
  clock.advance(2h - 1ns);
  EXPECT_EQ(refused(), 1ms) << "rounded up: who sleeps it is let through";
  clock.advance(1ns);
  EXPECT_TRUE(breaker().acquire());
}

TEST_F(AClosedBreaker, TakesANonsensicalPauseForAFailure) {
  admitted().open_for(0s);
  admitted().open_for(-1s);
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(now().tally, (Tally{.calls = 2, .failures = 2}));
  admitted().open_for(std::chrono::nanoseconds::max());
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(AClosedBreaker, OpensAfterSoManyFailuresInARowIfItIsTold) {
  make({.minimum_calls = 1000, .consecutive_failures = 3});
  call(2, Verdict::failure);
  call(Verdict::success);
  call(2, Verdict::failure);
  call(Verdict::ignored);
  EXPECT_EQ(state(), BreakerState::closed);
  call(Verdict::failure);
  EXPECT_EQ(state(), BreakerState::open) << "an ignored call does not end the row";
}

TEST_F(AClosedBreaker, CountsItsLastCallsIfItIsTold) {
  make({.count_window = 4, .minimum_calls = 4});
  call(3, Verdict::success);
  call(Verdict::failure);
  clock.advance(1h);
  EXPECT_EQ(now().tally, (Tally{.calls = 4, .failures = 1})) << "whenever they were";
  call(Verdict::success);
  call(Verdict::success);
  call(Verdict::success);
  EXPECT_EQ(now().tally, (Tally{.calls = 4, .failures = 1}));
  call(Verdict::success);
  EXPECT_EQ(now().tally, (Tally{.calls = 4}));
  call(2, Verdict::failure);
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(AClosedBreaker, IsNotMovedEarlyByAClockThatStepsBack) {
  make({.slow_after = 1s, .window = 10s, .minimum_calls = 4});
  clock.advance(1h);
  auto permit = admitted();
  clock.advance(-30min);
  permit.finish(Verdict::failure);
  call(2, Verdict::failure);
  EXPECT_EQ(now().tally, (Tally{.calls = 3, .failures = 3})) << "none is slow, none has left";
}

TEST_F(AnOpenBreaker, RefusesAndSaysForHowLong) {
  open();
  EXPECT_EQ(refused(), 5s);
  clock.advance(4999ms);
  EXPECT_EQ(refused(), 1ms);
  EXPECT_EQ(now().rejected, 2U);
  EXPECT_EQ(now().retry_after, 1ms);
}

TEST_F(AnOpenBreaker, LetsAProbeThroughTheMomentItsTimeIsOver) {
  open();
  clock.advance(*refused());
  const auto probe = admitted();
  EXPECT_EQ(state(), BreakerState::half_open);
  EXPECT_EQ(transitions(), (Told{"closed > open", "open > half_open"}));
}

TEST_F(AnOpenBreaker, StaysOpenWhileNobodyCalls) {
  open_and_wait();
  clock.advance(24h);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(state(), BreakerState::open) << "looking changes nothing";
  EXPECT_EQ(now().retry_after, std::nullopt) << "the next one is let through";
}

TEST_F(AnOpenBreaker, IsNotOpenedAgainOrExtendedByCallsOfBefore) {
  std::vector<CircuitBreaker::Permit> before;
  for (int i = 0; i < 3; ++i) before.push_back(admitted());
  open();
  clock.advance(3s);
  before[0].finish(Verdict::failure);
  before[1].finish(Verdict::success);
  before[2].open_for(1h);
  EXPECT_EQ(refused(), 2s);
  EXPECT_EQ(now().late, 3U);
  EXPECT_EQ(transitions().size(), 1U);
}

TEST_F(AnOpenBreaker, StaysSoLongerEachTimeItOpensAgainUntilItHasClosed) {
  open();
  for (const auto pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
    EXPECT_EQ(refused(), pause);
    clock.advance(pause);
    for (int probe = 0; probe < 2; ++probe) call(Verdict::failure);
  }
  clock.advance(60s);
  call(2, Verdict::success);
  ASSERT_EQ(state(), BreakerState::closed);
  open();
  EXPECT_EQ(refused(), 5s);
}

TEST_F(AnOpenBreaker, ToTheEndOfTimeIsOpenToTheEndOfTime) {
  clock.set(Moment::max() - 1s);
  make();
  open();
  EXPECT_EQ(refused(), 1s);
}

TEST_F(AHalfOpenBreaker, LetsNoMoreThroughThanItHasProbes) {
  open_and_wait();
  std::vector<CircuitBreaker::Permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(admitted());
  EXPECT_EQ(refused(), 2s) << "until the first lease is over";
  clock.advance(2s - 1ms);
  EXPECT_EQ(refused(), 10ms) << "min_retry_after";
}

TEST_F(AHalfOpenBreaker, ClosesWithAnEmptyWindowWhenItsProbesAreGood) {
  open_and_wait();
  call(2, Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed) << "the third cannot change it";
  EXPECT_EQ(now().tally, Tally{});
  EXPECT_EQ(transitions(), (Told{"closed > open", "open > half_open", "half_open > closed"}));
}

TEST_F(AHalfOpenBreaker, OpensAgainWhenItsProbesAreBad) {
  open_and_wait();
  call(Verdict::failure);
  EXPECT_EQ(state(), BreakerState::half_open) << "one of three";
  call(Verdict::failure);
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(refused(), 10s);
}

TEST_F(AHalfOpenBreaker, WaitsForAllOfItsProbesIfItIsTold) {
  auto options = usual();
  options.decide_early = false;
  for (const auto verdict : {Verdict::success, Verdict::failure}) {
    make(options);
    open_and_wait();
    call(2, verdict);
    EXPECT_EQ(state(), BreakerState::half_open);
    call(Verdict::success);
    EXPECT_EQ(state(), verdict == Verdict::success ? BreakerState::closed : BreakerState::open);
  }
}

TEST_F(AHalfOpenBreaker, OpensAgainWhenItsProbesAreSlow) {
  auto options = usual();
  options.slow_after = 1s;
  options.slow_rate = 60;
  make(options);
  open_and_wait();
  call(Verdict::success, 1001ms);
  EXPECT_EQ(state(), BreakerState::half_open);
  call(Verdict::success, 1001ms);
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(AHalfOpenBreaker, OpensForAsLongAsAProbesCalleeAsks) {
  open_and_wait();
  admitted().open_for(1h);
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(refused(), 1h);
}

TEST_F(AHalfOpenBreaker, IsNotClosedByCallsOfBefore) {
  std::vector<CircuitBreaker::Permit> before;
  for (int i = 0; i < 10; ++i) before.push_back(admitted());
  open_and_wait();
  const auto probe = admitted();
  for (std::size_t i = 0; i < 5; ++i) before[i].finish(Verdict::success);
  for (std::size_t i = 5; i < 10; ++i) before[i].finish(Verdict::ignored);
  EXPECT_EQ(state(), BreakerState::half_open);
  const auto second = admitted();
  const auto third = admitted();
  EXPECT_TRUE(refused()) << "calls of before give back no places";
}

TEST_F(AHalfOpenBreaker, GivesThePlacesOfProbesThatSaidNothingToOthers) {
  open_and_wait();
  call(10, Verdict::ignored);
  EXPECT_EQ(state(), BreakerState::half_open);
  call(2, Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(now().ignored, 10U);
}

TEST_F(AProbe, ThatIsAbandonedGivesItsPlaceBack) {
  open_and_wait();
  for (int i = 0; i < 100; ++i) {
    const auto one = admitted();
    const auto two = admitted();
    const auto three = admitted();
    EXPECT_TRUE(refused());
  }
  EXPECT_EQ(state(), BreakerState::half_open);
}

TEST_F(AProbe, ThatHangsHasFailedWhenItsLeaseIsOver) {
  open_and_wait();
  std::vector<CircuitBreaker::Permit> hung;
  for (int i = 0; i < 3; ++i) hung.push_back(admitted());
  clock.advance(2s);
  EXPECT_EQ(refused(), 10s) << "all three have, and it is open again";
  EXPECT_EQ(state(), BreakerState::open);
  std::size_t lost = 0;
  for (const auto& event : events) lost += event.kind == BreakerEvent::Kind::probe_lost ? 1U : 0U;
  EXPECT_EQ(lost, 3U);
  for (auto& permit : hung) permit.finish(Verdict::success);
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(now().late, 3U);
}

TEST_F(AProbe, ThatComesBackAfterItsLeaseCountsAsLongAsNobodyHasNoticed) {
  open_and_wait();
  auto slow = admitted();
  clock.advance(1h);
  slow.finish(Verdict::success);
  call(Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(AProbe, ThatWasLostDoesNotCountForItsSuccessor) {
  auto options = usual();
  options.failure_rate = 100;
  make(options);
  open_and_wait();
  auto lost = admitted();
  auto second = admitted();
  auto third = admitted();
  clock.advance(2s);
  third.finish(Verdict::ignored);
  auto late_comer = admitted();  // in the place of the third
  EXPECT_TRUE(refused()) << "and with it the first two were given up";
  lost.finish(Verdict::success);
  second.finish(Verdict::success);
  EXPECT_EQ(now().late, 2U);
  EXPECT_EQ(state(), BreakerState::half_open);
  late_comer.finish(Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed) << "not all three have failed";
}

TEST_F(AProbe, OfAnEarlierHalfOpenPeriodCountsForNothing) {
  open_and_wait();
  auto stale = admitted();
  call(2, Verdict::failure);
  clock.advance(10s);
  auto probe = admitted();
  stale.finish(Verdict::failure);
  EXPECT_EQ(now().tally, Tally{});
  EXPECT_EQ(now().late, 1U);
  probe.finish(Verdict::success);
  call(Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(AForcedBreaker, ToBeOpenRefusesWithoutAHintUntilItIsReset) {
  auto before = admitted();
  breaker().force_open();
  EXPECT_EQ(refused(), std::nullopt);
  clock.advance(24h);
  EXPECT_EQ(refused(), std::nullopt);
  before.finish(Verdict::success);
  EXPECT_EQ(now().late, 1U);
  breaker().reset();
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(transitions(), (Told{"closed > forced_open", "forced_open > closed"}));
}

TEST_F(AForcedBreaker, ToBeDisabledLetsAllThroughAndCountsNothing) {
  breaker().disable();
  call(100, Verdict::failure);
  admitted().open_for(1h);
  EXPECT_EQ(state(), BreakerState::disabled);
  EXPECT_EQ(now().tally, Tally{});
}

TEST_F(AForcedBreaker, ToMeasureTellsOnceForEachTimeItWouldHaveOpened) {
  make({.window = 10s, .minimum_calls = 4});
  breaker().only_measure();
  call(10, Verdict::failure);
  admitted().open_for(1h);
  EXPECT_EQ(state(), BreakerState::metrics_only);
  EXPECT_EQ(now().tally, (Tally{.calls = 11, .failures = 11}));
  const auto excesses = [&] {
    std::size_t count = 0;
    for (const auto& event : events) count += event.kind == BreakerEvent::Kind::thresholds ? 1U : 0;
    return count;
  };
  EXPECT_EQ(excesses(), 1U);
  clock.advance(11s);
  call(5, Verdict::success);
  call(5, Verdict::failure);
  EXPECT_EQ(excesses(), 2U);
}

TEST_F(AForcedBreaker, ToWhatItIsAlreadyDoesNothing) {
  using Force = void (CircuitBreaker::*)() noexcept;
  for (const Force force : {&CircuitBreaker::force_open, &CircuitBreaker::disable,
                            &CircuitBreaker::only_measure, &CircuitBreaker::reset}) {
    make();
    (breaker().*force)();
    const auto told = events.size();
    (breaker().*force)();
    EXPECT_EQ(events.size(), told);
  }
}

TEST_F(AForcedBreaker, ResetForgetsAllCallsAndThoseOnTheirWay) {
  call(3, Verdict::failure);
  auto before = admitted();
  breaker().reset();
  EXPECT_EQ(now().tally, Tally{});
  before.finish(Verdict::failure);
  EXPECT_EQ(now().tally, Tally{});
  EXPECT_EQ(now().late, 1U);
}

/// From each state to each other: what was let through in the first counts for nothing in the
/// second.
TEST_F(AForcedBreaker, CountsNoCallOfAnotherStateInAnyPairOfStates) {
  constexpr BreakerState all[] = {BreakerState::closed, BreakerState::half_open,
                                  BreakerState::forced_open, BreakerState::disabled,
                                  BreakerState::metrics_only};
  for (const auto from : {BreakerState::closed, BreakerState::half_open, BreakerState::disabled,
                          BreakerState::metrics_only}) {
    for (const auto to : all) {
      for (const auto verdict : {Verdict::success, Verdict::failure, Verdict::ignored}) {
        SCOPED_TRACE(std::string(to_string(from)) + " > " + std::string(to_string(to)) + ": " +
                     std::string(to_string(verdict)));
        make();
        ASSERT_NO_FATAL_FAILURE(bring_to(from));
        auto stale = admitted();
        breaker().reset();
        ASSERT_NO_FATAL_FAILURE(bring_to(to));
        const auto before = now();
        const auto told = events.size();
        stale.finish(verdict);
        EXPECT_EQ(now().state, before.state);
        EXPECT_EQ(now().tally, before.tally);
        EXPECT_EQ(now().ignored, before.ignored);
        EXPECT_EQ(now().late, before.late + (verdict == Verdict::ignored ? 0U : 1U));
        EXPECT_EQ(events.size(), told);
      }
    }
  }
}

TEST_F(AForcedBreaker, ThatOnlyMeasuresTellsOfARowOfFailuresOnce) {
  for (const std::size_t count_window : {std::size_t{0}, std::size_t{50}}) {
    make({.count_window = count_window, .minimum_calls = 50, .consecutive_failures = 3});
    breaker().only_measure();
    events.clear();
    call(10, Verdict::failure);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, BreakerEvent::Kind::thresholds);
    call(Verdict::success);
    call(3, Verdict::failure);
    EXPECT_EQ(events.size(), 2U);
  }
}

TEST_F(AForcedBreaker, ThatOnlyMeasuresTellsOfACalleeThatAsksToBeLeftAlone) {
  breaker().only_measure();
  events.clear();
  admitted().open_for(1h);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, BreakerEvent::Kind::thresholds);
}

TEST_F(AHalfOpenBreaker, GivesAProbeItsWholeTimeHoweverSlowItsListenersAre) {
  make({.slow_after = 100ms, .minimum_calls = 4, .probes = 1, .probe_lease = 150ms});
  open_and_wait();
  breaker().listen([this](const BreakerEvent&) { clock.advance(200ms); });
  auto probe = admitted();
  EXPECT_FALSE(breaker().acquire()) << "its place is not free";
  probe.finish(Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(AHalfOpenBreaker, HasPlacesWhateverItsClockShows) {
  clock.advance(-24h);
  make({.minimum_calls = 4, .probes = 1});
  open_and_wait();
  { const auto dropped = admitted(); }
  EXPECT_EQ(now().retry_after, std::nullopt) << "it would let one through";
  call(Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
}

}  // namespace
}  // namespace exhibition::tests
