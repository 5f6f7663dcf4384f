// Pipelines: the order of policies, and what each of them makes of what the others do.

#include "exhibition/resilience/pipeline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <tuple>
#include <vector>

#include "exhibition/resilience/bulkhead.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/resilience/rate_limiter.hpp"
#include "exhibition/resilience/retry.hpp"
#include "exhibition/resilience/timeout.hpp"
#include "exhibition/resilience/worker_timeout.hpp"
#include "exhibition/testing/skipping_clock.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

template <class... P>
concept Composes = requires(P&... policies) {
  Pipeline<P...>(policies...);
};
using AFallback = Fallback<int (*)(const FailedCall&)>;

static_assert(Composes<RateLimiter, AFallback, Retry, CircuitBreaker, Timeout, Bulkhead>);
static_assert(Composes<CircuitBreaker, WorkerTimeout, Bulkhead>);
static_assert(Composes<Retry, Bulkhead>);
static_assert(!Composes<Bulkhead, Timeout>);
static_assert(!Composes<Bulkhead, WorkerTimeout>);
static_assert(!Composes<Timeout, CircuitBreaker>, "or it would not see the timeouts");
static_assert(!Composes<CircuitBreaker, Retry>, "or all attempts would be one call to it");
static_assert(!Composes<Retry, AFallback>);
static_assert(!Composes<AFallback, RateLimiter>);
static_assert(!Composes<Timeout, WorkerTimeout>, "one of each");
static_assert(!Composes<CircuitBreaker, CircuitBreaker>);
static_assert(!Composes<>);

/// All policies around a call, on a clock that moves on as one of them waits.
class APipeline : public ::testing::Test {
 protected:
  using Answer = Result<std::string>;
  static Answer instead(const FailedCall& failed) {
    if (failed.thrown) return std::string("instead of what was thrown");
    return "instead of " + std::string(failed.error ? to_string(failed.error->code) : "a value");
  }

  template <class Call, class... More>
  Answer run(Call call, More... more) {
    return Pipeline(fallback, retry, breaker, timeout, bulkhead).run(call, more...);
  }

  testing::SkippingClock clock;
  SeededRandom random{7};
  Fallback<Answer (*)(const FailedCall&)> fallback{instead};
  Retry retry{{.attempts = 3, .backoff = 10ms}, clock, random};
  CircuitBreaker breaker{
      "remote",
      {.minimum_calls = 100, .consecutive_failures = 5, .open_for = 1s, .probes = 1},
      clock};
  Timeout timeout{100ms, clock};
  Bulkhead bulkhead{"remote", {.limit = 1}, clock};
};

TEST_F(APipeline, GivesWhatItsCalleeGives) {
  EXPECT_EQ(run([] { return std::string("a value"); }), Answer("a value"));
  EXPECT_EQ(run([]() -> Answer {
              return refusal::NotFound{"exhibition", 7};
            }).error(),
            Error(refusal::NotFound{"exhibition", 7}));
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 2}));
}

TEST_F(APipeline, PassesOnWhatCannotBeCopied) {
  Pipeline guard(retry, breaker, timeout, bulkhead);
  auto given = std::make_unique<int>(7);
  EXPECT_EQ(**guard.run([&] { return std::move(given); }), 7);
  const auto call = [kept = std::make_unique<int>(8)] { return *kept; };
  EXPECT_EQ(guard.run(call), Result<int>(8));
}

TEST_F(APipeline, CountsEachAttemptAsACallOfTheBreaker) {
  int attempts = 0;
  EXPECT_EQ(run([&]() -> Answer {
              ++attempts;
              return refusal::StorageFailure{"gone"};
            }),
            Answer("instead of storage_failure"));
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 3, .failures = 3}));
}

TEST_F(APipeline, FallsBackOnWhatIsThrown) {
  EXPECT_EQ(run([]() -> std::string { throw std::runtime_error("gone"); }),
            Answer("instead of what was thrown"));
  breaker.reset();
  EXPECT_EQ(run([]() -> std::string { throw 42; }), Answer("instead of what was thrown"));
}

TEST_F(APipeline, FallsBackOnTimeouts) {
  EXPECT_EQ(run([&] {
              clock.advance(1s);
              return std::string("too late");
            }),
            Answer("instead of timeout"));
}

TEST_F(APipeline, WaitsForAnOpenBreakerIfTheDeadlineAllows) {
  for (int i = 0; i < 5; ++i) breaker.acquire()->finish(Verdict::failure);
  const auto now = clock.now();
  ASSERT_EQ(breaker.snapshot().retry_after, 1s) << "as long as a retry waits";
  EXPECT_EQ(
      run([] { return std::string("asked"); }, CallContext{.deadline = now + 1s, .clock = &clock}),
      Answer("instead of circuit_open"));
  EXPECT_EQ(clock.now(), now) << "at once";
  EXPECT_EQ(run([] { return std::string("asked"); }), Answer("asked"));
  EXPECT_EQ(clock.now(), now + 1s);
  EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);
}

TEST_F(APipeline, GivesAProbesPlaceBackWhenThereWasNoRoomForIt) {
  for (int i = 0; i < 5; ++i) breaker.acquire()->finish(Verdict::failure);
  clock.advance(1s);
  Pipeline guard(breaker, timeout, bulkhead);
  {
    const auto other = bulkhead.acquire();
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(guard.run([] { return 7; }).error().code, Errc::overloaded);
    }
  }
  EXPECT_EQ(breaker.snapshot().state, BreakerState::half_open);
  EXPECT_EQ(breaker.snapshot().ignored, 10U);
  EXPECT_EQ(guard.run([] { return 7; }), Result<int>(7));
  EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);
}

TEST_F(APipeline, HasOneJudgeForAllItsPolicies) {
  struct ByStatus {
    Verdict operator()(int status) const {
      return status >= 500 ? Verdict::failure : Verdict::success;
    }
  };
  Fallback any([](const FailedCall& failed) { return failed.error ? -1 : 0; });
  Pipeline guard(any, retry, breaker, timeout, bulkhead);
  int attempts = 0;
  const auto with = [&](int status) {
    attempts = 0;
    return guard.run(
        [&] {
          ++attempts;
          return status;
        },
        {}, ByStatus{});
  };
  EXPECT_EQ(with(404), Result<int>(404));
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(with(503), Result<int>(0)) << "it was a value";
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 4, .failures = 3}));
}

TEST_F(APipeline, DoesNotAskTheCallersJudgeWhatAPolicySays) {
  struct Strict {
    Verdict operator()(const Answer& answer) const {
      return answer ? Verdict::success : Verdict::failure;
    }
  };
  Pipeline guard(breaker, timeout, bulkhead);
  const auto other = bulkhead.acquire();
  const auto answer = guard.run([]() -> Answer { return std::string("asked"); }, {}, Strict{});
  EXPECT_EQ(answer.error().code, Errc::overloaded);
  EXPECT_EQ(breaker.snapshot().tally, Tally{});
  EXPECT_EQ(breaker.snapshot().ignored, 1U);
}

TEST_F(APipeline, ThrowsWhatAFallbackThrowsAndAsksItOnce) {
  int asked = 0;
  Fallback worse([&](const FailedCall&) -> int {
    ++asked;
    throw std::logic_error("this, too");
  });
  Pipeline guard(worse);
  EXPECT_THROW((void)guard.run([]() -> Result<int> { return refusal::Timeout{}; }),
               std::logic_error);
  EXPECT_THROW((void)guard.run([]() -> int { throw 42; }), std::logic_error);
  EXPECT_EQ(asked, 2);
}

TEST_F(APipeline, FallsBackOnNothingWhereNothingIsGiven) {
  int asked = 0;
  Fallback note([&](const FailedCall&) { ++asked; });
  Pipeline guard(note);
  EXPECT_TRUE(guard.run([] { throw 42; }));
  EXPECT_TRUE(guard.run([]() -> Result<void> { return refusal::Timeout{}; }));
  EXPECT_EQ(asked, 2);
}

TEST_F(APipeline, FallsBackOnARefusalBeItGivenOrThrown) {
  for (const Error& refused :
       {Error(refusal::Overloaded{20ms}), Error(refusal::CircuitOpen{"open", 1s}),
        Error(refusal::Timeout{20ms, false})}) {
    Pipeline guard(fallback);
    EXPECT_EQ(guard.run([&]() -> Answer { return refused; }),
              Answer("instead of " + std::string(to_string(refused.code))));
    EXPECT_EQ(guard.run([&]() -> Answer { throw Exception(refused); }),
              Answer("instead of what was thrown"));
  }
}

TEST_F(APipeline, AsksItsCallersJudgeOfAConstantResultAsWell) {
  struct Strict {
    Verdict operator()(const Answer& answer) const {
      return answer ? Verdict::success : Verdict::failure;
    }
  };
  Pipeline guard(breaker);
  const auto answer = guard.run(
      []() -> const Answer {
        return refusal::NotFound{"exhibition", 7};
      },
      {}, Strict{});
  EXPECT_EQ(answer.error().code, Errc::not_found);
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 1, .failures = 1}));
}

TEST_F(APipeline, DoesNotFallBackOnWhatSaysNothingOfTheCallee) {
  struct Mine : JudgeByError {
    static Verdict thrown(const std::exception*) { return Verdict::ignored; }
  };
  Fallback never([](const FailedCall&) -> int {
    ADD_FAILURE() << "asked";
    return 0;
  });
  Pipeline guard(never, breaker);
  EXPECT_THROW((void)guard.run([]() -> int { throw 42; }, {}, Mine{}), int);
  EXPECT_FALSE(guard.run([]() -> Result<int> { return refusal::InvalidArgument{"a", "b"}; }));
}

struct Counting {
  static constexpr Layer layer = Layer::timeout;
  int calls = 0;
  auto run(const CallContext& context, auto&& next, const auto&) {
    ++calls;
    return next(context);
  }
};

TEST_F(APipeline, TakesPoliciesOfItsOwners) {
  Counting counting;
  Pipeline guard(retry, counting, bulkhead);
  EXPECT_FALSE(guard.run([]() -> Result<int> { return refusal::StorageFailure{"gone"}; }));
  EXPECT_EQ(counting.calls, 3);
}

TEST_F(APipeline, KeepsTheDeadlineOfAllAttempts) {
  std::vector<std::chrono::nanoseconds> left;
  const CallContext context{.deadline = clock.now() + 150ms, .clock = &clock};
  EXPECT_EQ(run(
                [&](const CallContext& inner) -> Answer {
                  left.push_back(inner.left());
                  clock.advance(90ms);
                  return refusal::StorageFailure{"gone"};
                },
                context),
            Answer("instead of timeout"));
  ASSERT_EQ(left.size(), 2U) << "the second attempt is the last that has any time left";
  EXPECT_EQ(left[0], 100ms);
  EXPECT_LE(left[1], 60ms);
}

Verdict any_failure(const int&) { return Verdict::failure; }

TEST_F(APipeline, TakesAFunctionForAJudge) {
  CircuitBreaker strict("remote", {.minimum_calls = 1});
  EXPECT_EQ(Pipeline(strict).run([] { return 7; }, {}, any_failure), Result<int>(7));
  EXPECT_EQ(strict.snapshot().state, BreakerState::open);
}

TEST_F(APipeline, TakesAJudgeThatCannotBeCopied) {
  struct Judge {
    std::unique_ptr<int> number = std::make_unique<int>(7);
    Verdict operator()(int given) const {
      return given == *number ? Verdict::failure : Verdict::success;
    }
  };
  CircuitBreaker strict("remote", {.minimum_calls = 1});
  EXPECT_TRUE(Pipeline(strict).run([] { return 7; }, {}, Judge()));
  EXPECT_EQ(strict.snapshot().state, BreakerState::open);
}

TEST_F(APipeline, MakesNoCallThatNobodyWaitsFor) {
  std::stop_source stop;
  stop.request_stop();
  const auto answer =
      Pipeline(retry).run([] { ADD_FAILURE() << "called"; }, {.stop = stop.get_token()});
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_EQ(verdict_of(answer.error()), Verdict::ignored);
}

}  // namespace
}  // namespace exhibition::tests
