// The circuit breaker among threads: nothing is lost, nothing happens twice.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t threads = 16;

TEST(ManyThreads, AreCountedExactly) {
  testing::ManualMonotonicClock clock;
  CircuitBreaker breaker("remote", {.minimum_calls = 4'000'000'000}, clock);
  const std::size_t calls = rounds(1'000'000, 4'000'000) / threads;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<std::uint64_t> ignored = 0;
  at_once(threads, [&](std::size_t thread) {
    std::mt19937 random(static_cast<unsigned>(thread));
    std::uint64_t own_failures = 0;
    std::uint64_t own_ignored = 0;
    for (std::size_t i = 0; i < calls; ++i) {
      const auto verdict = static_cast<Verdict>(random() % 3);
      own_failures += verdict == Verdict::failure ? 1U : 0U;
      own_ignored += verdict == Verdict::ignored ? 1U : 0U;
      breaker.acquire()->finish(verdict);
    }
    failures += own_failures;
    ignored += own_ignored;
  });
  const auto seen = breaker.snapshot();
  EXPECT_EQ(seen.tally, (Tally{.calls = threads * calls - ignored, .failures = failures}));
  EXPECT_EQ(seen.ignored, ignored);
  EXPECT_EQ(seen.late, 0U);
}

TEST(ManyThreads, ThatComeAndGoAreCountedExactly) {
  testing::ManualMonotonicClock clock;
  CircuitBreaker breaker("remote", {.minimum_calls = 4'000'000'000}, clock);
  const std::size_t waves = rounds(50, 500);
  for (std::size_t wave = 0; wave < waves; ++wave) {
    at_once(2 * threads, [&](std::size_t thread) {
      const auto verdict = thread % 4 == 0 ? Verdict::failure : Verdict::success;
      for (int i = 0; i < 10; ++i) breaker.acquire()->finish(verdict);
    });
  }
  EXPECT_EQ(breaker.snapshot().tally,
            (Tally{.calls = waves * threads * 20, .failures = waves * threads * 5}));
}

TEST(ManyThreads, OpenItOnceAndSendNoMoreProbesThanItHas) {
  for (std::size_t round = 0; round < rounds(50, 1000); ++round) {
    testing::ManualMonotonicClock clock;
    CircuitBreaker breaker("remote", {.minimum_calls = 10, .probes = 3, .decide_early = false},
                           clock);
    std::atomic<int> openings = 0;
    breaker.listen([&](const BreakerEvent& event) {
      if (event.from == BreakerState::closed && event.to == BreakerState::open) ++openings;
    });
    at_once(threads, [&](std::size_t) {
      for (int i = 0; i < 20; ++i) {
        if (auto permit = breaker.acquire()) permit->finish(Verdict::failure);
      }
    });
    EXPECT_EQ(openings, 1);
    EXPECT_EQ(breaker.snapshot().state, BreakerState::open);

    clock.advance(5s);
    std::mutex mutex;
    std::vector<CircuitBreaker::Permit> probes;
    at_once(threads, [&](std::size_t) {
      if (auto permit = breaker.acquire()) {
        const std::lock_guard lock(mutex);
        probes.push_back(*std::move(permit));
      }
    });
    ASSERT_EQ(probes.size(), 3U);
    at_once(probes.size(), [&](std::size_t i) { probes[i].finish(Verdict::success); });
    EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);
    EXPECT_EQ(breaker.snapshot().tally, Tally{});
  }
}

TEST(ManyThreads, ThatDoEverythingAtOnceLeaveItWorking) {
  testing::ManualMonotonicClock clock;
  CircuitBreaker breaker(
      "remote", {.slow_after = 2ms, .minimum_calls = 5, .open_for = 10ms, .probe_lease = 5ms},
      clock);
  std::atomic<std::uint64_t> last = 0;
  std::atomic<bool> is_in_order = true;
  breaker.listen([&](const BreakerEvent& event) {
    if (last.exchange(event.number) + 1 != event.number) is_in_order = false;
  });
  at_once(threads, [&](std::size_t thread) {
    std::mt19937 random(static_cast<unsigned>(thread));
    std::optional<CircuitBreaker::Permit> kept;
    for (std::size_t i = 0; i < rounds(5'000, 200'000); ++i) {
      switch (random() % 64) {
        case 0: breaker.reset(); break;
        case 1: breaker.only_measure(); break;
        case 2: breaker.disable(); break;
        case 3: breaker.force_open(); break;
        case 4: (void)breaker.snapshot(); break;
        case 5: clock.advance(3ms); break;
        default: {
          auto permit = breaker.acquire();
          if (!permit) break;
          const auto what = random() % 16;
          if (what == 0) kept.emplace(*std::move(permit));
          if (what == 1) permit->open_for(1ms);
          if (what > 3) permit->finish(what % 2 == 0 ? Verdict::success : Verdict::failure);
        }
      }
    }
  });
  EXPECT_TRUE(is_in_order);
  breaker.reset();
  for (int i = 0; i < 5; ++i) breaker.acquire()->finish(Verdict::failure);
  EXPECT_EQ(breaker.snapshot().state, BreakerState::open);
  clock.advance(1h);
  for (int i = 0; i < 3; ++i) {
    if (auto permit = breaker.acquire()) permit->finish(Verdict::success);
  }
  EXPECT_EQ(breaker.snapshot().state, BreakerState::closed) << "it is never stuck";
}

}  // namespace
}  // namespace exhibition::tests
