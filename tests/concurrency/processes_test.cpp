#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <deque>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "stores/raw_file.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/process.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

/// Several processes on one booking file, which this one has open too.
class SeveralProcesses : public ::testing::Test {
 protected:
  using Ids = std::set<std::int64_t>;

  [[nodiscard]] std::vector<std::string> command(const std::string& role, SessionId session = {},
                                                 std::uint64_t seed = 0) const {
    return {MUSEUM_PROCESS_PATH, museum.file().string(), role, to_string(session),
            std::to_string(seed)};
  }

  /// Lets them begin together, once all of them have opened the file.
  static void let_begin(std::deque<Process>& processes) {
    for (auto& each : processes) ASSERT_EQ(each.line(), "ready");
    for (auto& each : processes) each.go();
  }

  /// The ids that a process has said.
  static Ids ids_in(const std::string& said) {
    std::istringstream lines(said);
    Ids ids;
    for (std::int64_t id = 0; lines >> id;) ids.insert(id);
    return ids;
  }

  [[nodiscard]] std::vector<Reservation> reservations_of(SessionId session) {
    return all_pages<ReservationId>([&](const PageRequest<ReservationId>& page) {
      return museum.bookings().list({.session = session}, page);
    });
  }
  [[nodiscard]] Ids stored_of(SessionId session) {
    Ids ids;
    for (const auto& each : reservations_of(session)) ids.insert(each.id.value());
    return ids;
  }

  /// The id that the file says is to be drawn next.
  [[nodiscard]] std::int64_t next_unused(const std::string& kind) const {
    return RawFile(museum.file())
        .integer("SELECT coalesce(max(next), 1) FROM unused_id WHERE kind = '" + kind + "'");
  }

  void expect_sound() {
    museum.pump_all();
    EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  }

  Museum museum{StorageKind::sqlite};
};

TEST_F(SeveralProcesses, FightingForPlacesSellEachOfThemOnce) {
  const auto seed = announce_seed();
  for (std::size_t round = 0; round < rounds(2, 100); ++round) {
    const auto show = museum.register_one(300);
    std::deque<Process> fighters;
    for (std::uint64_t i = 0; i < 4; ++i) {
      fighters.emplace_back(command("reserve", show.session, seed + 10 * round + i));
    }
    ASSERT_NO_FATAL_FAILURE(let_begin(fighters));
    std::size_t sold = 0;
    int sellers = 0;
    Ids ids;
    for (auto& each : fighters) {
      const auto own = ids_in(each.rest());
      EXPECT_EQ(each.finish(), 0);
      sold += own.size();
      sellers += own.empty() ? 0 : 1;
      ids.insert(own.begin(), own.end());
    }
    EXPECT_GT(sellers, 1) << "they did not fight";
    EXPECT_EQ(ids.size(), sold) << "two were told of one reservation";
    EXPECT_EQ(ids, stored_of(show.session));

    std::int64_t places = 0;
    for (const auto& each : reservations_of(show.session)) places += each.places;
    EXPECT_EQ(places, 300);
    EXPECT_EQ(museum.bookings().availability(show.session)->free, 0U);
  }
  expect_sound();
}

TEST_F(SeveralProcesses, AreServedAlikeWhoeverHadTheFileLast) {
  constexpr std::uint32_t places = 9000;
  const auto show = museum.register_one(places);
  std::deque<Process> fighters;
  for (std::uint64_t i = 0; i < 3; ++i) fighters.emplace_back(command("hurry", show.session, i));
  ASSERT_NO_FATAL_FAILURE(let_begin(fighters));
  for (auto& each : fighters) {
    EXPECT_GT(ids_in(each.rest()).size(), places / 12);
    EXPECT_EQ(each.finish(), 0);
  }
  expect_sound();
}

TEST_F(SeveralProcesses, PumpingOneFileApplyNoEventTwice) {
  const auto show = museum.register_one(std::nullopt);
  std::deque<Process> pumps;
  for (int i = 0; i < 2; ++i) pumps.emplace_back(command("pump"));
  ASSERT_NO_FATAL_FAILURE(let_begin(pumps));
  std::array<std::string, 2> said;
  std::size_t visits = 0;
  // Until both have had their part of it, but not for ever.
  while (visits < rounds(150, 2000) || (visits < 5000 && (said[0].empty() || said[1].empty()))) {
    museum.reserve(show.session, std::to_string(visits % 10));
    ++visits;
    std::this_thread::sleep_for(1ms);  // let the others have their turns
    for (std::size_t i = 0; i < said.size(); ++i) said[i] += pumps[i].so_far();
  }
  for (auto& each : said) EXPECT_FALSE(each.empty()) << "one of them did everything";
  std::size_t followed = 0;
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(pumps[i].finish(), 0);
    std::istringstream reports(said[i] + pumps[i].rest());
    for (std::size_t events = 0; reports >> events;) followed += events;
  }
  followed += museum.pump_all().followed("my-page");
  expect_sound();
  EXPECT_EQ(museum.log().size(), 2 + 2 * visits) << "one voucher for each";
  EXPECT_EQ(followed, 2 + 2 * visits) << "my page followed each event once";
}

TEST_F(SeveralProcesses, AWorkerFollowsWhatAnotherProcessCommits) {
  const auto seed = announce_seed();
  std::atomic<std::size_t> delivered = 0;
  museum.events()
      .follow("counter", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) { ++delivered; })
      .value();
  museum.events().start();
  std::size_t sold = 0;
  for (std::size_t round = 0; round < rounds(2, 40); ++round) {
    const auto show = museum.register_one(20);
    std::deque<Process> others;
    auto& other = others.emplace_back(command("reserve", show.session, seed + round));
    ASSERT_NO_FATAL_FAILURE(let_begin(others));
    sold += ids_in(other.rest()).size();
    EXPECT_EQ(other.finish(), 0);
    EXPECT_TRUE(museum.events().wait_for("counter", 60s).value());
    EXPECT_EQ(delivered, sold);
  }
  museum.events().stop();
  expect_sound();
}

TEST_F(SeveralProcesses, OneThatIsKilledLeavesASoundFileAndLetsTheOthersGoOn) {
  const auto seed = announce_seed();
  const auto show = museum.register_one(std::nullopt);
  Ids answered;
  for (std::size_t round = 0; round < rounds(6, 80); ++round) {
    std::deque<Process> traders;
    auto& victim = traders.emplace_back(command("trade", show.session, seed + 2 * round));
    auto& survivor = traders.emplace_back(command("trade", show.session, seed + 2 * round + 1));
    ASSERT_NO_FATAL_FAILURE(let_begin(traders));
    // As many commands as the round says, and then in the middle of one.
    for (std::size_t i = 0; i < 3 + round; ++i) {
      const auto id = victim.line();
      ASSERT_TRUE(id.has_value());
      answered.insert(std::stoll(*id));
    }
    EXPECT_EQ(victim.kill(), -SIGKILL);
    answered.merge(ids_in(victim.rest()));
    answered.merge(ids_in(survivor.so_far()));
    for (int i = 0; i < 5; ++i) {
      const auto id = survivor.line();
      ASSERT_TRUE(id.has_value()) << "the lock was not let go";
      answered.insert(std::stoll(*id));
    }
    answered.insert(museum.reserve(show.session).id.value());
    EXPECT_EQ(survivor.kill(), -SIGKILL);
    answered.merge(ids_in(survivor.rest()));
    expect_sound();
  }
  museum.reopen();
  expect_sound();
  const auto stored = stored_of(show.session);
  for (const auto id : answered)
    EXPECT_TRUE(stored.contains(id)) << id << " was answered, and lost";
}

TEST_F(SeveralProcesses, IdsThatAKilledOneHadDrawnAreNotHandedOutAgain) {
  const auto seed = announce_seed();
  const auto show = museum.register_one(std::nullopt);
  for (std::size_t round = 0; round < rounds(3, 100); ++round) {
    museum.reopen();  // which returns the ids that this process has drawn
    std::deque<Process> traders;
    auto& victim = traders.emplace_back(command("trade", show.session, seed + round));
    ASSERT_NO_FATAL_FAILURE(let_begin(traders));
    ASSERT_TRUE(victim.prints(5 + round));
    EXPECT_EQ(victim.kill(), -SIGKILL);
    const auto reservation = next_unused("reservation");
    const auto voucher = next_unused("voucher");
    museum.reopen();
    const auto made = museum.reserve(show.session).id;
    EXPECT_GE(made.value(), reservation);
    EXPECT_GE(museum.voucher_of(made).id.value(), voucher);
  }
}

}  // namespace
}  // namespace exhibition::tests
