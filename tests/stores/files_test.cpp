// What lies beside a store, what survives a restart, and several engines in one process.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stores/stores.hpp"
#include "support/effort.hpp"
#include "support/process.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class AStoreFile : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  fs::path file = folder.path() / "museum.db";

  static std::int64_t reserved_id(Engine& engine, SessionId session) {
    return try_reserve(engine, session).value().reservation.id.value();
  }
};

TEST_F(AStoreFile, HasOnlyTheDocumentedFilesBesideIt) {
  const Names closed{"museum.db",      "museum.db-followers", "museum.db-followers-lock",
                     "museum.db-lock", "museum.db-my-page",   "museum.db-my-page-lock"};
  {
    auto engine = open_file(file).value();
    ASSERT_TRUE(works(engine, register_monet(engine)));
    EXPECT_EQ(names_in(folder.path()),
              (Names{"museum.db", "museum.db-followers", "museum.db-followers-lock",
                     "museum.db-followers-shm", "museum.db-followers-wal", "museum.db-lock",
                     "museum.db-my-page", "museum.db-my-page-lock", "museum.db-my-page-shm",
                     "museum.db-my-page-wal", "museum.db-shm", "museum.db-wal"}));
  }
  EXPECT_EQ(names_in(folder.path()), closed);
  { auto engine = open_file(file).value(); }
  EXPECT_EQ(names_in(folder.path()), closed);
}

TEST_F(AStoreFile, IsAnSqliteFileAsDesigned) {
  make_store(file);
  RawFile raw(file);
  EXPECT_EQ(raw.column("PRAGMA journal_mode"), Names{"wal"});
  EXPECT_NE(raw.integer("PRAGMA application_id"), 0);
  EXPECT_NE(raw.integer("PRAGMA user_version"), 0);
  EXPECT_EQ(raw.column("PRAGMA integrity_check"), Names{"ok"});
  EXPECT_TRUE(raw.column("PRAGMA foreign_key_check").empty());
  EXPECT_EQ(raw.column("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict"
                       " AND name NOT LIKE 'sqlite_%'"),
            Names{});
  EXPECT_EQ(raw.column("SELECT name FROM sqlite_sequence"), Names{"event_log"});
}

TEST_F(AStoreFile, CountsOnWithoutAGapAfterACleanClose) {
  SessionId session;
  {
    auto engine = open_file(file).value();
    const auto monet =
        engine.catalogue()
            .register_exhibition({.title = "Monet", .sessions = {{.starts_at = ten}}})
            .value();
    EXPECT_EQ(monet.exhibition.id.value(), 1);
    session = monet.sessions.front();
    EXPECT_EQ(session.value(), 1);
    EXPECT_EQ(reserved_id(engine, session), 1);
  }
  for (std::int64_t next = 2; next <= 4; ++next) {
    auto engine = open_file(file).value();
    EXPECT_EQ(reserved_id(engine, session), next);
    engine.events().pump();
    EXPECT_EQ(engine.vouchers().of(ReservationId{next}).value().front().id.value(), next);
    const auto more =
        engine.catalogue()
            .register_exhibition({.title = "Picasso", .sessions = {{.starts_at = ten}}})
            .value();
    EXPECT_EQ(more.exhibition.id.value(), next);
    EXPECT_EQ(more.sessions.front().value(), next);
  }
}

TEST_F(AStoreFile, NeverGivesAnIdTwiceAfterAKill) {
  const auto session = make_store(file);
  std::int64_t last = 0;
  for (std::size_t round = 0; round < rounds(3, 20); ++round) {
    Process busy({STORE_NEIGHBOUR_PATH, "reserve", file.string(), std::to_string(session.value())});
    for (std::size_t i = 0; i < 20 * (round + 1); ++i) {
      const auto line = busy.line();
      ASSERT_TRUE(line.has_value());
      const auto id = std::stoll(*line);
      EXPECT_GT(id, last);
      last = id;
    }
    busy.kill();

    auto engine = open_file(file).value();
    EXPECT_TRUE(is_done(engine.bookings().find(ReservationId{last}))) << "what returned is durable";
    EXPECT_TRUE(is_clean(engine));
    EXPECT_TRUE(works(engine, session));
    last = RawFile(file).integer("SELECT max(id) FROM reservation");
    EXPECT_GT(reserved_id(engine, session), last);
    ++last;
  }
}

TEST_F(AStoreFile, ServesTwoEnginesOfOneProcess) {
  auto first = open_file(file).value();
  auto second = open_file(file).value();
  const auto session = register_monet(first);
  EXPECT_TRUE(works(second, session));
  EXPECT_TRUE(works(first, session));
  EXPECT_NE(reserved_id(first, session), reserved_id(second, session));
  first.close();
  EXPECT_TRUE(works(second, session)) << "closing one engine takes no lock from the other";
  EXPECT_EQ(entries(second).size(), 5U);
}

TEST_F(AStoreFile, IsStillLockedForOthersWhenOneOfTwoEnginesOfAProcessCloses) {
  // POSIX locks would be dropped by any close of the file in this process; SQLite keeps the file
  // open until the last of them ends.
  auto first = open_file(file).value();
  const auto session = register_monet(first);
  auto second = open_file(file, 20ms).value();
  RawFile other(file);
  other.execute("BEGIN IMMEDIATE");
  first.close();
  EXPECT_TRUE(blames(try_reserve(second, session), {file.string(), "locked"}));
  Process outsider({STORE_NEIGHBOUR_PATH, "try", file.string()});
  EXPECT_EQ(outsider.line(), "locked");
  other.execute("COMMIT");
  outsider.go();
  EXPECT_EQ(outsider.line(), "free");
  EXPECT_EQ(outsider.finish(), 0);
  EXPECT_TRUE(works(second, session));
}

TEST_F(AStoreFile, OfOneEngineIsNotThatOfAnother) {
  auto one = open_file(file).value();
  auto two = open_file(folder.path() / "annex.db").value();
  const auto monet = register_monet(one);
  EXPECT_TRUE(works(one, monet));
  EXPECT_TRUE(two.catalogue().list().value().items.empty());
  EXPECT_TRUE(works(two, register_monet(two)));
  EXPECT_EQ(entries(one).size(), 1U);
}

TEST_F(AStoreFile, IsGoodAfterItsSideFilesWereLostInAMove) {
  const auto session = make_store(file);
  const auto moved = folder.path() / "moved.db";
  fs::rename(file, moved);
  auto engine = open_file(moved);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
  EXPECT_EQ(entries(*engine).size(), 3U) << "my page is made anew";
}

}  // namespace
}  // namespace exhibition::tests
