// Several engines on one booking file that make the same read model anew.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

constexpr const char* schema = "CREATE TABLE events(position INTEGER PRIMARY KEY, times INTEGER)";

/// One of the engines.
class House {
 public:
  explicit House(Museum& museum)
      : engine(Engine::open({.storage = sqlite::storage(museum.file()).value(),
                             .clock = museum.clock.handle()})
                   .value()) {
    engine.events()
        .project("events", sqlite::projection_file(museum.folder() / "events.db", schema),
                 [](sqlite::Transaction& transaction, const Envelope& envelope) {
                   transaction.execute(
                       "INSERT INTO events VALUES(?1, 1)"
                       " ON CONFLICT DO UPDATE SET times = times + 1",
                       {envelope.position.value()});
                 })
        .value();
  }

  [[nodiscard]] FollowerStatus status() {
    for (auto& status : engine.events().status().value()) {
      if (status.name == "events") return status;
    }
    throw std::runtime_error("no such follower");
  }

  Engine engine;
};

class Rebuilds : public ::testing::Test {
 protected:
  /// How often each event has had its effect, in the order of the log.
  [[nodiscard]] std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> found;
    sqlite::projection_file(museum.folder() / "events.db")
        .value()
        ->transact([&](sqlite::Transaction& transaction, Followers&) {
          for (auto& row : transaction.query("SELECT times FROM events ORDER BY position")) {
            found.push_back(std::get<std::int64_t>(row.front()));
          }
        });
    return found;
  }

  Museum museum{StorageKind::sqlite};
  const Shown shown = museum.register_one(std::nullopt);
};

TEST_F(Rebuilds, InSeveralEnginesAtOnceLeaveOneSoundModel) {
  for (int i = 0; i < 700; ++i) museum.reserve(shown.session);
  museum.pump_all();
  std::vector<std::unique_ptr<House>> houses;
  for (int i = 0; i < 3; ++i) houses.push_back(std::make_unique<House>(museum));
  while (houses.front()->engine.events().pump().more) {
  }
  ASSERT_EQ(times().size(), museum.log().size());

  std::atomic<int> in_place = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (auto& house : houses) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) {
        const auto answer = house->engine.events().rebuild("events");
        if (answer) {
          in_place += *answer;
        } else {
          EXPECT_EQ(answer.error().code, Errc::storage_failure) << answer.error();
          ++refused;
        }
        museum.reserve(shown.session);
        house->engine.events().pump();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in_place + refused, 12);
  EXPECT_GE(in_place, 1);
  for (auto& house : houses) EXPECT_TRUE(house->engine.events().wait_for("events", 10min).value());
  EXPECT_TRUE(houses.back()->engine.events().rebuild("events").value())
      << "nothing is left in the way";
  EXPECT_EQ(times(), std::vector<std::int64_t>(museum.log().size(), 1)) << "each event once";
  for (auto& house : houses) EXPECT_EQ(house->status().state, FollowerState::running);
}

TEST_F(Rebuilds, InAnotherEngineAreSeenByThisOne) {
  House one(museum);
  House other(museum);
  for (int i = 0; i < 9; ++i) museum.reserve(shown.session);
  one.engine.events().pump();
  EXPECT_TRUE(other.engine.events().rebuild("events").value());
  EXPECT_EQ(one.status().generation, 2);
  museum.reserve(shown.session);
  one.engine.events().pump();
  EXPECT_EQ(one.status().lag_events, 0);
  EXPECT_EQ(times(), std::vector<std::int64_t>(museum.log().size(), 1));
}

}  // namespace
}  // namespace exhibition::tests
