// The one thread that the library starts when it is asked to.

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

constexpr auto patience = 60s;

class AWorker : public OnEachStorage {
 protected:
  void count_deliveries() {
    museum.events()
        .follow("counter", EventTypes::of<ReservationConfirmed>(),
                [this](const Delivery&) { ++delivered; })
        .value();
  }

  const Shown shown = museum.register_one(std::nullopt);
  std::atomic<std::size_t> delivered = 0;
};
INSTANTIATE_TEST_SUITE_P(On, AWorker, each_storage(), storage_name);

TEST_P(AWorker, FollowsWithoutAnyPump) {
  count_deliveries();
  museum.events().start();
  museum.events().start();
  museum.reserve(shown.session);
  EXPECT_TRUE(museum.events().wait_for("counter", patience).value());
  EXPECT_EQ(delivered, 1U);
  museum.events().stop();
  museum.events().stop();
  museum.reserve(shown.session);
  EXPECT_EQ(delivered, 1U) << "it has stopped";
  museum.events().start();
  EXPECT_TRUE(museum.events().wait_for("counter", patience).value());
  EXPECT_EQ(delivered, 2U);
}

TEST_P(AWorker, DrainsBeforeItStops) {
  count_deliveries();
  for (int i = 0; i < 50; ++i) museum.reserve(shown.session);
  museum.events().start();
  museum.events().stop(patience);
  EXPECT_EQ(delivered, 50U);
}

TEST_P(AWorker, MissesNoCommandOfAnyThread) {
  count_deliveries();
  museum.events().start();
  for (std::size_t round = 0; round < rounds(20, 500); ++round) {
    at_once(3, [&](std::size_t) {
      museum.reserve(shown.session);
      EXPECT_TRUE(museum.events().wait_for("counter", patience).value());
    });
    EXPECT_EQ(delivered, 3 * (round + 1));
  }
  museum.events().stop(patience);
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

TEST_P(AWorker, NoticesWhatAnotherEngineCommits) {
  count_deliveries();
  auto other = Engine::open(museum.options()).value();
  museum.events().start();
  for (std::size_t i = 1; i <= rounds(3, 30); ++i) {
    other.bookings().reserve({.session = shown.session, .member = "m"}).value();
    EXPECT_TRUE(museum.events().wait_for("counter", patience).value());
    EXPECT_EQ(delivered, i);
  }
}

TEST_P(AWorker, MayBeStartedAndStoppedByManyThreadsAtOnce) {
  count_deliveries();
  at_once(4, [&](std::size_t thread) {
    for (std::size_t i = 0; i < rounds(20, 500); ++i) {
      if (thread % 2 == 0) museum.events().start();
      museum.reserve(shown.session);
      if (thread % 2 == 1) museum.events().stop(0ms);
    }
  });
  museum.events().stop(0ms);
  museum.pump_all();
  EXPECT_EQ(delivered, 4 * rounds(20, 500));
}

TEST_P(AWorker, IsStoppedFromInsideAHandlerWithoutWaitingForItself) {
  std::atomic<bool> was_asked = false;
  museum.events()
      .follow("stopper", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) {
                museum.events().stop();
                was_asked = true;
              })
      .value();
  museum.reserve(shown.session);
  museum.events().start();
  museum.events().stop(patience);
  EXPECT_TRUE(was_asked);
}

TEST_P(AWorker, EndsWithAnEngineThatIsClosedFromInsideAHandler) {
  std::atomic<bool> was_closed = false;
  museum.events()
      .follow("closer", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) {
                museum.engine().close();
                was_closed = true;
              })
      .value();
  museum.reserve(shown.session);
  museum.events().start();
  while (!was_closed) std::this_thread::yield();
  museum.engine().close();
  EXPECT_TRUE(is_refused(museum.catalogue().list(), refusal::Closed{}));
  EXPECT_THROW(museum.events().start(), std::logic_error);
}

TEST_P(AWorker, EndsWithItsEngine) {
  count_deliveries();
  museum.events().start();
  museum.reserve(shown.session);
  museum.close();
}

/// Several threads, of which some wait.
class Waiting : public AWorker {
 protected:
  /// A follower that never gets there.
  void follow_what_is_away() {
    museum.events()
        .follow("away", EventTypes::all(), [](const Delivery&) { throw PortError("away"); })
        .value();
    museum.reserve(shown.session);
  }

  /// A thread whose pump stays in a handler until it is let go.
  void occupy_the_pump() {
    museum.events()
        .follow("slow", EventTypes::all(),
                [this, is_first = true](const Delivery&) mutable {
                  if (!std::exchange(is_first, false)) return;
                  is_occupied = true;
                  while (is_occupied) std::this_thread::sleep_for(1ms);
                })
        .value();
    museum.reserve(shown.session);
    pumping = std::thread([this] { museum.events().pump({.max_events = 1}); });
    while (!is_occupied) std::this_thread::yield();
  }
  void let_go() {
    is_occupied = false;
    pumping.join();
  }

  std::atomic<bool> is_occupied = false;
  std::thread pumping;
};
INSTANTIATE_TEST_SUITE_P(On, Waiting, each_storage(), storage_name);

TEST_P(Waiting, EndsWithTheEngineWhetherOrNotAWorkerRuns) {
  for (std::size_t round = 0; round < rounds(4, 100); ++round) {
    museum.reopen();
    follow_what_is_away();
    const bool has_worker = round % 2 == 0;
    if (has_worker) museum.events().start();
    std::atomic<int> waiting = 0;
    at_once(4, [&](std::size_t thread) {
      if (thread == 0) {
        while (waiting < 3) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds{round % 7});
        museum.engine().close();
      } else {
        auto& events = museum.events();
        ++waiting;
        EXPECT_TRUE(is_refused(events.wait_for("away", 1h), refusal::Closed{}));
      }
    });
  }
}

TEST_P(Waiting, ForAFollowerTakesNoLongerThanItMayWhenSomebodyElsePumps) {
  occupy_the_pump();
  EXPECT_EQ(museum.events().wait_for("slow", 20ms).value(), false);
  EXPECT_EQ(museum.events().wait_for("slow", 0ms).value(), false);
  EXPECT_TRUE(is_refused(museum.events().wait_for("nobody", 1h), refusal::NotFound{"follower"}));
  let_go();
}

TEST_P(Waiting, ForItsTurnAPumpGivesUpWhenItsTimeIsOver) {
  occupy_the_pump();
  const auto report = museum.events().pump({.max_time = 5ms});
  EXPECT_TRUE(report.more);
  EXPECT_FALSE(report.inside_handler);
  EXPECT_TRUE(report.followers.empty());
  let_go();
  EXPECT_FALSE(museum.events().pump({.max_time = 1h}).followers.empty());
}

/// What a handler holds, and closes the engine when it goes.
class ClosesAtItsEnd {
 public:
  explicit ClosesAtItsEnd(Engine& engine) : engine_(engine) {}
  ~ClosesAtItsEnd() {
    engine_.events().stop();
    engine_.close();
  }
  ClosesAtItsEnd(const ClosesAtItsEnd&) = delete;
  ClosesAtItsEnd& operator=(const ClosesAtItsEnd&) = delete;

 private:
  Engine& engine_;
};

TEST_P(Waiting, IsNotWhatClosingDoesInTheDestructorOfWhatAHandlerHolds) {
  for (const bool has_worker : {false, true}) {
    museum.reopen();
    museum.events()
        .follow("closer", EventTypes::all(),
                [held = std::make_shared<ClosesAtItsEnd>(museum.engine())](const Delivery&) {})
        .value();
    if (has_worker) museum.events().start();
    museum.engine().close();
    EXPECT_TRUE(is_refused(museum.catalogue().list(), refusal::Closed{}));
  }
}

TEST_P(Waiting, ManyThreadsThatFollowUnderOneNameMakeOneFollower) {
  for (std::size_t round = 0; round < rounds(10, 300); ++round) {
    const auto name = "f" + std::to_string(round);
    std::atomic<int> followers = 0;
    at_once(4, [&](std::size_t) {
      const auto answer = museum.events().follow(name, EventTypes::all(), [](const Delivery&) {});
      if (answer) ++followers;
    });
    EXPECT_EQ(followers, 1);
  }
}

}  // namespace
}  // namespace exhibition::tests
