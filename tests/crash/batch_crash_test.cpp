// A process that dies between the commit of a batch and the waking of those whose units were in it:
// nothing of the batch is lost, and who asks again under their keys gets what they have, once.

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>

#include "exhibition/adapters/sqlite.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/process.hpp"

namespace exhibition::tests {
namespace {

/// What the processes were told, and what they have asked and not heard of.
struct Heard {
  std::map<std::string, ReservationId> reserved;
  std::set<std::string> unanswered;

  void note(const std::string& said) {
    std::istringstream line(said);
    std::string what;
    std::string key;
    std::int64_t id = 0;
    line >> what >> key;
    if (what == "try") {
      unanswered.insert(key);
      return;
    }
    unanswered.erase(key);
    if (what == "reserved" && line >> id) reserved.emplace(key, ReservationId{id});
  }
};

TEST(ABatchWhoseLeaderDies, IsLostToNobodyAndDoneTwiceForNobody) {
  const auto crashes = rounds(10, 200);
  std::mt19937_64 random(announce_seed());
  const TemporaryFolder folder;
  const auto file = folder.path() / "museum.db";
  const auto open = [&] { return Engine::open({.storage = sqlite::storage(file)}).value(); };
  const auto session =
      open()
          .catalogue()
          .register_exhibition({.title = "Monet", .sessions = {{.starts_at = morning}}})
          .value()
          .sessions.front();

  Heard heard;
  for (std::size_t crash = 0; crash < crashes; ++crash) {
    Process process({BATCH_PROCESS_PATH, file.string(), to_string(session),
                     std::to_string(1 + random() % 200), std::to_string(crash)});
    while (const auto line = process.line()) heard.note(*line);
    ASSERT_EQ(process.finish(), -SIGKILL) << "there were no batches of several";

    auto museum = open();
    std::size_t durable = 0;
    for (const auto& key : heard.unanswered) {
      const auto answer =
          museum.bookings()
              .reserve({.session = session, .member = key}, {.idempotency_key = key})
              .value();
      if (answer.replayed) ++durable;
      heard.reserved.emplace(key, answer.reservation.id);
    }
    heard.unanswered.clear();
    EXPECT_GE(durable, 2U) << "what was committed and not yet heard of";
    for (const auto& [key, id] : heard.reserved) {
      ASSERT_EQ(museum.bookings().find(id)->member, key);
    }
    ASSERT_EQ(museum.bookings().availability(session)->in_force,
              static_cast<std::int64_t>(heard.reserved.size()));
    ASSERT_TRUE(museum.audit()->empty());
  }
  std::cout << "after " << crashes << " crashes " << heard.reserved.size() << " reservations\n";
}

}  // namespace
}  // namespace exhibition::tests
