// Timeouts: the deadline that is handed down, and the caller who does not wait for a call that does
// not look at it.

#include "exhibition/resilience/timeout.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/resilience/bulkhead.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/resilience/pipeline.hpp"
#include "exhibition/resilience/worker_timeout.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

const Error missed = refusal::Timeout{100ms};

class ATimeout : public ::testing::Test {
 protected:
  testing::ManualMonotonicClock clock;
  Timeout timeout{100ms, clock};
  Pipeline<Timeout> guard{timeout};
};

TEST_F(ATimeout, HandsItsDeadlineDown) {
  clock.advance(7s);
  const auto seen = guard.run([](const CallContext& context) { return context; });
  EXPECT_EQ(seen->deadline, clock.now() + 100ms);
  EXPECT_EQ(seen->left(), 100ms);
  clock.advance(99ms);
  EXPECT_FALSE(seen->is_expired());
  clock.advance(1ms);
  EXPECT_TRUE(seen->is_expired());
  EXPECT_EQ(seen->left(), 0ns);
}

TEST_F(ATimeout, KeepsASoonerDeadlineOfItsCaller) {
  const CallContext sooner{.deadline = clock.now() + 30ms, .clock = &clock};
  EXPECT_EQ(guard.run([](const CallContext& context) { return context.left(); }, sooner),
            Result<std::chrono::nanoseconds>(30ms));
}

TEST_F(ATimeout, DoesNotMakeACallWhoseTimeIsOver) {
  const CallContext over{.deadline = clock.now(), .clock = &clock};
  EXPECT_EQ(guard.run([] { ADD_FAILURE() << "called"; }, over).error(),
            Error(refusal::Timeout{100ms, false}));
}

TEST_F(ATimeout, DropsWhatComesTooLate) {
  EXPECT_EQ(guard.run([&] {
    clock.advance(100ms);
    return 7;
  }),
            Result<int>(7))
      << "just in time";
  EXPECT_EQ(guard
                .run([&] {
                  clock.advance(101ms);
                  return 7;
                })
                .error(),
            missed);
}

TEST_F(ATimeout, DropsWhatIsThrownTooLateAsWell) {
  EXPECT_THROW((void)guard.run([&] {
    clock.advance(100ms);
    throw std::runtime_error("gone");
  }),
               std::runtime_error)
      << "just in time";
  CircuitBreaker breaker("remote", {}, clock);
  Pipeline both(breaker, timeout);
  const auto late = [&](auto thrown) {
    return both.run([&] {
      clock.advance(101ms);
      throw thrown;
    });
  };
  EXPECT_EQ(late(std::runtime_error("gone")).error(), missed);
  EXPECT_EQ(late(42).error(), missed);
  EXPECT_EQ(late(Exception(refusal::NotFound{"exhibition", 7})).error(), missed);
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 3, .failures = 3}));
  EXPECT_THROW((void)late(Exception(refusal::Overloaded{20ms})), Exception)
      << "a refusal, however late, stays one";
}

TEST_F(ATimeout, IsAFailureToTheBreakerAroundItButALateRefusalIsNone) {
  CircuitBreaker breaker("remote", {.slow_after = 50ms}, clock);
  Pipeline both(breaker, timeout);
  (void)both.run([&] { clock.advance(1s); });
  EXPECT_EQ(breaker.snapshot().tally, (Tally{.calls = 1, .failures = 1, .slow = 1}));
  const auto refused = both.run([&]() -> Result<int> {
    clock.advance(1s);
    return refusal::Overloaded{20ms};
  });
  EXPECT_EQ(refused.error(), Error(refusal::Overloaded{20ms}));
  EXPECT_EQ(breaker.snapshot().tally.calls, 1U);
}

TEST_F(ATimeout, OfACallThatCameTooLateSaysNothingOfTheCallee) {
  CircuitBreaker breaker("remote", {.minimum_calls = 1}, clock);
  Pipeline both(breaker, timeout);
  const CallContext over{.deadline = clock.now() - 1s, .clock = &clock};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(both.run([] { ADD_FAILURE() << "called"; }, over).error().code, Errc::timeout);
  }
  EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);
  EXPECT_EQ(breaker.snapshot().ignored, 20U);
}

TEST_F(ATimeout, TakesADeadlineByWhicheverClockItIsMeant) {
  testing::ManualMonotonicClock other;
  other.advance(24h);
  const CallContext context{.deadline = other.now() + 30ms, .clock = &other};
  EXPECT_EQ(guard.run([](const CallContext& inner) { return inner.left(); }, context),
            Result<std::chrono::nanoseconds>(30ms));
}

TEST(ACallContext, WhoseDeadlineIsLongPastHasNothingLeft) {
  const testing::ManualMonotonicClock clock;
  const CallContext context{.deadline = Moment::min(), .clock = &clock};
  EXPECT_EQ(context.left(), 0ns);
  EXPECT_TRUE(context.is_expired());
}

TEST_F(ATimeout, IsLongerThanNothing) {
  for (const auto span : {0ns, -1ns}) EXPECT_THROW(Timeout{span}, Exception);
}

/// Makes a call that hangs, and is left. On a busy machine its time may be over before it has begun:
/// then its thread is waited for, and it is made again.
template <class Guard, class Call>
Error leave(const WorkerPool& pool, const Guard& guard, Call call) {
  const auto busy = pool.busy();
  for (;;) {
    const auto answer = guard.run(call);
    const auto* late = answer ? nullptr : std::get_if<refusal::Timeout>(&answer.error().detail);
    if (!late || late->callee_was_late) return answer.error();
    while (pool.busy() > busy) std::this_thread::yield();
  }
}

/// On the system's clock, for its threads are real: nothing here depends on how long things take,
/// but that an hour is never over and a millisecond is some time.
class AWorkerTimeout : public ::testing::Test {
 protected:
  using GoOn = std::shared_ptr<std::counting_semaphore<>>;
  static GoOn closed() { return std::make_shared<std::counting_semaphore<>>(0); }

  WorkerPool pool{2};
  WorkerTimeout patient{1h, pool};
  WorkerTimeout hasty{1ms, pool};
};

TEST_F(AWorkerTimeout, GivesWhatTheCallGives) {
  Pipeline guard(patient);
  EXPECT_EQ(guard.run([] { return 7; }), Result<int>(7));
  EXPECT_TRUE(guard.run([] {}));
  EXPECT_EQ(guard.run([]() -> Result<int> {
                   return refusal::SoldOut{2, 1};
                 })
                .error(),
            Error(refusal::SoldOut{2, 1}));
  EXPECT_EQ(**guard.run([] { return std::make_unique<int>(7); }), 7);
  EXPECT_NE(guard.run([] { return std::this_thread::get_id(); }).value(),
            std::this_thread::get_id());
}

TEST_F(AWorkerTimeout, ThrowsWhatTheCallThrows) {
  Pipeline guard(patient);
  EXPECT_THROW((void)guard.run([] { throw std::out_of_range("gone"); }), std::out_of_range);
  EXPECT_THROW((void)guard.run([] { throw 42; }), int);
}

TEST_F(AWorkerTimeout, LeavesACallThatHangsAndAsksItToStop) {
  const auto asked = std::make_shared<std::binary_semaphore>(0);
  const auto go_on = closed();
  Pipeline guard(hasty);
  const auto error = leave(pool, guard, [=](const CallContext& context) {
    const std::stop_callback note(context.stop, [&] { asked->release(); });
    go_on->acquire();
    return 7;
  });
  EXPECT_EQ(error, Error(refusal::Timeout{10ms}));
  asked->acquire();
  EXPECT_EQ(pool.busy(), 1U) << "it keeps its thread";
  go_on->release();
}

TEST_F(AWorkerTimeout, RefusesWhenAllThreadsAreWithOrphans) {
  const auto go_on = closed();
  Pipeline guard(hasty);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(leave(pool, guard, [=] { go_on->acquire(); }).code, Errc::timeout);
  }
  const auto refused = guard.run([] { ADD_FAILURE() << "called"; });
  EXPECT_EQ(refused.error(), Error(refusal::Overloaded{10ms}));
  go_on->release(2);
  while (pool.busy() > 0) std::this_thread::yield();
  Pipeline again(patient);
  EXPECT_EQ(again.run([] { return 7; }), Result<int>(7));
}

TEST_F(AWorkerTimeout, LeavesTheBulkheadsPlaceToTheCallUntilItEnds) {
  Bulkhead bulkhead("remote", {.limit = 1});
  const auto go_on = closed();
  Pipeline guard(hasty, bulkhead);
  EXPECT_EQ(leave(pool, guard, [=] { go_on->acquire(); }).code, Errc::timeout);
  EXPECT_EQ(bulkhead.snapshot().inside, 1U);
  EXPECT_FALSE(bulkhead.acquire());
  go_on->release();
  while (bulkhead.snapshot().inside > 0) std::this_thread::yield();
  while (pool.busy() > 0) std::this_thread::yield();  // before the bulkhead ends
}

TEST_F(AWorkerTimeout, CopiesTheCallForEachAttempt) {
  const auto made = std::make_shared<int>(0);
  Pipeline guard(patient);
  const auto call = [made] { return made.use_count() > 1; };
  EXPECT_TRUE(guard.run(call).value());
  EXPECT_EQ(made.use_count(), 2) << "its copy has ended before its caller goes on";
}

TEST_F(AWorkerTimeout, LeavesAndAsksItsCallToStopWhenItsCallerIsAskedTo) {
  std::stop_source stop;
  CircuitBreaker breaker("remote", {.minimum_calls = 1});
  Pipeline guard(breaker, patient);
  const auto go_on = closed();
  const auto asked = closed();
  const auto answer = guard.run(
      [=, source = &stop](const CallContext& context) {
        source->request_stop();
        go_on->acquire();
        if (context.stop.stop_requested()) asked->release();
      },
      {.stop = stop.get_token()});
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_EQ(breaker.snapshot().tally, Tally{}) << "it says nothing of the callee";
  go_on->release();
  asked->acquire();
}

TEST_F(AWorkerTimeout, OfACallThatWasNeverMadeSaysNothingOfTheCallee) {
  CircuitBreaker breaker("remote", {.minimum_calls = 1});
  Bulkhead bulkhead("remote", {.limit = 1, .queue = 9, .max_wait = 1h});
  std::optional place = bulkhead.acquire().value();
  Pipeline guard(breaker, hasty, bulkhead);
  for (int i = 0; i < 20; ++i) {
    const auto answer = guard.run([] { ADD_FAILURE() << "called"; });
    EXPECT_EQ(verdict_of(answer.error()), Verdict::ignored) << answer.error();
  }
  EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);
  while (pool.busy() > 0) std::this_thread::yield();
}

TEST_F(AWorkerTimeout, DropsAnAnswerThatComesTooLateAsATimeoutDoes) {
  testing::ManualMonotonicClock clock;
  WorkerTimeout timeout(1s, pool, clock);
  Pipeline guard(timeout);
  const auto late = guard.run([&] {
    clock.advance(5s);
    return 7;
  });
  EXPECT_EQ(late.error(), Error(refusal::Timeout{1s}));
  const auto thrown = [&](auto what) {
    return guard.run([&clock, what] {
      clock.advance(5s);
      throw what;
    });
  };
  EXPECT_EQ(thrown(std::runtime_error("gone")).error(), Error(refusal::Timeout{1s}));
  EXPECT_EQ(thrown(42).error(), Error(refusal::Timeout{1s}));
  EXPECT_THROW((void)thrown(Exception(refusal::Overloaded{20ms})), Exception);
}

TEST_F(AWorkerTimeout, HasAThreadNoSoonerThanWhatAnOrphanGaveHasEnded) {
  const auto go_on = closed();
  const auto ends = closed();
  struct Slow {
    GoOn until;
    ~Slow() { until->acquire(); }
  };
  WorkerPool one(1);
  WorkerTimeout timeout(1ms, one);
  Pipeline guard(timeout);
  leave(one, guard, [=] {
    go_on->acquire();
    return std::make_shared<Slow>(Slow{ends});
  });
  ends->release();  // the copy's
  go_on->release();
  EXPECT_EQ(guard.run([] { ADD_FAILURE() << "called"; }).error().code, Errc::overloaded);
  ends->release();
  while (one.busy() > 0) std::this_thread::yield();
}

TEST(AWorkerPool, MayBeDestroyedByACallOfItsOwn) {
  struct Client {
    WorkerPool pool{1};
    WorkerTimeout timeout{1ms, pool};
  };
  const auto go_on = std::make_shared<std::binary_semaphore>(0);
  const auto ended = std::make_shared<std::binary_semaphore>(0);
  auto client = std::make_shared<Client>();
  Pipeline guard(client->timeout);
  leave(client->pool, guard, [client, go_on, ended]() mutable {
    go_on->acquire();
    client.reset();
    ended->release();
  });
  client.reset();
  go_on->release();
  ended->acquire();
}

TEST(AWorkerPool, TakesNoMoreCallsOnceItIsBeingDestroyed) {
  auto pool = std::make_unique<WorkerPool>(2);
  WorkerTimeout outer(1ms, *pool);
  WorkerTimeout nested(1h, *pool);
  const auto go_on = std::make_shared<std::binary_semaphore>(0);
  std::atomic<bool> was_refused = false;
  Pipeline guard(outer);
  leave(*pool, guard, [&, go_on] {
    go_on->acquire();
    for (;;) {
      const auto inside = Pipeline(nested).run([] {});
      if (inside) continue;
      was_refused = inside.error().code == Errc::overloaded;
      return;
    }
  });
  go_on->release();
  pool.reset();
  EXPECT_TRUE(was_refused);
}

TEST_F(AWorkerTimeout, HasAThreadForTheNextCallOfWhoeverGotAnAnswer) {
  WorkerPool one(1);
  WorkerTimeout timeout(1h, one);
  Pipeline guard(timeout);
  for (std::size_t i = 0; i < rounds(5'000, 200'000); ++i) ASSERT_TRUE(guard.run([] {}));
}

TEST_F(AWorkerTimeout, SurvivesManyThreadsAndOrphans) {
  constexpr std::size_t threads = 8;
  std::atomic<std::size_t> answered = 0;
  std::atomic<std::size_t> timed_out = 0;
  std::atomic<std::size_t> refused = 0;
  const std::size_t calls = rounds(300, 10'000);
  WorkerTimeout timeout(200us, pool);
  Pipeline leaving(timeout);
  Pipeline staying(patient);
  at_once(threads, [&](std::size_t thread) {
    for (std::size_t i = 0; i < calls; ++i) {
      const bool is_slow = (i + thread) % 7 == 0;
      const auto call = [is_slow, text = std::string(100, 'x')] {
        if (is_slow) std::this_thread::sleep_for(300us);
        return text;
      };
      const auto answer = thread % 2 == 0 ? leaving.run(call) : staying.run(call);
      auto& count = answer ? answered : answer.error().code == Errc::timeout ? timed_out : refused;
      ++count;
      if (answer && answer->size() != 100) ADD_FAILURE() << *answer;
    }
  });
  EXPECT_EQ(answered + timed_out + refused, threads * calls);
  EXPECT_GT(answered, 0U);
  while (pool.busy() > 0) std::this_thread::yield();
  EXPECT_EQ(staying.run([] { return 7; }), Result<int>(7));
}

TEST(AWorkerPool, HasOneToAThousandThreads) {
  for (const std::size_t threads : {0U, 1025U}) EXPECT_THROW(WorkerPool{threads}, Exception);
  const WorkerPool pool(1);
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_EQ(pool.busy(), 0U);
}

}  // namespace
}  // namespace exhibition::tests
