// Read models in an SQLite file of the host's own, and what a death of the process leaves of a
// follower.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "stores/stores.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class AProjectionFile : public ::testing::Test {
 protected:
  /// Counts the places of each member in the table `places`.
  static void count_places(sqlite::Transaction& transaction, const Envelope& envelope) {
    transaction.execute("CREATE TABLE IF NOT EXISTS places(member TEXT PRIMARY KEY, n INTEGER)");
    const auto* event = std::get_if<ReservationConfirmed>(&envelope.event);
    if (!event) return;
    transaction.execute(
        "INSERT INTO places VALUES(?1, ?2) ON CONFLICT(member) DO UPDATE SET n = n + ?2",
        {event->member, std::int64_t{event->places}});
    if (event->member == "poison") transaction.execute("INSERT INTO nowhere VALUES(1)");
  }

  void project() {
    ASSERT_TRUE(is_done(museum.events().project("places", sqlite::projection_file(file),
                                                &AProjectionFile::count_places)));
  }

  [[nodiscard]] std::vector<std::string> places() const {
    return RawFile(file).column("SELECT member || ' ' || n FROM places ORDER BY member");
  }

  Museum museum{StorageKind::sqlite};
  std::filesystem::path file = museum.folder() / "places.db";
  const Shown shown = museum.register_one(std::nullopt);
};

using Lines = std::vector<std::string>;

TEST_F(AProjectionFile, HasTheEffectOfEveryEventOnceOverAnyNumberOfOpenings) {
  for (int i = 0; i < 3; ++i) {
    project();
    museum.reserve(shown.session, "mina", 2);
    museum.pump_all();
    museum.reopen();
  }
  EXPECT_EQ(places(), Lines{"mina 6"});
}

TEST_F(AProjectionFile, KeepsNothingOfAnEventThatFailed) {
  project();
  museum.reserve(shown.session, "mina", 2);
  museum.reserve(shown.session, "poison", 2);
  museum.reserve(shown.session, "seokwon", 2);
  museum.events().pump();
  EXPECT_EQ(places(), Lines{"mina 2"});
  for (int i = 0; i < 8; ++i) {
    museum.clock.advance(1min);
    museum.events().pump();
  }
  EXPECT_EQ(places(), (Lines{"mina 2", "seokwon 2"}));
  const auto letters = museum.events().dead_letters("places").value().items;
  ASSERT_FALSE(letters.empty());
  EXPECT_NE(letters[0].error.find("no such table: nowhere"), std::string::npos);
}

TEST_F(AProjectionFile, MayBeADatabaseThatTheHostHasAlready) {
  RawFile(file).execute(
      "CREATE TABLE mine(a); INSERT INTO mine VALUES(7); PRAGMA user_version = 9");
  project();
  museum.reserve(shown.session, "mina", 1);
  museum.pump_all();
  EXPECT_EQ(places(), Lines{"mina 1"});
  RawFile raw(file);
  EXPECT_EQ(raw.integer("SELECT a FROM mine"), 7);
  EXPECT_EQ(raw.integer("PRAGMA user_version"), 9);
}

TEST_F(AProjectionFile, IsNoneOfTheLibrarysOwnFiles) {
  for (const auto* own : {"museum.db", "museum.db-my-page", "museum.db-followers"}) {
    const auto path = museum.folder() / own;
    EXPECT_TRUE(blames(sqlite::projection_file(path), {path.string(), "a file of its own"}));
  }
  EXPECT_TRUE(blames(sqlite::projection_file(museum.folder() / "gone" / "x.db"), {"its folder"}));
  EXPECT_TRUE(blames(museum.events().project("lost", sqlite::projection_file(museum.folder()),
                                             &AProjectionFile::count_places),
                     {"is a folder"}));
}

TEST_F(AProjectionFile, TakesAndGivesValuesOfEverySort) {
  const auto store = sqlite::projection_file(file).value();
  const sqlite::Value blob = std::vector<std::byte>{std::byte{0}, std::byte{255}};
  const std::vector<sqlite::Value> row{std::monostate{}, std::int64_t{-7}, 0.5,
                                       std::string("a\0b", 3), blob};
  store->transact([&](sqlite::Transaction& transaction, Followers&) {
    transaction.execute("CREATE TABLE t(a, b, c, d, e)");
    EXPECT_EQ(transaction.execute("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)", row), 1);
    EXPECT_EQ(transaction.execute("INSERT INTO t SELECT * FROM t"), 1);
    EXPECT_EQ(transaction.query("SELECT * FROM t"), (std::vector{row, row}));
    EXPECT_EQ(transaction.execute("DELETE FROM t"), 2);
    EXPECT_TRUE(transaction.query("SELECT * FROM t").empty());
    EXPECT_NE(transaction.handle(), nullptr);
  });
}

TEST_F(AProjectionFile, BlamesAStatementThatIsWrongAndNotTheStore) {
  const auto store = sqlite::projection_file(file).value();
  store->transact([&](sqlite::Transaction& transaction, Followers&) {
    transaction.execute("CREATE TABLE t(a NOT NULL)");
    for (const auto* wrong : {"", ";", "-- nothing", "INSERT INTO t", "SELECT 1; SELECT 2",
                              "INSERT INTO t VALUES(NULL)", "SELECT * FROM nowhere",
                              "SELECT 1; -- two\nSELECT 2", "SELECT 1; nonsense"}) {
      EXPECT_THROW(transaction.execute(wrong), sqlite::StatementError) << wrong;
    }
    EXPECT_THROW(transaction.execute(std::string("SELECT 1\0, 2", 12)), sqlite::StatementError);
    for (const auto* right : {"SELECT 1 -- one", "SELECT 1; -- one", "/* one */ SELECT 1; ;\n"}) {
      EXPECT_EQ(transaction.query(right).size(), 1U) << right;
    }
    EXPECT_THROW(transaction.execute("SELECT ?1"), sqlite::StatementError) << "no parameter";
    EXPECT_THROW(transaction.execute("SELECT 1", {std::int64_t{1}}), sqlite::StatementError);
  });
}

TEST_F(AProjectionFile, DoesNotLetAHandlerEndItsTransaction) {
  const auto store = sqlite::projection_file(file).value();
  for (const auto* end : {"COMMIT", "ROLLBACK", "END; "}) {
    EXPECT_THROW(store->transact([&](sqlite::Transaction& transaction, Followers&) {
      transaction.execute("CREATE TABLE t(a)");
      try {
        transaction.execute(end);
      } catch (const sqlite::StatementError&) {
        EXPECT_STRNE(end, "ROLLBACK");
      }
      EXPECT_THROW(transaction.execute("SELECT 1"), sqlite::StatementError) << end;
    }),
                 sqlite::StatementError)
        << end;
    store->transact([&](sqlite::Transaction& transaction, Followers&) {
      EXPECT_EQ(transaction.query("SELECT * FROM sqlite_schema WHERE name = 't'").size(), 0U)
          << end;
    });
  }
}

/// A projection whose handler does harm to its transaction at one member's reservation, and hides
/// what came of it.
class AHarmfulHandler : public AProjectionFile {
 protected:
  using Harm = std::function<void(sqlite::Transaction&)>;

  void project(Harm harm) {
    museum.events()
        .project(
            "places", sqlite::projection_file(file),
            [harm = std::move(harm)](sqlite::Transaction& transaction, const Envelope& envelope) {
              count_places(transaction, envelope);
              const auto* event = std::get_if<ReservationConfirmed>(&envelope.event);
              if (!event || event->member != "harm") return;
              try {
                harm(transaction);
              } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
              }
            })
        .value();
  }

  static void run(sqlite::Transaction& transaction, const char* statements) {
    sqlite3_exec(transaction.handle(), statements, nullptr, nullptr, nullptr);
  }

  void reserve_around_the_harm() {
    museum.reserve(shown.session, "mina", 2);
    museum.reserve(shown.session, "harm", 3);
    museum.reserve(shown.session, "seokwon", 1);
    museum.reserve(shown.session, "mina", 4);
  }

  [[nodiscard]] FollowerStatus status() { return museum.events().status().value().back(); }

  void expect_its_event_alone_is_parked() {
    reserve_around_the_harm();
    for (int i = 0; i < 9; ++i) {
      museum.events().pump();
      museum.clock.advance(2min);
    }
    EXPECT_EQ(places(), (Lines{"mina 6", "seokwon 1"}));
    EXPECT_EQ(status().state, FollowerState::running);
    EXPECT_EQ(status().lag_events, 0);
    const auto letters = museum.events().dead_letters("places").value().items;
    ASSERT_GE(letters.size(), 1U);
    EXPECT_EQ(letters[0].attempts, 8);
    EXPECT_EQ(std::get<ReservationConfirmed>(letters[0].envelope.event).member, "harm");
  }
};

TEST_F(AHarmfulHandler, ThatHidesAStatementWhichRolledBackLosesNoOtherEffect) {
  project([](sqlite::Transaction& transaction) {
    transaction.execute("INSERT OR ROLLBACK INTO places VALUES('mina', 1)");
  });
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatRollsBackLosesNoOtherEffect) {
  project([](sqlite::Transaction& transaction) { transaction.execute("ROLLBACK"); });
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatCommitsDoublesNoOtherEffect) {
  project([](sqlite::Transaction& transaction) { run(transaction, "COMMIT"); });
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatBeginsAnotherTransactionLosesNoOtherEffect) {
  project([](sqlite::Transaction& transaction) { run(transaction, "ROLLBACK; BEGIN IMMEDIATE"); });
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatWritesWithNoTransactionLeavesNothing) {
  project([](sqlite::Transaction& transaction) {
    run(transaction, "ROLLBACK");
    run(transaction, "INSERT INTO places VALUES('nobody', 1)");
  });
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatLeavesADeferredForeignKeyBrokenHoldsNobodyUp) {
  project([](sqlite::Transaction& transaction) {
    transaction.execute(
        "CREATE TABLE IF NOT EXISTS visits"
        "(member TEXT REFERENCES places(member) DEFERRABLE INITIALLY DEFERRED)");
    transaction.execute("INSERT INTO visits VALUES('a ghost')");
  });
  expect_its_event_alone_is_parked();
  const auto letters = museum.events().dead_letters("places").value().items;
  EXPECT_NE(letters[0].error.find("FOREIGN KEY"), std::string::npos) << letters[0].error;
}

TEST_F(AHarmfulHandler, ThatHidesAFullDiskCountsNoAttemptAndLosesNothing) {
  bool is_full = true;
  project([&](sqlite::Transaction& transaction) {
    transaction.execute("CREATE TABLE IF NOT EXISTS ballast(a)");
    // As many pages as there are: the next one is one too many.
    if (is_full) run(transaction, "PRAGMA max_page_count = 1");
    transaction.execute("INSERT INTO ballast VALUES(zeroblob(1000000))");
  });
  reserve_around_the_harm();
  for (int i = 0; i < 9; ++i) {
    museum.events().pump();
    museum.clock.advance(2min);
  }
  EXPECT_FALSE(status().failure);
  EXPECT_NE(status().store_failure.find("full"), std::string::npos) << status().store_failure;

  is_full = false;
  museum.reopen();  // another connection, which knows no such limit
  project([](sqlite::Transaction&) {});
  museum.pump_all();
  EXPECT_EQ(places(), (Lines{"harm 3", "mina 6", "seokwon 1"}));
}

TEST_F(AHarmfulHandler, ThatLeavesASavepointTakesNoEffectOfAnotherBack) {
  museum.events()
      .project("places", sqlite::projection_file(file),
               [](sqlite::Transaction& transaction, const Envelope& envelope) {
                 const auto* event = std::get_if<ReservationConfirmed>(&envelope.event);
                 if (event && event->member == "mina") run(transaction, "SAVEPOINT mine");
                 count_places(transaction, envelope);
                 if (event && event->member == "harm") transaction.execute("ROLLBACK TO mine");
               })
      .value();
  expect_its_event_alone_is_parked();
}

TEST_F(AHarmfulHandler, ThatLeavesStatementsUnfinishedHoldsNobodyUp) {
  sqlite3_stmt* writing = nullptr;
  project([&](sqlite::Transaction& transaction) {
    sqlite3_prepare_v2(transaction.handle(), "INSERT INTO places VALUES('left', 1) RETURNING n", -1,
                       &writing, nullptr);
    EXPECT_EQ(sqlite3_step(writing), SQLITE_ROW);
  });
  reserve_around_the_harm();
  museum.pump_all();
  sqlite3_finalize(writing);
  EXPECT_EQ(places(), (Lines{"harm 3", "left 1", "mina 6", "seokwon 1"}));
}

TEST_F(AHarmfulHandler, ThatHidesAnErrorOfTheStoreIsNotExcusedForALaterOne) {
  project([](sqlite::Transaction& transaction) {
    try {
      transaction.execute("ATTACH '/nowhere/at/all.db' AS other");
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it was optional
    }
    transaction.execute("INSERT OR ROLLBACK INTO places VALUES('mina', 1)");
  });
  expect_its_event_alone_is_parked();
}

/// A follower's store as a process leaves it that dies while a batch is taken.
class ADeathOfTheProcess : public AProjectionFile {
 protected:
  void SetUp() override {
    for (const auto* member : {"a", "b", "c", "d"}) museum.reserve(shown.session, member);
    log = museum.log();
  }

  void leave(const Checkpoint& checkpoint) {
    museum.storage().consumer_store().value()->transact([&](Followers& followers) {
      auto left = checkpoint;
      if (const auto known = followers.find("mailer")) left.failure = known->failure;
      followers.save("mailer", left);
    });
  }

  void follow() {
    museum.reopen();
    museum.events()
        .follow("mailer", EventTypes::of<ReservationConfirmed>(),
                [this](const Delivery& delivery) {
                  if (is_away) throw PortError("the post office is closed");
                  written.push_back(std::get<ReservationConfirmed>(delivery.envelope.event).member);
                })
        .value();
  }

  [[nodiscard]] Checkpoint checkpoint() {
    std::optional<Checkpoint> found;
    museum.storage().consumer_store().value()->read(
        [&](const Followers& followers) { found = followers.find("mailer"); });
    return found.value_or(Checkpoint{});
  }

  std::vector<Envelope> log;
  bool is_away = false;
  Lines written;
};

TEST_F(ADeathOfTheProcess, LetsItsBatchBeTakenOnceMore) {
  leave({.begun = log.back().position});
  follow();
  museum.pump_all();
  EXPECT_EQ(written, (Lines{"a", "b", "c", "d"}));
}

TEST_F(ADeathOfTheProcess, CountsAgainstNoEventThatWasNotInItsBatch) {
  leave({.begun = log[1].position});  // nothing up to there is wanted
  follow();
  EXPECT_FALSE(museum.events().pump().retry_at);
  EXPECT_EQ(written, (Lines{"a", "b", "c", "d"}));
}

TEST_F(ADeathOfTheProcess, CountsAgainstNoEventThatIsAloneForWantOfBudget) {
  leave({.begun = log.back().position});
  follow();
  for (const auto* member : {"a", "b", "c", "d"}) {
    for (int i = 0; i < 10 && written.empty(); ++i) museum.events().pump({.max_events = 1});
    EXPECT_EQ(written, Lines{member});
    EXPECT_FALSE(museum.events().status().value().back().failure);
    written.clear();
  }
}

TEST_F(ADeathOfTheProcess, IsNotWhatAnOrderlyEndIsWhileSomethingIsAway) {
  is_away = true;
  for (int i = 0; i < 3; ++i) {
    follow();
    museum.events().pump();
    EXPECT_TRUE(written.empty());
    EXPECT_FALSE(museum.events().status().value().back().failure);
  }
  is_away = false;
  follow();
  museum.pump_all();
  EXPECT_EQ(written, (Lines{"a", "b", "c", "d"}));
}

TEST_F(ADeathOfTheProcess, IsNotForgottenByWhoIsToldToTryAgain) {
  const Checkpoint left{.position = log[3].position, .begun = log[4].position};
  for (int death = 1; death <= 8; ++death) {
    leave(left);
    follow();
    EXPECT_TRUE(is_done(museum.events().retry("mailer")));
    museum.events().pump();
  }
  EXPECT_EQ(museum.events().dead_letters("mailer").value().items.size(), 1U);
}

TEST_F(ADeathOfTheProcess, LeavesToFindTheEventThatKillsInFewerDeathsThanHalvingsAndAttempts) {
  for (int i = 4; i < 64; ++i) museum.reserve(shown.session, "m" + std::to_string(i));
  std::vector<Envelope> wanted;
  for (auto& envelope : museum.log()) {
    if (std::holds_alternative<ReservationConfirmed>(envelope.event)) wanted.push_back(envelope);
  }
  ASSERT_EQ(wanted.size(), 64U);
  for (const std::size_t killer : {0U, 1U, 32U, 62U, 63U}) {
    SCOPED_TRACE(killer);
    const auto& fatal = wanted[killer];
    leave({});
    written.clear();
    int deaths = 0;
    bool is_parked = false;
    for (int processes = 0; processes < 50 && !is_parked; ++processes) {
      std::optional<Checkpoint> mark;
      museum.reopen();
      museum.events()
          .follow("mailer", EventTypes::of<ReservationConfirmed>(),
                  [&](const Delivery& delivery) {
                    written.push_back(delivery.key());
                    if (delivery.envelope.key() != fatal.key()) return;
                    mark = checkpoint();
                    throw PortError("what a death leaves is kept before this is noticed");
                  })
          .value();
      museum.events().pump();
      museum.clock.advance(2min);
      is_parked = !museum.events().dead_letters("mailer").value().items.empty();
      if (!mark) continue;
      leave(*mark);
      ++deaths;
    }
    EXPECT_LE(deaths, 1 + 6 + 8 + 1);
    const auto letters = museum.events().dead_letters("mailer").value().items;
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].envelope, fatal);
    museum.pump_all();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto times = std::count(written.begin(), written.end(), wanted[i].key());
      EXPECT_GE(times, 1) << i;
      EXPECT_LE(times, i == killer ? deaths : 1 + 6 + 1) << i;
    }
    EXPECT_TRUE(is_done(museum.events().discard("mailer", fatal.position)));
  }
}

TEST_F(ADeathOfTheProcess, CountsAgainstTheEventThatWasTakenAlone) {
  // After two events; the third is alone in its batch.
  const Checkpoint left{.position = log[3].position, .begun = log[4].position};
  for (int death = 1; death < 8; ++death) {
    leave(left);
    follow();
    museum.events().pump();
    EXPECT_TRUE(written.empty());
    EXPECT_EQ(museum.events().status().value().back().failure->attempts, death);
    museum.clock.advance(1min);
  }
  leave(left);
  follow();
  museum.events().pump();
  EXPECT_EQ(written, Lines{"d"});
  const auto letters = museum.events().dead_letters("mailer").value().items;
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].envelope, log[4]);
  EXPECT_EQ(letters[0].attempts, 8);
  EXPECT_EQ(letters[0].error, "the process ended while it was taken");
}

}  // namespace
}  // namespace exhibition::tests
