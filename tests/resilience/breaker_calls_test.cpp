// How the circuit breaker judges a call: by what it gives, by what it throws, and by how it ends.

#include <pthread.h>

#include <atomic>
#include <concepts>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "resilience/breaker_on_a_clock.hpp"

namespace exhibition::tests {
namespace {

class ACall : public OnAClock {};
class AListener : public OnAClock {};

TEST_F(ACall, GivesWhatItsCalleeGives) {
  EXPECT_EQ(breaker().run([] { return 7; }), Result<int>(7));
  EXPECT_EQ(breaker().run([] { return Result<int>(7); }), Result<int>(7));
  EXPECT_TRUE(breaker().run([] {}));
  const auto moved = breaker().run([] { return std::make_unique<int>(7); });
  ASSERT_TRUE(moved);
  EXPECT_EQ(**moved, 7);
  EXPECT_EQ(now().tally, (Tally{.calls = 4}));
}

TEST_F(ACall, IsNotMadeWhileItIsOpen) {
  open();
  const auto answer = breaker().run([] { ADD_FAILURE() << "called"; });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Error(refusal::CircuitOpen{.state = "open", .retry_after = 5000ms}));
}

TEST_F(ACall, ThatAnswersNoHasSucceeded) {
  for (const Error& no : {Error(refusal::NotFound{"exhibition", 7}), Error(refusal::SoldOut{2, 1}),
                          Error(refusal::SessionClosed{}), Error(refusal::VersionConflict{1, 2})}) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(breaker().run([&]() -> Result<int> { return no; }).error(), no);
    }
  }
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(now().tally, (Tally{.calls = 40}));
}

TEST_F(ACall, ThatAnOtherPolicyRefusedSaysNothing) {
  for (const Error& refused : {Error(refusal::Overloaded{}), Error(refusal::CircuitOpen{"open"}),
                               Error(refusal::InvalidArgument{"places", "must be there"})}) {
    EXPECT_FALSE(breaker().run([&]() -> Result<int> { return refused; }));
  }
  EXPECT_EQ(now().tally, Tally{});
  EXPECT_EQ(now().ignored, 3U);
}

TEST_F(ACall, ThatFailsOrTimesOutHasFailed) {
  EXPECT_FALSE(breaker().run([]() -> Result<int> { return refusal::StorageFailure{"gone"}; }));
  EXPECT_FALSE(breaker().run([]() -> Result<void> { return refusal::Timeout{}; }));
  EXPECT_EQ(now().tally, (Tally{.calls = 2, .failures = 2}));
}

TEST_F(ACall, IsJudgedByItsResultAsItsCallerLikes) {
  const auto by_status = [](int status) {
    return status >= 500 ? Verdict::failure : status == 429 ? Verdict::ignored : Verdict::success;
  };
  for (const int status : {200, 404, 429, 503}) {
    EXPECT_EQ(breaker().run([&] { return status; }, by_status), Result<int>(status));
  }
  EXPECT_EQ(now().tally, (Tally{.calls = 3, .failures = 1}));
  EXPECT_EQ(now().ignored, 1U);
}

TEST_F(ACall, WhoseJudgeThrowsHasFailedAndGivesItsResult) {
  const auto judge = [](int) -> Verdict { throw std::runtime_error("no idea"); };
  EXPECT_EQ(breaker().run([] { return 7; }, judge), Result<int>(7));
  EXPECT_EQ(now().tally, (Tally{.calls = 1, .failures = 1}));
}

TEST_F(ACall, ThatThrowsHasFailedAndItsExceptionGoesOnUnchanged) {
  struct Special : std::runtime_error {
    using runtime_error::runtime_error;
    int detail = 7;
  };
  const Special* thrown = nullptr;
  try {
    (void)breaker().run([&]() -> int {
      Special special("gone");
      special.detail = 8;
      throw special;
    });
    FAIL();
  } catch (const Special& special) {
    thrown = &special;
    EXPECT_EQ(special.detail, 8);
  }
  EXPECT_NE(thrown, nullptr);
  EXPECT_THROW((void)breaker().run([] { throw 42; }), int);
  EXPECT_EQ(now().tally, (Tally{.calls = 2, .failures = 2}));
}

/// Takes a logic error for the caller's own fault.
struct JudgeOfMine : JudgeByError {
  [[nodiscard]] static Verdict thrown(const std::exception* thrown) {
    if (!thrown) return Verdict::ignored;
    if (dynamic_cast<const std::logic_error*>(thrown)) return Verdict::ignored;
    return Verdict::failure;
  }
};

TEST_F(ACall, ThatThrowsIsJudgedByItsException) {
  const JudgeOfMine judge;
  const auto not_standard = [] { throw 42; };
  const auto logic_error = [] { throw std::invalid_argument("a kind of logic error"); };
  const auto other = [] { throw std::runtime_error("gone"); };
  EXPECT_THROW((void)breaker().run(not_standard, judge), int);
  EXPECT_THROW((void)breaker().run(logic_error, judge), std::invalid_argument);
  EXPECT_THROW((void)breaker().run(other, judge), std::runtime_error);
  EXPECT_EQ(now().tally, (Tally{.calls = 1, .failures = 1}));
  EXPECT_EQ(now().ignored, 2U);
}

struct JudgeWithoutAnIdea : JudgeByError {
  [[noreturn]] static Verdict thrown(const std::exception*) { throw 1; }
};

TEST_F(ACall, WhoseExceptionNobodyCanJudgeHasFailed) {
  const auto call = [] { throw 42; };
  try {
    (void)breaker().run(call, JudgeWithoutAnIdea{});
    FAIL();
  } catch (int thrown) {
    EXPECT_EQ(thrown, 42) << "its own, not the judge's";
  }
  EXPECT_EQ(now().tally, (Tally{.calls = 1, .failures = 1}));
}

TEST_F(ACall, ThatThrowsAsAProbeGivesItsPlaceBackOrFails) {
  open_and_wait();
  EXPECT_THROW((void)breaker().run([] { throw 42; }), int);
  EXPECT_THROW((void)breaker().run([] { throw 42; }), int);
  EXPECT_EQ(state(), BreakerState::open) << "no probe is stuck";
}

TEST_F(ACall, OfAThreadThatIsCancelledSaysNothing) {
  open_and_wait();
  std::atomic<bool> is_in = false;
  std::thread caller([&] {
    (void)breaker().run([&] {
      is_in = true;
      for (;;) {
        pthread_testcancel();
        std::this_thread::sleep_for(1ms);
      }
    });
  });
  while (!is_in) std::this_thread::yield();
  pthread_cancel(caller.native_handle());
  caller.join();
  EXPECT_EQ(state(), BreakerState::half_open);
  EXPECT_EQ(now().tally, Tally{});
  EXPECT_EQ(now().ignored, 1U);
  call(2, Verdict::success);
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(ACall, IsFinishedOnce) {
  auto permit = admitted();
  permit.finish(Verdict::failure);
  permit.finish(Verdict::success);
  permit.open_for(1h);
  auto moved = std::move(permit);
  moved.finish(Verdict::success);
  EXPECT_EQ(now().tally, (Tally{.calls = 1, .failures = 1}));
  EXPECT_EQ(state(), BreakerState::closed);
  auto other = admitted();
  other = admitted();
  other.finish(Verdict::success);
  EXPECT_EQ(now().ignored, 1U) << "the one that was written over";
}

TEST_F(ACall, MayCallThroughTheSameBreakerInside) {
  EXPECT_EQ(breaker().run([&] { return breaker().run([] { return 7; }); }), Result<int>(7));
  EXPECT_EQ(now().tally, (Tally{.calls = 2}));
}

TEST_F(AListener, IsToldInOrderAndMayUseTheBreaker) {
  std::vector<std::string> told;
  breaker().listen([&](const BreakerEvent& event) {
    told.push_back(std::to_string(event.number) + " " + std::string(to_string(event.to)));
    if (event.to == BreakerState::open) breaker().force_open();
    if (event.to == BreakerState::forced_open) breaker().reset();
  });
  call(4, Verdict::failure);
  EXPECT_EQ(told, (std::vector<std::string>{"1 open", "2 forced_open", "3 closed"}));
}

TEST_F(AListener, ThatThrowsIsCountedAndTheOthersAreTold) {
  int told = 0;
  breaker().listen([](const BreakerEvent&) { throw std::runtime_error("no"); });
  breaker().listen([&](const BreakerEvent&) { ++told; });
  open();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(now().thrown, 1U);
}

TEST(BreakerOptions, AreRefusedByNameWhenTheyMakeNoSense) {
  using Options = BreakerOptions;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::string, Options>> bad = {
      {"failure_rate", {.failure_rate = 0}},
      {"failure_rate", {.failure_rate = 100.01}},
      {"failure_rate", {.failure_rate = nan}},
      {"slow_rate", {.slow_rate = -1}},
      {"slow_rate", {.slow_rate = nan}},
      {"slow_after", {.slow_after = -1ns}},
      {"window", {.window = 0ns}},
      {"window", {.window = 1h + 1ns}},
      {"buckets", {.buckets = 0}},
      {"buckets", {.buckets = 65}},
      {"buckets", {.window = 9ns, .buckets = 10}},
      {"count_window", {.count_window = 65'536}},
      {"minimum_calls", {.minimum_calls = 0}},
      {"minimum_calls", {.count_window = 10, .minimum_calls = 11}},
      {"open_for", {.open_for = 0ns}},
      {"open_for", {.open_for = -1s}},
      {"open_factor", {.open_factor = 0.99}},
      {"open_factor", {.open_factor = nan}},
      {"open_factor", {.open_factor = std::numeric_limits<double>::infinity()}},
      {"open_cap", {.open_for = 5s, .open_cap = 4s}},
      {"probes", {.probes = 0}},
      {"probes", {.probes = 65}},
      {"probe_lease", {.probe_lease = 0ns}},
      {"min_retry_after", {.min_retry_after = -1ns}},
  };
  for (const auto& [field, options] : bad) {
    SCOPED_TRACE(field);
    const auto checked = options.check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(std::get<refusal::InvalidArgument>(checked.error().detail).field, field);
    try {
      const CircuitBreaker breaker("remote", options);
      FAIL();
    } catch (const Exception& refused) {
      EXPECT_EQ(refused.error(), checked.error());
    }
  }
}

TEST(BreakerOptions, AtTheirLimitsMakeABreakerThatWorks) {
  testing::ManualMonotonicClock clock;
  for (const BreakerOptions& options :
       {BreakerOptions{.failure_rate = 0.01, .window = 1ns, .buckets = 1, .minimum_calls = 1},
        BreakerOptions{.window = 1h, .buckets = 64, .probes = 64},
        BreakerOptions{.failure_rate = 100,
        .count_window = 65'535,
        .minimum_calls = 65'535,
        .consecutive_failures = 1},
        BreakerOptions{.minimum_calls = 1,
        .open_for = std::chrono::nanoseconds::max(),
        .open_factor = 100,
        .open_cap = std::chrono::nanoseconds::max(),
        .probe_lease = std::chrono::nanoseconds::max()}}) {
    CircuitBreaker breaker("", options, clock);
    breaker.acquire()->finish(Verdict::success);
    breaker.acquire()->finish(Verdict::failure);
    clock.advance(1s);
    (void)breaker.acquire();
    EXPECT_LE(breaker.snapshot().tally.calls, 2U);
  }
}

TEST_F(ACall, ThatThrowsARefusalIsJudgedByIt) {
  const auto refused = [](Error error) { return [error]() -> int { throw Exception(error); }; };
  EXPECT_THROW((void)breaker().run(refused(refusal::Overloaded{1s})), Exception);
  EXPECT_THROW((void)breaker().run(refused(refusal::SoldOut{2, 1})), Exception);
  EXPECT_THROW((void)breaker().run(refused(refusal::StorageFailure{"gone"})), Exception);
  EXPECT_EQ(now().tally, (Tally{.calls = 2, .failures = 1}));
  EXPECT_EQ(now().ignored, 1U);
}

TEST_F(ACall, OpensNothingBySucceedingHoweverSmallTheRate) {
  for (const double rate : {1e-12, 1e-300, std::numeric_limits<double>::denorm_min()}) {
    make({.failure_rate = rate, .minimum_calls = 1});
    call(3, Verdict::success);
    EXPECT_EQ(state(), BreakerState::closed);
    call(Verdict::failure);
    EXPECT_EQ(state(), BreakerState::open) << "any failure at all";
  }
}

TEST_F(ACall, MayGiveWhatIsConst) {
  const auto answer = breaker().run([]() -> const Result<int> { return refusal::SoldOut{2, 1}; });
  static_assert(std::same_as<decltype(answer), const Result<int>>);
  EXPECT_EQ(answer.error().code, Errc::sold_out);
}

}  // namespace
}  // namespace exhibition::tests
