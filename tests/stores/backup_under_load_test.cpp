// Copies taken while others reserve and pump are whole: each opens, is clean, and goes on.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "stores/stores.hpp"
#include "support/effort.hpp"
#include "support/soundness.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

/// Threads that use the engine until this object ends.
class Load {
 public:
  Load(Engine& engine, SessionId session) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([this, &engine, session, i] {
        const auto member = "member " + std::to_string(i);
        for (bool odd = false; !stopping_; odd = !odd) {
          const auto made = try_reserve(engine, session, member).value().reservation.id;
          if (odd) engine.bookings().cancel(made).value();
          ++done_;
        }
      });
    }
    threads_.emplace_back([this, &engine] {
      while (!stopping_) failures_ += engine.events().pump().failures.size();
    });
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void stop() {
    stopping_ = true;
    for (auto& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  [[nodiscard]] int done() const { return done_; }
  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  std::atomic<bool> stopping_ = false;
  std::atomic<int> done_ = 0;
  std::atomic<std::size_t> failures_ = 0;
  std::vector<std::thread> threads_;
};

/// The copy opens and is clean; no follower is ahead of its log; and its my page, pumped on, is
/// what the log makes of nothing.
void expect_whole(const fs::path& copy, SessionId session) {
  EXPECT_EQ(RawFile(copy).column("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_LE(
      RawFile(pages_of(copy)).integer("SELECT coalesce(max(position), 0) FROM exhibition_follower"),
      RawFile(copy).integer("SELECT coalesce(max(position), 0) FROM event_log"));
  std::vector<MyPageEntry> kept;
  {
    auto storage = sqlite::storage(copy);
    ASSERT_TRUE(is_done(storage));
    auto pages = (*storage)->my_pages().value();
    const Storage& stored = **storage;
    const MyPages& shown = *pages;
    auto restored = Engine::open({.storage = std::move(storage),
                                  .my_pages = std::move(pages),
                                  .clock = testing::ManualClock(morning).handle()})
                        .value();
    EXPECT_TRUE(is_clean(restored));
    EXPECT_TRUE(works(restored, session));
    EXPECT_TRUE(is_sound(restored, stored, shown));
    kept = entries(restored);
  }
  fs::remove(pages_of(copy));
  auto restored = open_file(copy).value();
  EXPECT_TRUE(restored.events().pump().failures.empty());
  EXPECT_EQ(entries(restored), kept);
}

TEST(ABackup, UnderLoadOpensAuditsAndGoesOn) {
  const TemporaryFolder house;
  const TemporaryFolder safe;
  auto engine = open_file(house.path() / "museum.db").value();
  const auto session = register_monet(engine);
  std::vector<fs::path> copies;
  Load load(engine, session);
  for (std::size_t i = 0; i < rounds(6, 50); ++i) {
    const int before = load.done();
    while (load.done() < before + 10) std::this_thread::yield();  // something new in each copy
    copies.push_back(safe.path() / ("copy-" + std::to_string(i)));
    EXPECT_TRUE(is_done(engine.backup(copies.back())));
  }
  load.stop();
  EXPECT_EQ(load.failures(), 0U);
  for (const auto& copy : copies) {
    SCOPED_TRACE(copy.filename().string());
    expect_whole(copy, session);
  }
  EXPECT_TRUE(works(engine, session));
}

TEST(ABackup, ToOneTargetFromSeveralThreadsIsMadeOnce) {
  const TemporaryFolder house;
  const TemporaryFolder safe;
  auto engine = open_file(house.path() / "museum.db").value();
  const auto session = register_monet(engine);
  for (std::size_t round = 0; round < rounds(3, 50); ++round) {
    const auto copy = safe.path() / ("copy-" + std::to_string(round));
    std::atomic<int> made = 0;
    at_once(4, [&](std::size_t) {
      const auto copied = engine.backup(copy);
      if (copied) {
        ++made;
      } else {
        EXPECT_TRUE(is_invalid(copied, "path"));
      }
    });
    EXPECT_EQ(made, 1);
    expect_whole(copy, session);
  }
}

}  // namespace
}  // namespace exhibition::tests
