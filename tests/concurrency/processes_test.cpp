#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "concurrency/process.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

/// Several processes on one booking file, which this one has open too.
class SeveralProcesses : public ::testing::Test {
 protected:
  Process& start(const std::string& role, std::int64_t number, std::uint64_t seed = 0) {
    return processes_.emplace_back(
        std::vector<std::string>{MUSEUM_PROCESS_PATH, museum.file().string(), role,
                                 std::to_string(number), std::to_string(seed)});
  }

  void expect_sound() {
    museum.pump_all();
    EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  }

  Museum museum{StorageKind::sqlite};

 private:
  std::deque<Process> processes_;
};

TEST_F(SeveralProcesses, FightingForPlacesSellEachOfThemOnce) {
  const auto seed = announce_seed();
  for (std::size_t round = 0; round < rounds(2, 50); ++round) {
    const auto show = museum.register_one(300);
    std::vector<Process*> fighters;
    for (std::uint64_t i = 0; i < 4; ++i) {
      fighters.push_back(&start("reserve", show.session.value(), seed % 1000 + 10 * round + i));
    }
    for (auto* each : fighters) each->start();
    std::size_t reserved = 0;
    for (auto* each : fighters) reserved += each->count_output();
    for (auto* each : fighters) EXPECT_EQ(each->wait(), 0);

    const auto reservations = all_pages<ReservationId>([&](const PageRequest<ReservationId>& page) {
      return museum.bookings().list({.session = show.session}, page);
    });
    std::int64_t places = 0;
    for (const auto& each : reservations) places += each.places;
    EXPECT_EQ(places, 300);
    EXPECT_EQ(reservations.size(), reserved);
    EXPECT_EQ(museum.bookings().availability(show.session)->free, 0U);
  }
  expect_sound();
}

TEST_F(SeveralProcesses, PumpingOneFileApplyNoEventTwice) {
  const auto show = museum.register_one(std::nullopt);
  constexpr int visits = 150;
  auto& first = start("pump", 2 + 2 * visits);
  auto& second = start("pump", 2 + 2 * visits);
  first.start();
  second.start();
  for (int i = 0; i < visits; ++i) museum.reserve(show.session, std::to_string(i % 10));
  EXPECT_GT(first.count_output(), 0U);
  EXPECT_GT(second.count_output(), 0U);
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
  expect_sound();
  EXPECT_EQ(museum.my_page().of("3")->items.size(), visits / 10U);
  EXPECT_EQ(museum.log().size(), 2U + 2 * visits);
}

TEST_F(SeveralProcesses, OneThatIsKilledLeavesASoundFileAndLetsTheOthersGoOn) {
  const auto seed = announce_seed();
  const auto show = museum.register_one(std::nullopt);
  std::size_t done = 0;
  for (std::size_t round = 0; round < rounds(6, 200); ++round) {
    auto& victim = start("trade", show.session.value(), seed % 1000 + round);
    auto& survivor = start("trade", show.session.value(), seed % 1000 + 500 + round);
    victim.start();
    survivor.start();
    // As many commands as the round says, and then in the middle of one.
    ASSERT_TRUE(victim.wait_for_output(3 + round));
    done += 3 + round;
    victim.kill();
    EXPECT_EQ(victim.wait(), -SIGKILL);
    EXPECT_TRUE(survivor.wait_for_output(5)) << "the lock was not let go";
    museum.reserve(show.session);
    survivor.kill();
    EXPECT_EQ(survivor.wait(), -SIGKILL);
    expect_sound();
  }
  EXPECT_GE(museum.bookings().list({.session = show.session}, {.limit = 1000})->items.size(), done);
  museum.reopen();
  expect_sound();
}

TEST_F(SeveralProcesses, IdsThatAKilledOneHadDrawnAreNotHandedOutAgain) {
  const auto show = museum.register_one(std::nullopt);
  auto& victim = start("trade", show.session.value());
  victim.start();
  ASSERT_TRUE(victim.wait_for_output(5));
  victim.kill();
  victim.wait();
  const auto all = museum.bookings().list({}, {.limit = 1000}).value();
  museum.reopen();
  EXPECT_GT(museum.reserve(show.session).id, all.items.back().id);
}

}  // namespace
}  // namespace exhibition::tests
