// Admission: when too many want to reserve, those who come are told when to come back, before
// anything is done; and what they are told is about how long they would have waited.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/lent.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

/// What a store that is not in a hurry does: one unit after the other, each of them in some time of
/// a manual clock; while it is held up, none.
struct Pace {
  testing::ManualMonotonicClock time;
  std::mutex turn;
  std::function<std::chrono::nanoseconds()> takes = [] { return 10ms; };
};

class SlowStorage final : public LentStorage {
 public:
  SlowStorage(std::shared_ptr<Storage> lender, Pace& pace)
      : LentStorage(std::move(lender)), pace_(pace) {}

  void transact(Work& work) override {
    const std::lock_guard turn(pace_.turn);
    pace_.time.advance(pace_.takes());
    LentStorage::transact(work);
  }

 private:
  Pace& pace_;
};

class Admitting : public OnEachStorage {
 protected:
  void open(const AdmissionOptions& admission) {
    auto options = museum.options();
    std::shared_ptr<Storage> store = std::move(options.storage).value();
    options.my_pages = store->my_pages();
    options.storage = std::unique_ptr<Storage>(std::make_unique<SlowStorage>(store, pace));
    options.admission = admission;
    options.monotonic_clock = pace.time.handle();
    museum.reopen(std::move(options));
    session = museum.register_one(std::nullopt).session;
  }
  Result<Reserved> reserve(const CommandOptions& options = {}) {
    return museum.bookings().reserve({.session = session, .member = "mina"}, options);
  }
  [[nodiscard]] AdmissionStats stats() { return museum.engine().stats().admission; }
  void until_queued(std::size_t commands) {
    while (stats().queued < commands) std::this_thread::yield();
  }
  /// So many who want to reserve, while the store is held up.
  void crowd(std::size_t callers) {
    for (std::size_t i = 0; i < callers; ++i) {
      waiting.emplace_back([&] { EXPECT_TRUE(is_done(reserve())); });
    }
    until_queued(callers);
  }

  Pace pace;
  SessionId session;
  std::vector<std::jthread> waiting;
};
INSTANTIATE_TEST_SUITE_P(On, Admitting, each_storage(), storage_name);

TEST_P(Admitting, IsVisible) {
  open({});
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(is_done(reserve()));
  const auto seen = stats();
  EXPECT_EQ(seen.inside, 0U);
  EXPECT_EQ(seen.queued, 0U);
  EXPECT_EQ(seen.admitted, 8U);
  EXPECT_EQ(seen.rejected, 0U);
  EXPECT_EQ(seen.takes, 10ms);
}

TEST_P(Admitting, RefusesThoseBeyondItsLimitBeforeAnythingIsDone) {
  open({.limit = 3});
  ASSERT_TRUE(is_done(reserve()));
  const auto known = museum.log().size();
  std::unique_lock hold_up(pace.turn);
  crowd(3);
  EXPECT_TRUE(is_refused(reserve(), refusal::Overloaded{30ms}));
  EXPECT_TRUE(is_refused(reserve({.idempotency_key = "k"}), refusal::Overloaded{30ms}));
  EXPECT_EQ(stats().rejected, 2U);
  hold_up.unlock();
  waiting.clear();
  EXPECT_EQ(museum.log().size(), known + 3);
  EXPECT_EQ(museum.stored(session).taken, 4);
  EXPECT_FALSE(reserve({.idempotency_key = "k"})->replayed) << "the refused one left no key";
}

TEST_P(Admitting, RefusesThoseWhoWouldWaitTooLong) {
  open({.max_delay = 50ms});
  ASSERT_TRUE(is_done(reserve()));
  std::unique_lock hold_up(pace.turn);
  crowd(6);
  EXPECT_TRUE(is_refused(reserve(), refusal::Overloaded{60ms}));
  hold_up.unlock();
  waiting.clear();
  EXPECT_TRUE(is_done(reserve()));
}

TEST_P(Admitting, NeverRefusesWhatFinishesSomethingThatWasBegun) {
  open({.limit = 1});
  const auto held = museum.hold(session);
  const auto done = museum.reserve(session);
  ASSERT_TRUE(is_done(reserve({.idempotency_key = "k"})));
  std::unique_lock hold_up(pace.turn);
  crowd(1);
  EXPECT_EQ(reserve().error().code, Errc::overloaded);
  const auto again = reserve({.idempotency_key = "k"});
  ASSERT_TRUE(is_done(again)) << "it has been done";
  EXPECT_TRUE(again->replayed);
  EXPECT_TRUE(is_done(museum.bookings().find(held.id)));
  std::jthread confirm([&] { EXPECT_TRUE(is_done(museum.bookings().confirm(held.id))); });
  std::jthread cancel([&] { EXPECT_TRUE(is_done(museum.bookings().cancel(done.id))); });
  until_queued(3);
  EXPECT_EQ(reserve().error().retry_after(), 30ms) << "but they are in the queue";
  hold_up.unlock();
}

TEST_P(Admitting, LetsInAgainAfterCallsThatFail) {
  open({.limit = 1});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = SessionId{999}, .member = "mina"}),
                           refusal::NotFound{"session", 999}));
  }
  EXPECT_EQ(stats().inside, 0U);
  EXPECT_EQ(stats().queued, 0U);
}

/// In simulated time: the hint is set against how long the last of those who were there had to wait.
TEST_P(Admitting, HintsAtTheTimeThatOneWouldHaveWaited) {
  std::mt19937 random(static_cast<unsigned>(announce_seed()));
  for (const std::chrono::milliseconds usual : {1ms, 20ms, 300ms}) {
    pace.takes = [&]() -> std::chrono::nanoseconds {
      return usual / 2 + usual * static_cast<int>(random() % 1000) / 1000;
    };
    for (const std::size_t callers : {16U, 40U}) {
      open({.limit = callers, .max_delay = 1h});
      for (int i = 0; i < 64; ++i) ASSERT_TRUE(is_done(reserve()));
      std::unique_lock hold_up(pace.turn);
      crowd(callers);
      const auto hint = reserve().error().retry_after();
      const auto began = pace.time.now();
      hold_up.unlock();
      waiting.clear();
      const auto real = pace.time.now() - began;
      ASSERT_TRUE(hint);
      EXPECT_GE(*hint, real / 2);
      EXPECT_LE(*hint, std::max<std::chrono::nanoseconds>(real * 2, 10ms));
    }
  }
}

TEST_P(Admitting, TakesAThousandAtOnceUnlessItIsToldOtherwise) {
  open({});
  pace.takes = [] { return 1ms; };
  ASSERT_TRUE(is_done(reserve()));
  std::unique_lock hold_up(pace.turn);
  crowd(1024);
  EXPECT_EQ(stats().inside, 1024U);
  EXPECT_EQ(reserve().error().code, Errc::overloaded);
  hold_up.unlock();
  waiting.clear();
  EXPECT_EQ(museum.stored(session).taken, 1025);
}

}  // namespace
}  // namespace exhibition::tests
