// The one thread that the library starts when it is asked to.

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <thread>

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

}  // namespace
}  // namespace exhibition::tests
