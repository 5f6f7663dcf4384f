// A store that another process holds for longer than the deadline: who wants to write is told so,
// who reads is not held up, and everything goes on when the other lets go.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "stores/stores.hpp"
#include "support/process.hpp"

namespace exhibition::tests {
namespace {

constexpr auto soon = 20ms;

class ALockedStore : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
  SessionId session = make_store(file);

  /// Another process does this to the file, until it is let go.
  void let_neighbour(const std::string& what, const std::filesystem::path& path) {
    neighbour_.emplace(std::vector<std::string>{STORE_NEIGHBOUR_PATH, what, path.string()});
    ASSERT_EQ(neighbour_->line(), "ready");
  }
  void let_go() { EXPECT_EQ(neighbour_->finish(), 0); }

  /// The other process comes while the engine is open, holds up its writers, and goes.
  void hold_up_writers_in_the_middle(const std::string& what,
                                     std::initializer_list<std::string_view> words) {
    auto engine = open_file(file, soon).value();
    ASSERT_TRUE(works(engine, session));
    const auto held = engine.bookings()
                          .reserve({.session = session, .member = "held", .hold = Hold{}})
                          .value()
                          .reservation.id;
    const auto before = everything_in(file);
    ASSERT_NO_FATAL_FAILURE(let_neighbour(what, file));

    EXPECT_TRUE(blames(try_reserve(engine, session), words));
    EXPECT_TRUE(blames(engine.bookings().confirm(held), words));
    EXPECT_TRUE(blames(engine.catalogue().close(session), words));
    EXPECT_TRUE(blames(engine.catalogue().register_exhibition({.title = "Picasso"}), words));
    EXPECT_TRUE(is_done(engine.bookings().list()));
    EXPECT_TRUE(is_done(engine.bookings().availability(session)));
    EXPECT_TRUE(is_done(engine.my_page().of("seokwon")));
    EXPECT_TRUE(is_clean(engine));
    EXPECT_TRUE(everything_in(file) == before);

    let_go();
    EXPECT_TRUE(is_done(engine.bookings().confirm(held)));
    EXPECT_TRUE(works(engine, session));
  }

 private:
  std::optional<Process> neighbour_;
};

TEST_F(ALockedStore, IsNotOpenedWhileAnotherProcessHoldsItsLock) {
  ASSERT_NO_FATAL_FAILURE(let_neighbour("flock", file));
  EXPECT_TRUE(blames(open_file(file, soon), {file.string(), "locked"}));
  let_go();
  auto engine = open_file(file, soon);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(ALockedStore, IsNotOpenedWhileAnotherProcessHasItForItself) {
  ASSERT_NO_FATAL_FAILURE(let_neighbour("exclusive", file));
  EXPECT_TRUE(blames(open_file(file, soon), {file.string(), "locked"}));
  let_go();
  auto engine = open_file(file, soon);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(ALockedStore, IsNotMadeWhileAnotherProcessWritesTheNewFile) {
  const auto fresh = folder.path() / "fresh.db";
  ASSERT_NO_FATAL_FAILURE(let_neighbour("write", fresh));
  EXPECT_TRUE(blames(open_file(fresh, soon), {fresh.string(), "locked"}));
  let_go();
  auto engine = open_file(fresh, soon);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, register_monet(*engine)));
}

TEST_F(ALockedStore, OpensWhileAnotherProgramWrites) {
  ASSERT_NO_FATAL_FAILURE(let_neighbour("write", file));
  auto engine = open_file(file, soon);
  ASSERT_TRUE(is_done(engine));
  EXPECT_EQ(entries(*engine).size(), 1U);
  EXPECT_TRUE(blames(try_reserve(*engine, session), {file.string(), "locked"}));
  let_go();
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(ALockedStore, HoldsUpWritersOnlyWhileAnotherProcessHoldsItsLock) {
  hold_up_writers_in_the_middle("flock", {file.string(), "locked", "20 ms"});
}

TEST_F(ALockedStore, HoldsUpWritersOnlyWhileAnotherProgramWrites) {
  hold_up_writers_in_the_middle("write", {file.string(), "locked"});
}

TEST_F(ALockedStore, IsReportedByThePumpAndTheNextPumpGoesOn) {
  auto engine = open_file(file, soon).value();
  try_reserve(engine, session).value();
  ASSERT_NO_FATAL_FAILURE(let_neighbour("flock", file));
  const auto report = engine.events().pump();
  EXPECT_TRUE(report.retry_at);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures.front().part, "voucher-desk");
  EXPECT_TRUE(blames(report.failures.front().error, {file.string(), "locked"}));
  EXPECT_GT(report.followed("my-page"), 0U) << "my page has a store of its own and goes on";

  let_go();
  EXPECT_TRUE(engine.events().pump().failures.empty());
  EXPECT_TRUE(works(engine, session));
}

TEST_F(ALockedStore, OfAFollowerIsNotWaitedForAsLongAsOneOfBookings) {
  const auto model = folder.path() / "model.db";
  auto engine = open_file(file, 1h).value();
  std::string patience;
  engine.events()
      .project("model", sqlite::projection_file(model, {}, {.lock_timeout = 1h}),
               [&](sqlite::Transaction& transaction, const Envelope&) {
                 patience = std::to_string(std::get<std::int64_t>(
                     transaction.query("PRAGMA busy_timeout").front().front()));
               })
      .value();
  engine.events().pump();
  EXPECT_EQ(patience, "200");
  for (const auto& path : {model, pages_of(file)}) {
    try_reserve(engine, session).value();
    ASSERT_NO_FATAL_FAILURE(let_neighbour("flock", path));
    const auto report = engine.events().pump();
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_TRUE(blames(report.failures.front().error, {path.string(), "locked", "200 ms"}));
    let_go();
    EXPECT_TRUE(engine.events().pump().failures.empty());
  }
}

TEST_F(ALockedStore, MayBeWaitedForForAnyTime) {
  for (const auto timeout : {std::chrono::milliseconds::max(), std::chrono::milliseconds::min(),
                             std::chrono::milliseconds{std::int64_t{1} << 33U}}) {
    auto engine = open_file(file, timeout).value();
    EXPECT_TRUE(works(engine, session));
  }
  ASSERT_NO_FATAL_FAILURE(let_neighbour("flock", file));
  EXPECT_TRUE(blames(open_file(file, std::chrono::milliseconds::min()), {"locked"}));
  let_go();
}

TEST_F(ALockedStore, IsFreeAgainWhenTheProcessThatHeldItIsKilled) {
  auto engine = open_file(file, soon).value();
  for (const auto* what : {"flock", "write"}) {
    Process neighbour({STORE_NEIGHBOUR_PATH, what, file.string()});
    ASSERT_EQ(neighbour.line(), "ready");
    EXPECT_TRUE(blames(try_reserve(engine, session), {file.string(), "locked"})) << what;
    neighbour.kill();
    EXPECT_TRUE(works(engine, session)) << what;
  }
}

TEST_F(ALockedStore, IsClosedCleanlyWhileItIsHeld) {
  {
    auto engine = open_file(file, soon).value();
    ASSERT_TRUE(works(engine, session));
    ASSERT_NO_FATAL_FAILURE(let_neighbour("flock", file));
  }
  let_go();
  auto engine = open_file(file, soon).value();
  EXPECT_TRUE(works(engine, session));
}

}  // namespace
}  // namespace exhibition::tests
