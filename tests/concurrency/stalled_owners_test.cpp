// Two processes follow one booking file while one or the other is stopped and goes on again, with
// clocks that are two hours apart.

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "branches.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "support/effort.hpp"
#include "support/evidence.hpp"
#include "support/museum.hpp"
#include "support/process.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

using Lines = std::vector<std::string>;
using SteadyClock = std::chrono::steady_clock;

class StalledOwners : public ::testing::Test {
 protected:
  Process branch(int hours, const char* guarded) {
    return Process({BRANCH_PROCESS_PATH, museum.folder().string(), std::to_string(hours), guarded});
  }

  /// Reservations are made and cancelled until it is time. One that stands still may keep the
  /// booking file locked meanwhile.
  void trade_until(SteadyClock::time_point end) {
    std::vector<ReservationId> made;
    while (SteadyClock::now() < end) {
      if (!made.empty() && random() % 4 == 0) {
        static_cast<void>(museum.bookings().cancel(made[random() % made.size()]));
      } else {
        made.push_back(museum.reserve(shown.session, std::to_string(random() % 10)).id);
      }
      std::this_thread::sleep_for(3ms);
    }
  }

  /// One or the other stands still, for longer than a lease, again and again.
  static void stall_until(SteadyClock::time_point end, std::array<Process, 2>& branches,
                          std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto pass = [&](std::uint64_t least, std::uint64_t most) {
      std::this_thread::sleep_for(std::chrono::milliseconds{least + random() % (most - least)});
    };
    while (SteadyClock::now() < end) {
      const auto& stalled = branches[random() % branches.size()];
      pass(10, 200);
      stalled.freeze();
      pass(250, 650);
      stalled.thaw();
    }
  }

  /// Lets two branches follow for so long, and then all that is left.
  void follow_for(std::chrono::seconds time, const char* guarded) {
    {
      std::array branches{branch(1, guarded), branch(-1, guarded)};
      for (auto& each : branches) ASSERT_EQ(each.line(), "ready");
      for (auto& each : branches) each.go();
      const auto end = SteadyClock::now() + time;
      std::jthread stalling([&, seed = random()] { stall_until(end, branches, seed); });
      trade_until(end);
      stalling.join();
      for (auto& each : branches) EXPECT_EQ(each.finish(), 0);
    }
    museum.pump_all();
    auto last = branch(0, guarded);
    ASSERT_EQ(last.line(), "ready");
    last.go();
    EXPECT_EQ(last.finish(), 0);
  }

  [[nodiscard]] Lines journal() const {
    Lines lines;
    sqlite::projection_file(journal_in(museum.folder()))
        .value()
        ->transact([&](sqlite::Transaction& transaction, Followers& followers) {
          transaction.execute(make_journal);
          epochs = followers.find("journal").value_or(Checkpoint{}).lease.epoch;
          for (auto& row : transaction.query("SELECT line FROM journal ORDER BY id")) {
            lines.push_back(std::get<std::string>(std::move(row.front())));
          }
        });
    return lines;
  }

  [[nodiscard]] Lines mails() const {
    std::ifstream text(mails_in(museum.folder()));
    Lines lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

  Museum museum{StorageKind::sqlite};
  const Shown shown = museum.register_one(std::nullopt);
  std::mt19937_64 random{announce_seed()};
  mutable std::int64_t epochs = 0;  // of the journal
};

TEST_F(StalledOwners, LoseNothingDoubleNoEffectOfAReadModelAndKeepTheOrder) {
  follow_for(std::chrono::seconds{rounds(10, 60)}, "guarded");
  const auto log = museum.log();
  EXPECT_EQ(faults_of(journal(), log, Times::once), Lines{});
  EXPECT_EQ(faults_of(mails(), log, Times::at_least_once), Lines{});
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  EXPECT_GT(epochs, 4) << "they did not take over from one another";
}

TEST_F(StalledOwners, ShowACheckpointThatIsWrittenWithoutALookAtTheLease) {
  const auto hang_guard = SteadyClock::now() + 5min;
  while (faults_of(journal(), museum.log(), Times::once).empty()) {
    ASSERT_LT(SteadyClock::now(), hang_guard);
    ASSERT_NO_FATAL_FAILURE(follow_for(2s, "unguarded"));
  }
}

}  // namespace
}  // namespace exhibition::tests
