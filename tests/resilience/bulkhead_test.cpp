// The bulkhead: who gets in, who waits, in which order, and what those are told who do not.

#include "exhibition/resilience/bulkhead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/resilience/pipeline.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

class ABulkhead : public ::testing::Test {
 protected:
  void make(const BulkheadOptions& options) { bulkhead.emplace("remote", options, clock); }
  [[nodiscard]] Bulkhead::Permit admitted() { return bulkhead->acquire().value(); }
  [[nodiscard]] std::chrono::milliseconds refused(const CallContext& context = {}) {
    const auto permit = bulkhead->acquire(context);
    EXPECT_FALSE(permit);
    if (permit) return {};
    EXPECT_EQ(permit.error().code, Errc::overloaded);
    return permit.error().retry_after().value_or(0ms);
  }
  void until_waiting(std::size_t calls) const {
    while (bulkhead->snapshot().waiting < calls) std::this_thread::yield();
  }

  testing::ManualMonotonicClock clock;
  std::optional<Bulkhead> bulkhead;
};

TEST_F(ABulkhead, LetsInAsManyAsItsLimit) {
  make({.limit = 2});
  auto first = admitted();
  const auto second = admitted();
  (void)refused();
  {
    const auto moved = std::move(first);
    EXPECT_EQ(bulkhead->snapshot().inside, 2U);
  }
  const auto third = admitted();
  (void)refused();
  const auto seen = bulkhead->snapshot();
  EXPECT_EQ(seen.inside, 2U);
  EXPECT_EQ(seen.admitted, 3U);
  EXPECT_EQ(seen.rejected, 2U);
}

TEST_F(ABulkhead, LeavesThePlaceOfAPermitThatIsWrittenOver) {
  make({.limit = 2});
  auto first = admitted();
  first = admitted();
  EXPECT_EQ(bulkhead->snapshot().inside, 1U);
}

TEST_F(ABulkhead, GivesThePlaceBackWhateverTheCallDoes) {
  make({.limit = 1});
  Pipeline guard(*bulkhead);
  EXPECT_THROW((void)guard.run([] { throw 42; }), int);
  EXPECT_FALSE(guard.run([]() -> Result<int> { return refusal::Timeout{}; }));
  EXPECT_EQ(guard.run([] { return 7; }), Result<int>(7));
  EXPECT_EQ(bulkhead->snapshot().inside, 0U);
}

TEST_F(ABulkhead, TellsThoseWhomItRefusesWhenTheirTurnWouldBe) {
  make({.limit = 2, .queue = 0});
  {
    const auto a = admitted();
    const auto b = admitted();
    EXPECT_EQ(refused(), 10ms) << "nothing is known yet";
    clock.advance(600ms);
  }
  EXPECT_EQ(bulkhead->snapshot().takes, 600ms);
  const auto a = admitted();
  const auto b = admitted();
  EXPECT_EQ(refused(), 300ms) << "one of two leaves every 300 ms";
}

TEST_F(ABulkhead, NeverTellsThemToWaitLongerThanAMinute) {
  make({.limit = 1});
  {
    const auto a = admitted();
    clock.advance(24h);
  }
  const auto a = admitted();
  EXPECT_EQ(refused(), 60s);
}

TEST_F(ABulkhead, GivesTurnsInTheOrderInWhichTheyWereAskedFor) {
  make({.limit = 1, .queue = 8, .max_wait = 1h});
  auto holder = std::optional(admitted());
  std::vector<int> order;
  std::vector<std::jthread> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back([&, i] {
      const auto permit = admitted();
      order.push_back(i);  // one at a time is inside
    });
    until_waiting(static_cast<std::size_t>(i) + 1);
  }
  (void)refused();
  holder.reset();
  waiting.clear();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(bulkhead->snapshot().inside, 0U);
}

TEST_F(ABulkhead, CountsThoseWhoWaitIntoItsHint) {
  make({.limit = 1, .queue = 2, .max_wait = 1h});
  {
    const auto call = admitted();
    clock.advance(100ms);
  }
  auto holder = std::optional(admitted());
  std::jthread first([&] { (void)admitted(); });
  until_waiting(1);
  std::jthread second([&] { (void)admitted(); });
  until_waiting(2);
  EXPECT_EQ(refused(), 300ms) << "after the one inside and the two who wait";
  holder.reset();
}

TEST_F(ABulkhead, RefusesThoseWhoseTimeIsOverWhileTheyWait) {
  make({.limit = 1, .queue = 4, .max_wait = 50ms});
  const auto holder = admitted();
  std::jthread one([&] { (void)refused(); });
  std::jthread sooner([&] { (void)refused({.deadline = clock.now() + 20ms, .clock = &clock}); });
  until_waiting(2);
  clock.advance(20ms);
  sooner.join();
  EXPECT_EQ(bulkhead->snapshot().waiting, 1U);
  clock.advance(30ms);
  one.join();
  EXPECT_EQ(bulkhead->snapshot().waiting, 0U);
  EXPECT_EQ(bulkhead->snapshot().rejected, 2U);
}

TEST_F(ABulkhead, DoesNotQueueWhoHasNoTimeToWait) {
  make({.limit = 1, .queue = 4});
  const auto holder = admitted();
  (void)refused({.deadline = clock.now(), .clock = &clock});
  EXPECT_EQ(bulkhead->snapshot().waiting, 0U);
}

TEST_F(ABulkhead, PassesOverThoseWhoseTimeIsOver) {
  make({.limit = 1, .queue = 4, .max_wait = 1h});
  auto holder = std::optional(admitted());
  std::jthread late([&] { (void)refused({.deadline = clock.now() + 20ms, .clock = &clock}); });
  until_waiting(1);
  std::binary_semaphore is_in{0};
  std::jthread next([&] {
    const auto permit = admitted();
    is_in.release();
  });
  until_waiting(2);
  clock.advance(20ms);
  holder.reset();
  is_in.acquire();
}

/// Waits on the system's clock, and throws when it is told to.
class TornClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override { return Moment{}; }
  void wait_until(Moment, std::condition_variable& condition,
                  std::unique_lock<std::mutex>& lock) const override {
    condition.wait_for(lock, 1ms);
    if (is_torn) throw std::runtime_error("torn");
  }
  std::atomic<bool> is_torn = false;
};

TEST_F(ABulkhead, ForgetsThoseWhoAreTornOutOfItsQueue) {
  TornClock torn;
  Bulkhead narrow("remote", {.limit = 1, .queue = 4, .max_wait = 1h}, torn);
  const auto wait_for_two = [&] {
    while (narrow.snapshot().waiting < 2) std::this_thread::yield();
  };
  auto holder = std::optional(narrow.acquire().value());
  {
    std::jthread first([&] { EXPECT_THROW((void)narrow.acquire(), std::runtime_error); });
    std::jthread second([&] { EXPECT_THROW((void)narrow.acquire(), std::runtime_error); });
    wait_for_two();
    torn.is_torn = true;
  }
  EXPECT_EQ(narrow.snapshot().waiting, 0U);
  torn.is_torn = false;
  holder.reset();
  EXPECT_TRUE(narrow.acquire());
  EXPECT_EQ(narrow.snapshot().inside, 0U);
}

TEST_F(ABulkhead, RefusesOptionsThatMakeNoSense) {
  const auto refused = [](const BulkheadOptions& options) -> std::string {
    try {
      const Bulkhead made("remote", options);
    } catch (const Exception& problem) {
      return std::string(std::get<refusal::InvalidArgument>(problem.error().detail).field);
    }
    return "";
  };
  EXPECT_EQ(refused({.limit = 0}), "limit");
  EXPECT_EQ(refused({.max_wait = -1ns}), "max_wait");
  EXPECT_EQ(refused({.queue = 5, .max_wait = 0ns}), "max_wait") << "nobody would be in it";
}

TEST(ManyThreadsAtABulkhead, AreNeverMoreInsideThanItsLimitAndAllCome) {
  Bulkhead bulkhead("remote", {.limit = 3, .queue = 64, .max_wait = 1h});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  constexpr std::size_t threads = 16;
  const std::size_t calls = rounds(500, 20'000);
  at_once(threads, [&](std::size_t) {
    for (std::size_t i = 0; i < calls; ++i) {
      const auto permit = bulkhead.acquire().value();
      const int now = ++inside;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      --inside;
    }
  });
  EXPECT_LE(most, 3);
  EXPECT_EQ(bulkhead.snapshot().admitted, threads * calls);
  EXPECT_EQ(bulkhead.snapshot().inside, 0U);
  EXPECT_EQ(bulkhead.snapshot().waiting, 0U);
}

TEST(ManyThreadsAtABulkhead, WhoCannotWaitLeaveNothingBehind) {
  Bulkhead bulkhead("remote", {.limit = 1, .queue = 4, .max_wait = 50us});
  std::atomic<std::uint64_t> admitted = 0;
  constexpr std::size_t threads = 8;
  const std::size_t calls = rounds(500, 20'000);
  at_once(threads, [&](std::size_t) {
    for (std::size_t i = 0; i < calls; ++i) {
      if (const auto permit = bulkhead.acquire()) {
        ++admitted;
        std::this_thread::yield();
      }
    }
  });
  const auto seen = bulkhead.snapshot();
  EXPECT_EQ(seen.admitted, admitted);
  EXPECT_EQ(seen.admitted + seen.rejected, threads * calls);
  EXPECT_EQ(seen.inside, 0U);
  EXPECT_EQ(seen.waiting, 0U);
}

TEST_F(ABulkhead, LetsNoCallInWhoseDeadlineIsOver) {
  make({.limit = 2, .queue = 2});
  clock.advance(1h);
  (void)refused({.deadline = clock.now() - 1s, .clock = &clock});
  (void)refused({.deadline = clock.now(), .clock = &clock});
  EXPECT_EQ(bulkhead->snapshot().admitted, 0U);
}

TEST_F(ABulkhead, TakesADeadlineByWhicheverClockItIsMeant) {
  make({.limit = 1});
  testing::ManualMonotonicClock other;
  clock.advance(24h);
  EXPECT_TRUE(bulkhead->acquire({.deadline = other.now() + 1s, .clock = &other}));
}

TEST_F(ABulkhead, WhoseCallsHaveBeenInForLongSaysSoBeforeOneHasEnded) {
  make({.limit = 2});
  const auto first = admitted();
  clock.advance(20s);
  const auto second = admitted();
  clock.advance(20s);
  EXPECT_EQ(refused(), 15s) << "30 s on average, so that one of the two leaves every 15 s";
}

TEST_F(ABulkhead, LetsOneGoWhoIsAskedToStopWhileItWaits) {
  make({.limit = 1, .queue = 2, .max_wait = 24h});
  std::optional inside = admitted();
  std::stop_source stop;
  std::thread first([&] { (void)refused({.stop = stop.get_token()}); });
  until_waiting(1);
  std::thread second([&] { EXPECT_TRUE(bulkhead->acquire()); });
  until_waiting(2);
  stop.request_stop();
  first.join();
  EXPECT_EQ(bulkhead->snapshot().waiting, 1U);
  inside.reset();
  second.join();
  EXPECT_EQ(bulkhead->snapshot().inside, 0U);
}

TEST_F(ABulkhead, IsLeftInOrderHoweverManyAreAskedToStop) {
  make({.limit = 2, .queue = 8, .max_wait = 24h});
  at_once(6, [&](std::size_t thread) {
    for (std::size_t i = 0; i < rounds(500, 20'000); ++i) {
      std::stop_source stop;
      if ((i + thread) % 3 == 0) {
        std::thread other([&] { stop.request_stop(); });
        (void)bulkhead->acquire({.stop = stop.get_token()});
        other.join();
      } else {
        (void)bulkhead->acquire({.stop = stop.get_token()});
      }
    }
  });
  const auto seen = bulkhead->snapshot();
  EXPECT_EQ(seen.inside, 0U);
  EXPECT_EQ(seen.waiting, 0U);
}

}  // namespace
}  // namespace exhibition::tests
