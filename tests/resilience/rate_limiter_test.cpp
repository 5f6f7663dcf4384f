// The rate limiter: how many get in, and that whoever comes back when told to does.

#include "exhibition/resilience/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/resilience/pipeline.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

class ARateLimiter : public ::testing::Test {
 protected:
  static int admitted(RateLimiter& limiter, int calls) {
    int count = 0;
    for (int i = 0; i < calls; ++i) count += limiter.acquire() ? 1 : 0;
    return count;
  }
  testing::ManualMonotonicClock clock;
};

TEST_F(ARateLimiter, LetsABurstInAndThenTheRate) {
  RateLimiter limiter("api", {.calls = 10, .per = 1s, .burst = 5}, clock);
  EXPECT_EQ(admitted(limiter, 20), 5);
  clock.advance(99ms);
  EXPECT_EQ(admitted(limiter, 20), 0);
  clock.advance(1ms);
  EXPECT_EQ(admitted(limiter, 20), 1);
  clock.advance(10s);
  EXPECT_EQ(admitted(limiter, 20), 5) << "a time without calls earns no more than a burst";
}

TEST_F(ARateLimiter, LetsNoMoreInAtOnceThanInItsSpanUnlessItIsAskedTo) {
  RateLimiter limiter("api", {.calls = 3, .per = 1h}, clock);
  EXPECT_EQ(admitted(limiter, 20), 3);
}

TEST_F(ARateLimiter, TellsExactlyWhenTheNextOneMayCome) {
  RateLimiter limiter("api", {.calls = 10, .per = 1s, .burst = 1}, clock);
  ASSERT_TRUE(limiter.acquire());
  clock.advance(40ms);
  const auto refused = limiter.acquire();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Error(refusal::Overloaded{60ms}));
  clock.advance(60ms);
  EXPECT_TRUE(limiter.acquire());
}

TEST_F(ARateLimiter, NeverLetsMoreInThanItsRateWhateverThatIs) {
  for (const std::uint32_t calls : {1U, 3U, 7U, 1000U, 999'983U}) {
    RateLimiter limiter("api", {.calls = calls, .per = 1s, .burst = 1}, clock);
    std::uint32_t count = 0;
    const auto step = std::chrono::nanoseconds{1s} / calls + 1ns;
    for (std::chrono::nanoseconds passed{0}; passed < 1s; passed += step) {
      count += limiter.acquire() ? 1U : 0U;
      clock.advance(step);
    }
    EXPECT_LE(count, calls);
    EXPECT_GE(count, calls - calls / 50);
  }
}

TEST_F(ARateLimiter, CallsNobodyWhomItRefuses) {
  RateLimiter limiter("api", {.calls = 1, .per = 1h, .burst = 1}, clock);
  Pipeline guard(limiter);
  EXPECT_EQ(guard.run([] { return 7; }), Result<int>(7));
  EXPECT_EQ(guard
                .run([] {
                  ADD_FAILURE() << "called";
                  return 7;
                })
                .error(),
            Error(refusal::Overloaded{1h}));
}

TEST_F(ARateLimiter, LetsNoMoreInWhenManyComeAtOnce) {
  RateLimiter limiter("api", {.calls = 1000, .per = 1s, .burst = 1000}, clock);
  std::atomic<int> count = 0;
  at_once(16, [&](std::size_t) { count += admitted(limiter, 500); });
  EXPECT_EQ(count, 1000);
}

TEST_F(ARateLimiter, RefusesOptionsThatMakeNoSense) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  const std::vector<std::pair<std::string, RateLimiterOptions>> bad = {
      {"calls", {.calls = 0}},
      {"per", {.calls = 1000, .per = 999ns}},
      {"per", {.per = 0ns}},
      {"per", {.per = -1s}},
      {"per", {.per = std::chrono::nanoseconds::max()}},
      {"burst", {.burst = 0}},
      {"burst", {.calls = 1, .per = 24h, .burst = most}},
  };
  for (const auto& [field, options] : bad) {
    SCOPED_TRACE(field);
    const auto checked = options.check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(std::get<refusal::InvalidArgument>(checked.error().detail).field, field);
    EXPECT_THROW(RateLimiter("api", options), Exception);
  }
  EXPECT_TRUE((RateLimiterOptions{.calls = most, .per = 5s, .burst = most}).check());
}

}  // namespace
}  // namespace exhibition::tests
