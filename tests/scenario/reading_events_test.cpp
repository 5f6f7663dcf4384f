// Reading the log without following it, and waiting for it to grow.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/adapters/files.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class ReadingEvents : public OnEachStorage {
 protected:
  [[nodiscard]] std::vector<Envelope> all(const EventTypes& types = EventTypes::all(),
                                          std::size_t limit = 256) {
    std::vector<Envelope> found;
    for (Position after;;) {
      auto slice = museum.events().read(after, types, limit).value();
      if (slice.end == after) return found;
      after = slice.end;
      for (auto& event : slice.events) found.push_back(std::move(event));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(On, ReadingEvents, each_storage(), storage_name);

TEST_P(ReadingEvents, GivesThemSliceBySlice) {
  EXPECT_EQ(museum.events().head().value(), Position{});
  EXPECT_EQ(museum.events().read({}).value(), EventSlice{});
  const auto shown = museum.register_one(std::nullopt);
  for (int i = 0; i < 5; ++i) museum.reserve(shown.session);
  EXPECT_EQ(museum.events().head().value(), museum.log().back().position);
  EXPECT_EQ(all(), museum.log());
  EXPECT_EQ(all(EventTypes::all(), 1), museum.log());
  EXPECT_EQ(all(EventTypes::of<ReservationConfirmed>(), 2).size(), 5U);
  const auto none = museum.events().read({}, EventTypes::of<VoucherRedeemed>()).value();
  EXPECT_TRUE(none.events.empty());
  EXPECT_EQ(none.end, museum.events().head().value()) << "all of them were looked at";
}

TEST_P(ReadingEvents, RefusesWhatIsNoSlice) {
  EXPECT_EQ(museum.events().read({}, EventTypes::all(), 0).error().code, Errc::invalid_argument);
  EXPECT_EQ(museum.events().read({}, EventTypes::all(), 1001).error().code, Errc::invalid_argument);
  museum.register_one();
  EXPECT_EQ(museum.events().read(Position{-7}).value().events, museum.log());
  EXPECT_EQ(museum.events().read(Position{99}).value(), (EventSlice{{}, Position{99}}));
}

TEST_P(ReadingEvents, BelowTheFloorIsReadingTheArchive) {
  TemporaryFolder folder;
  auto options = museum.options();
  options.archive = files::archive(folder.path());
  museum.close();
  museum.reopen(std::move(options));
  const auto shown = museum.register_one();
  museum.reserve(shown.session);
  museum.pump_all();
  const auto known = museum.log();
  ASSERT_GT(museum.events().prune({.older_than = 0ms}).value().events, 0);
  EXPECT_EQ(all(), known);
  museum.reopen();
  EXPECT_EQ(museum.events().read({}).error().code, Errc::history_truncated);
}

TEST_P(ReadingEvents, CanBeWaitedFor) {
  const auto shown = museum.register_one();
  const auto head = museum.events().head().value();
  EXPECT_TRUE(museum.events().wait_beyond({}, 0ms).value());
  EXPECT_FALSE(museum.events().wait_beyond(head, 0ms).value());
  EXPECT_FALSE(museum.events().wait_beyond(head, -1h).value());
  std::jthread writer([&] { museum.reserve(shown.session); });
  EXPECT_TRUE(museum.events().wait_beyond(head, 60s).value());
}

TEST_P(ReadingEvents, OfAnotherEngineCanBeWaitedForToo) {
  const auto shown = museum.register_one();
  const auto head = museum.events().head().value();
  auto other = Engine::open(museum.options()).value();
  std::jthread writer([&] { museum.reserve(shown.session); });
  EXPECT_TRUE(other.events().wait_beyond(head, 60s).value());
}

TEST_P(ReadingEvents, IsWaitedForNoLongerWhenTheEngineIsClosed) {
  const auto head = museum.events().head().value();
  std::jthread closer([&] { museum.engine().close(); });
  EXPECT_EQ(museum.events().wait_beyond(head, 1h).error().code, Errc::closed);
  EXPECT_EQ(museum.events().head().error().code, Errc::closed);
  EXPECT_EQ(museum.events().read({}).error().code, Errc::closed);
}

}  // namespace
}  // namespace exhibition::tests
