#include <gtest/gtest.h>
#include <time.h>

#include <memory>
#include <thread>

#include "exhibition/adapters/memory.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

/// That this process has used, all of its threads together.
std::chrono::nanoseconds cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

class AnIdleWorker : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, AnIdleWorker, each_storage(), storage_name);

TEST_P(AnIdleWorker, UsesAtMostFiveMillisecondsOfEverySecond) {
  const memory::ReadModel<std::size_t> count;
  museum.events()
      .project("count", count.store(), [](std::size_t& events, const Envelope&) { ++events; })
      .value();
  museum.events().follow("mailer", EventTypes::all(), [](const Delivery&) {}).value();
  const std::shared_ptr<EventDispatcher> other = signals::dispatcher();
  museum.events().relay("relay", other).value();
  const auto shown = museum.register_one(std::nullopt);
  museum.reserve(shown.session);
  museum.events().start();
  ASSERT_TRUE(museum.events().wait_for("relay", 60s).value());

  const auto seconds = std::chrono::seconds{rounds(3, 10)};
  const auto before = cpu_time();
  std::this_thread::sleep_for(seconds);
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(cpu_time() - before);
  RecordProperty("cpu_ms", static_cast<int>(used.count()));
  EXPECT_LE(used, seconds.count() * 5ms);
}

}  // namespace
}  // namespace exhibition::tests
