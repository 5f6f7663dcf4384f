// Retry: what is tried again, when, and when no more.

#include "exhibition/resilience/retry.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/resilience/pipeline.hpp"
#include "exhibition/testing/skipping_clock.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

/// The same bits for ever.
class Loaded final : public RandomSource {
 public:
  explicit Loaded(std::uint64_t value) : value_(value) {}
  std::uint64_t bits() override { return value_; }

 private:
  std::uint64_t value_;
};

class Broken final : public RandomSource {
 public:
  std::uint64_t bits() override { throw std::runtime_error("no bits"); }
};

/// Calls that fail, on a clock that moves on as they wait.
class ARetry : public ::testing::Test {
 protected:
  /// Calls until it is over, and gives the pauses between the attempts.
  template <class Call>
  std::vector<std::chrono::milliseconds> pauses(Retry& retry, Call call,
                                                const CallContext& context = {}) {
    std::vector<Moment> made;
    Pipeline guard(retry);
    const auto note = [&] {
      made.push_back(clock.now());
      return call();
    };
    (void)guard.run(note, context);
    std::vector<std::chrono::milliseconds> between;
    for (std::size_t i = 1; i < made.size(); ++i) {
      between.push_back(std::chrono::floor<std::chrono::milliseconds>(made[i] - made[i - 1]));
    }
    return between;
  }

  static Result<int> fail() { return refusal::StorageFailure{"gone"}; }

  using Pauses = std::vector<std::chrono::milliseconds>;
  testing::SkippingClock clock;
  Loaded no_chance{0};
};

TEST_F(ARetry, TriesAgainAfterALongerAndLongerWhileUpToItsCap) {
  Retry retry({.attempts = 6, .backoff = 100ms, .factor = 3, .max_backoff = 1s}, clock, no_chance);
  EXPECT_EQ(pauses(retry, fail), (Pauses{100ms, 300ms, 900ms, 1000ms, 1000ms}));
}

TEST_F(ARetry, LeavesAShareOfThePauseToChance) {
  Loaded most(std::numeric_limits<std::uint64_t>::max());
  Retry half({.attempts = 2, .backoff = 100ms, .jitter = 0.5}, clock, most);
  EXPECT_EQ(pauses(half, fail), (Pauses{50ms}));
  Retry all({.attempts = 2, .backoff = 100ms, .jitter = 1}, clock, most);
  EXPECT_EQ(pauses(all, fail), (Pauses{0ms}));
  Broken broken;
  Retry without({.attempts = 2, .backoff = 100ms}, clock, broken);
  EXPECT_EQ(pauses(without, fail), (Pauses{100ms})) << "without chance, the whole of it";
}

TEST_F(ARetry, GivesWhatTheLastAttemptGives) {
  Retry retry({}, clock, no_chance);
  Pipeline guard(retry);
  int attempts = 0;
  EXPECT_EQ(guard.run([&]() -> Result<int> {
    if (++attempts < 3) return refusal::StorageFailure{"gone"};
    return attempts;
  }),
            Result<int>(3));
  attempts = 0;
  const auto in_vain = guard.run(
      [&]() -> Result<int> { return refusal::StorageFailure{std::to_string(++attempts)}; });
  EXPECT_EQ(in_vain.error(), Error(refusal::StorageFailure{"3"}));
}

TEST_F(ARetry, DoesNotTryAnAnswerAgain) {
  Retry retry({}, clock, no_chance);
  EXPECT_EQ(pauses(retry, [] { return 7; }), Pauses{});
  EXPECT_EQ(pauses(retry, []() -> Result<int> { return refusal::SoldOut{2, 1}; }), Pauses{});
  EXPECT_EQ(pauses(retry,
                   []() -> Result<int> {
                     return refusal::InvalidArgument{"a", "b"};
                   }),
            Pauses{});
}

TEST_F(ARetry, TriesExceptionsAgainAndThrowsTheLastOneUnchanged) {
  Retry retry({}, clock, no_chance);
  Pipeline guard(retry);
  int attempts = 0;
  try {
    (void)guard.run([&] { throw ++attempts; });
    FAIL();
  } catch (int thrown) {
    EXPECT_EQ(thrown, 3);
  }
}

TEST_F(ARetry, AsksItsCallersJudge) {
  struct Judge {
    Verdict operator()(int status) const {
      return status >= 500 ? Verdict::failure : Verdict::success;
    }
    static Verdict thrown(const std::exception*) { return Verdict::ignored; }
  };
  Retry retry({}, clock, no_chance);
  Pipeline guard(retry);
  int attempts = 0;
  EXPECT_EQ(guard.run([&] { return 500 + attempts++; }, {}, Judge{}), Result<int>(502));
  attempts = 0;
  EXPECT_THROW((void)guard.run([&]() -> int { throw ++attempts; }, {}, Judge{}), int);
  EXPECT_EQ(attempts, 1);
}

TEST_F(ARetry, NeverComesBackToARefusalSoonerThanItWasAskedTo) {
  Retry retry({.attempts = 3, .backoff = 100ms, .max_wait = 5s}, clock, no_chance);
  EXPECT_EQ(pauses(retry,
                   []() -> Result<int> {
                     return refusal::CircuitOpen{"open", 5000ms};
                   }),
            (Pauses{5000ms, 5000ms}));
  EXPECT_EQ(pauses(retry, []() -> Result<int> { return refusal::Overloaded{1ms}; }),
            (Pauses{100ms, 200ms}));
  EXPECT_EQ(pauses(retry,
                   []() -> Result<int> {
                     return refusal::StorageFailure{"away", 3000ms};
                   }),
            (Pauses{3000ms, 3000ms}));
}

TEST_F(ARetry, PassesOnAtOnceWhatAsksForALongerPauseThanItsMaxWait) {
  Retry retry({}, clock, no_chance);
  const auto begun = clock.now();
  for (const Error& away :
       {Error(refusal::CircuitOpen{"open", 1001ms}), Error(refusal::Overloaded{1001ms}),
        Error(refusal::StorageFailure{"away", 1001ms})}) {
    EXPECT_EQ(pauses(retry, [&]() -> Result<int> { return away; }), Pauses{}) << away;
  }
  EXPECT_EQ(clock.now(), begun);
  EXPECT_EQ(pauses(retry, []() -> Result<int> { return refusal::Overloaded{1000ms}; }),
            (Pauses{1000ms, 1000ms}));
}

TEST_F(ARetry, DoesNotWaitOnceMoreForAsLongAsATimeoutHasTaken) {
  Retry retry({.attempts = 3, .backoff = 100ms}, clock, no_chance);
  EXPECT_EQ(pauses(retry, []() -> Result<int> { return refusal::Timeout{3000ms}; }),
            (Pauses{100ms, 200ms}));
}

TEST_F(ARetry, DoesNotComeBackToARefusalThatDoesNotSayWhen) {
  Retry retry({}, clock, no_chance);
  EXPECT_EQ(pauses(retry, []() -> Result<int> { return refusal::CircuitOpen{"forced_open"}; }),
            Pauses{});
}

TEST_F(ARetry, DoesNotWaitForWhatIsAfterItsDeadline) {
  Retry retry({.attempts = 9, .backoff = 100ms, .factor = 1, .max_wait = 5s}, clock, no_chance);
  const auto in = [&](std::chrono::nanoseconds span) {
    return CallContext{.deadline = clock.now() + span, .clock = &clock};
  };
  EXPECT_EQ(pauses(retry, fail, in(250ms)), (Pauses{100ms, 100ms}));
  const auto refuse = []() -> Result<int> { return refusal::CircuitOpen{"open", 5000ms}; };
  EXPECT_EQ(pauses(retry, refuse, in(5s)), Pauses{});
  EXPECT_EQ(pauses(retry, refuse, in(5001ms)), (Pauses{5000ms}));
}

TEST_F(ARetry, StopsWhenItIsAskedTo) {
  const MonotonicClock& real = steady_clock();
  Retry retry({.attempts = 2, .backoff = 1h, .max_backoff = 1h}, real, no_chance);
  std::stop_source stop;
  std::jthread stopper;
  Pipeline guard(retry);
  int attempts = 0;
  const auto call = [&]() -> Result<int> {
    ++attempts;
    stopper = std::jthread([&] { stop.request_stop(); });
    return fail();
  };
  EXPECT_EQ(guard.run(call, {.stop = stop.get_token()}), fail());
  EXPECT_EQ(attempts, 1);
}

TEST_F(ARetry, TriesNothingAgainWhileMostCallsFail) {
  Retry retry({.attempts = 2, .backoff = 0ms, .budget = 10}, clock, no_chance);
  Pipeline guard(retry);
  int attempts = 0;
  const auto calls = [&](int count, bool succeed) {
    attempts = 0;
    for (int i = 0; i < count; ++i) {
      (void)guard.run([&]() -> Result<int> {
        ++attempts;
        if (succeed) return 7;
        return fail();
      });
    }
    return attempts;
  };
  EXPECT_EQ(calls(10, false), 15) << "ten failures, and then no attempt but the first";
  EXPECT_EQ(calls(10, false), 10);
  EXPECT_EQ(calls(200, true), 200);
  EXPECT_EQ(calls(1, false), 2) << "what works earns it back";
}

TEST_F(ARetry, HasNoBudgetToKeepWithNone) {
  Retry retry({.attempts = 2, .backoff = 0ms, .budget = 0}, clock, no_chance);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(pauses(retry, fail).size(), 1U);
}

TEST_F(ARetry, GrowsNothingFromNothingHoweverOften) {
  Retry retry({.attempts = 2000, .backoff = 0ms, .factor = 100, .budget = 0}, clock, no_chance);
  EXPECT_EQ(pauses(retry, fail), Pauses(1999));
}

TEST_F(ARetry, DoesNotWaitBeyondTheEndOfTime) {
  const auto longest = std::chrono::nanoseconds::max();
  Retry retry({.attempts = 9, .backoff = longest, .factor = 100, .max_backoff = longest}, clock,
              no_chance);
  EXPECT_EQ(pauses(retry, fail).size(), 1U) << "there is no time for a third";
}

TEST(RetryOptions, AreRefusedByNameWhenTheyMakeNoSense) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::string, RetryOptions>> bad = {
      {"attempts", {.attempts = 0}},
      {"backoff", {.backoff = -1ns}},
      {"factor", {.factor = 0.5}},
      {"factor", {.factor = nan}},
      {"max_backoff", {.backoff = 2s, .max_backoff = 1s}},
      {"max_wait", {.max_wait = -1ns}},
      {"jitter", {.jitter = 1.1}},
      {"jitter", {.jitter = nan}},
      {"budget", {.budget = 1'000'001}},
      {"budget", {.budget = std::numeric_limits<std::size_t>::max() / 4}},
  };
  for (const auto& [field, options] : bad) {
    SCOPED_TRACE(field);
    const auto checked = options.check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(std::get<refusal::InvalidArgument>(checked.error().detail).field, field);
    EXPECT_THROW(Retry{options}, Exception);
  }
}

TEST_F(ARetry, ComesBackNoSoonerThanItIsToldHoweverLongThatIs) {
  using Hours = std::chrono::duration<std::int64_t, std::ratio<3600>>;
  for (const std::chrono::milliseconds hint :
       {std::chrono::milliseconds::max(), std::chrono::milliseconds{Hours{24 * 366 * 290}}}) {
    Retry retry({.attempts = 2, .max_wait = std::chrono::nanoseconds::max()}, clock);
    const auto between = pauses(retry, [&]() -> Result<int> { return refusal::Overloaded{hint}; });
    for (const auto pause : between) EXPECT_GT(pause, Hours{24 * 366 * 200}) << hint.count();
  }
}

TEST_F(ARetry, WhoseBudgetIsUsedUpTriesNoRefusalAgainEither) {
  Retry retry({.attempts = 3, .budget = 10}, clock);
  int attempts = 0;
  Pipeline guard(retry);
  for (int i = 0; i < 100; ++i) {
    (void)guard.run([&]() -> Result<int> {
      ++attempts;
      return refusal::Overloaded{10ms};
    });
  }
  EXPECT_EQ(attempts, 110) << "ten of the hundred were tried again";
}

TEST_F(ARetry, HeedsTheHintOfARefusalThatIsThrown) {
  Retry retry({.attempts = 2, .max_wait = 60s, .jitter = 0}, clock);
  const auto begun = clock.now();
  EXPECT_THROW((void)Pipeline(retry).run([]() -> int {
    throw Exception(refusal::StorageFailure{"away", 60s});
  }),
               Exception);
  EXPECT_EQ(clock.now() - begun, 60s);
}

}  // namespace
}  // namespace exhibition::tests
