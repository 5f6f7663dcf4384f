// The worker without an engine, resting for hours unless it is woken: a wake that got lost would be
// waited for in vain.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

#include "application/worker.hpp"
#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

class AWorkerThatRestsForHours : public ::testing::Test {
 protected:
  /// Waits until everything that was asked for is done, but not for hours.
  void wait_until_all_is_done() const {
    const auto patience = std::chrono::steady_clock::now() + 60s;
    while (done != asked) {
      if (std::chrono::steady_clock::now() > patience) throw std::runtime_error("a wake got lost");
      std::this_thread::yield();
    }
  }

  void ask() {
    ++asked;
    worker.wake();
  }

  /// Looks for work, dawdles, and does what it has seen: what is asked for meanwhile is left.
  std::optional<PumpReport> pump() {
    const std::size_t seen = asked;
    ++begun;
    for (int i = 0; i < dawdling; ++i) std::this_thread::yield();
    if (blocked.valid()) blocked.wait();
    done = seen;
    return PumpReport{};
  }

  std::atomic<std::size_t> asked = 0;
  std::atomic<std::size_t> done = 0;
  std::atomic<std::size_t> begun = 0;  // slices
  std::atomic<int> dawdling = 0;
  std::shared_future<void> blocked;
  Worker worker{[this] { return pump(); }, 5h};
};

TEST_F(AWorkerThatRestsForHours, MissesNoWakeThatComesWhileItPumpsOrLiesDown) {
  worker.start();
  for (std::size_t round = 0; round < rounds(2000, 100'000); ++round) {
    dawdling = static_cast<int>(round % 4);
    ask();
    wait_until_all_is_done();
  }
}

TEST_F(AWorkerThatRestsForHours, MissesNoWakeOfManyThreads) {
  worker.start();
  for (std::size_t round = 0; round < rounds(100, 5000); ++round) {
    at_once(3, [&](std::size_t) {
      for (int i = 0; i < 10; ++i) ask();
    });
    wait_until_all_is_done();
  }
}

TEST_F(AWorkerThatRestsForHours, DoesWhatWasAskedForBeforeItWasStarted) {
  ask();
  worker.start();
  wait_until_all_is_done();
}

TEST_F(AWorkerThatRestsForHours, StopsThoughItWasNeverStarted) {
  worker.stop(5h);
  EXPECT_FALSE(worker.is_running());
}

TEST_F(AWorkerThatRestsForHours, StopsWhileItRests) {
  worker.start();
  ask();
  wait_until_all_is_done();
  worker.stop(5h);
  EXPECT_FALSE(worker.is_running());
}

TEST_F(AWorkerThatRestsForHours, StopsAtOnceWithoutDrainingWhenThereIsNoTimeFor) {
  std::promise<void> go_on;
  blocked = go_on.get_future();
  worker.start();
  while (begun == 0) std::this_thread::yield();
  auto stopping = std::async(std::launch::async, [&] { worker.stop(0ms); });
  EXPECT_EQ(stopping.wait_for(20ms), std::future_status::timeout) << "it waits for the slice";
  go_on.set_value();
  stopping.wait();
  EXPECT_FALSE(worker.is_running());
}

TEST_F(AWorkerThatRestsForHours, DrainsWhatIsAskedForUntilItHasStopped) {
  worker.start();
  for (std::size_t round = 0; round < rounds(200, 10'000); ++round) {
    ask();
    worker.stop(5h);
    EXPECT_EQ(done, asked);
    worker.start();
  }
}

TEST_F(AWorkerThatRestsForHours, IsStoppedByManyThreadsAtOnce) {
  for (std::size_t round = 0; round < rounds(50, 2000); ++round) {
    worker.start();
    at_once(3, [&](std::size_t) { worker.stop(5h); });
    EXPECT_FALSE(worker.is_running());
  }
}

TEST_F(AWorkerThatRestsForHours, GoesOnWhenItIsStartedWhileItStops) {
  std::promise<void> go_on;
  blocked = go_on.get_future();
  worker.start();
  ask();
  worker.ask_to_stop(5h);
  worker.start();
  go_on.set_value();
  wait_until_all_is_done();
  ask();
  wait_until_all_is_done();
  EXPECT_TRUE(worker.is_running());
}

TEST_F(AWorkerThatRestsForHours, LetsGoWhoWaitsForASliceWhenItEnds) {
  worker.start();
  auto waiting = std::async(std::launch::async, [&] {
    for (auto seen = worker.slices(); worker.is_running(); seen = worker.slices()) {
      worker.wait_for_slice(seen, std::chrono::steady_clock::time_point::max());
    }
  });
  ask();
  wait_until_all_is_done();
  worker.stop(5h);
  waiting.wait();
}

}  // namespace
}  // namespace exhibition::tests
