// Read models in SQLite files that are made anew beside the ones that serve.

#include <gtest/gtest.h>
#include <malloc.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "stores/stores.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr const char* schema = R"sql(
CREATE TABLE places(member TEXT PRIMARY KEY, n INTEGER NOT NULL);
CREATE INDEX places_by_number ON places(n);
)sql";

class ARebuiltFile : public ::testing::Test {
 protected:
  void project(const std::string& name = "places", const std::string& tables = schema) {
    museum.events()
        .project(
            name, sqlite::projection_file(file, tables),
            [this](sqlite::Transaction& transaction, const Delivery& delivery) {
              ++handled;
              const auto* event = std::get_if<ReservationConfirmed>(&delivery.envelope.event);
              if (!event) return;
              transaction.execute(
                  "INSERT INTO places VALUES(?1, ?2) ON CONFLICT(member) DO UPDATE SET n = n + ?2",
                  {event->member, std::int64_t{event->places}});
            })
        .value();
  }

  void reserve_many(int count) {
    for (int i = 0; i < count; ++i) museum.reserve(shown.session, "m" + std::to_string(i % 3));
    museum.pump_all();
  }

  /// Begins a rebuild of so many events at least, and leaves it.
  void interrupt(std::string_view name = "places") {
    std::stop_source stop;
    ASSERT_FALSE(
        museum.events()
            .rebuild(name, {.on_progress = [&](const RebuildProgress&) { stop.request_stop(); },
                            .stop = stop.get_token()})
            .value());
  }

  [[nodiscard]] Lines places() const {
    return RawFile(file).column("SELECT member || ' ' || n FROM places ORDER BY member");
  }

  [[nodiscard]] std::int64_t generation() {
    for (const auto& status : museum.events().status().value()) {
      if (status.name == "places") return status.generation;
    }
    return 0;
  }

  Museum museum{StorageKind::sqlite};
  const fs::path file = museum.folder() / "places.db";
  const fs::path beside = museum.folder() / "places.db-rebuild";
  const Shown shown = museum.register_one(std::nullopt);
  std::size_t handled = 0;
};

TEST_F(ARebuiltFile, HasWhatAFreshFoldGivesAndNothingElse) {
  project();
  reserve_many(9);
  RawFile(file).execute(
      "UPDATE places SET n = 99; INSERT INTO places VALUES('nobody', 1); DROP INDEX "
      "places_by_number");
  EXPECT_TRUE(museum.events().rebuild("places").value());
  EXPECT_EQ(places(), (Lines{"m0 3", "m1 3", "m2 3"}));
  EXPECT_EQ(RawFile(file).integer("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND"
                                  " name = 'places_by_number'"),
            1);
  EXPECT_EQ(generation(), 2);
  reserve_many(3);
  EXPECT_EQ(places(), (Lines{"m0 4", "m1 4", "m2 4"}))
      << "the kept statements are of the new tables";
  for (const auto& name : names_in(museum.folder())) {
    EXPECT_EQ(name.find("-rebuild"), std::string::npos) << name;
  }
}

TEST_F(ARebuiltFile, IsReadByItsOldReadersAllTheTime) {
  project();
  reserve_many(9);
  RawFile reader(file);
  reader.execute("BEGIN");
  const auto count = [&] { return reader.integer("SELECT sum(n) FROM places"); };
  EXPECT_EQ(count(), 9);
  reserve_many(3);
  EXPECT_TRUE(museum.events()
                  .rebuild("places", {.on_progress =
                                          [&](const RebuildProgress&) {
                                            EXPECT_EQ(count(), 9) << "as its transaction began";
                                          }})
                  .value());
  EXPECT_EQ(count(), 9);
  reader.execute("COMMIT");
  EXPECT_EQ(count(), 12);
}

TEST_F(ARebuiltFile, GoesOnInAnotherProcessWhereItWasLeft) {
  project();
  reserve_many(700);
  handled = 0;
  interrupt();
  ASSERT_TRUE(fs::exists(beside));
  ASSERT_LT(handled, museum.log().size());
  museum.reopen();
  project();
  museum.pump_all();
  EXPECT_EQ(generation(), 1);
  EXPECT_TRUE(museum.events().rebuild("places").value());
  EXPECT_EQ(handled, museum.log().size()) << "every event once";
  EXPECT_EQ(generation(), 2);
  EXPECT_FALSE(fs::exists(beside));
  EXPECT_EQ(RawFile(file).integer("SELECT sum(n) FROM places"), 700);
}

TEST_F(ARebuiltFile, ThatWasLeftCanBeCancelledLater) {
  project();
  reserve_many(700);
  interrupt();
  museum.reopen();
  project();
  EXPECT_TRUE(museum.events().cancel_rebuild("places").value());
  EXPECT_FALSE(fs::exists(beside));
  EXPECT_FALSE(museum.events().cancel_rebuild("places").value());
  EXPECT_FALSE(fs::exists(beside));
  EXPECT_EQ(generation(), 1);
}

TEST_F(ARebuiltFile, BeginsAnewWhenWhatWasLeftIsOfNoUse) {
  project();
  reserve_many(700);
  for (const auto* damage : {"UPDATE exhibition_follower SET generation = 1",
                             "UPDATE exhibition_follower SET proof = 7"}) {
    interrupt();
    museum.reopen();
    RawFile(beside).execute(damage);
    project();
    handled = 0;
    EXPECT_TRUE(museum.events().rebuild("places").value());
    EXPECT_EQ(handled, museum.log().size()) << damage;
    EXPECT_EQ(RawFile(file).integer("SELECT sum(n) FROM places"), 700);
  }
}

TEST_F(ARebuiltFile, ThatHasTakenItsPlaceJustBeforeADeathIsNotMadeTwice) {
  project();
  reserve_many(700);
  interrupt();
  const auto copy = museum.folder() / "left.db";
  fs::copy_file(beside, copy);
  fs::copy_file(beside.string() + "-wal", copy.string() + "-wal");
  EXPECT_TRUE(museum.events().rebuild("places").value());
  museum.close();
  // As when the process had died before it let go of the files.
  fs::rename(copy, beside);
  fs::rename(copy.string() + "-wal", beside.string() + "-wal");
  museum.reopen();
  project();
  handled = 0;
  EXPECT_EQ(generation(), 2);
  EXPECT_TRUE(museum.events().rebuild("places").value());
  EXPECT_EQ(generation(), 3);
  EXPECT_EQ(handled, museum.log().size()) << "what was left is of an earlier generation";
}

TEST_F(ARebuiltFile, IsRefusedWhileOthersAreInIt) {
  project();
  museum.events()
      .project("neighbour", sqlite::projection_file(file),
               [](sqlite::Transaction&, const Envelope&) {})
      .value();
  reserve_many(1);
  EXPECT_TRUE(is_invalid(museum.events().rebuild("places"), "follower"));
  EXPECT_FALSE(fs::exists(beside));
}

TEST_F(ARebuiltFile, WithoutTheTablesThatItsHandlerNeedsLeavesTheOldOne) {
  project("places", "");
  RawFile(file).execute(schema);
  reserve_many(3);
  const auto answer = museum.events().rebuild(
      "places", {.on_progress = [&](const RebuildProgress&) { museum.clock.advance(1min); }});
  EXPECT_TRUE(answer.value());
  for (const auto& status : museum.events().status().value()) {
    if (status.name == "places") {
      EXPECT_EQ(status.parked, 6) << "their vouchers are behind them";
    }
  }
}

TEST_F(ARebuiltFile, HasPagesOfTheSizeOfTheOldOnes) {
  RawFile(file).execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; VACUUM");
  project();
  reserve_many(9);
  EXPECT_EQ(RawFile(file).integer("PRAGMA page_size"), 8192);
  EXPECT_TRUE(museum.events().rebuild("places").value());
  EXPECT_EQ(places(), (Lines{"m0 3", "m1 3", "m2 3"}));
}

TEST_F(ARebuiltFile, IsBegunByNobodyWhereThereIsNoRoomForIt) {
  project();
  reserve_many(3);
  fs::create_directory(beside);
  EXPECT_TRUE(blames(museum.events().rebuild("places"), {beside.string(), "folder"}));
  fs::remove(beside);
  EXPECT_TRUE(museum.events().rebuild("places").value());
}

TEST_F(ARebuiltFile, IsLeftToTheEngineThatMakesIt) {
  project();
  reserve_many(700);
  interrupt();
  auto other = Engine::open({.storage = sqlite::storage(museum.file()).value()}).value();
  other.events()
      .project("places", sqlite::projection_file(file),
               [](sqlite::Transaction&, const Envelope&) {})
      .value();
  EXPECT_TRUE(blames(other.events().rebuild("places"), {file.string(), "another process"}));
  EXPECT_TRUE(blames(other.events().cancel_rebuild("places"), {file.string(), "another process"}));
  EXPECT_TRUE(museum.events().rebuild("places").value());
  EXPECT_EQ(RawFile(file).integer("SELECT sum(n) FROM places"), 700);
  EXPECT_FALSE(other.events().cancel_rebuild("places").value());
}

TEST_F(ARebuiltFile, MayBeMyPagesWhichIsDamaged) {
  reserve_many(9);
  const auto before = museum.pages().list({}, 100);
  RawFile(museum.file().string() + "-my-page")
      .execute(
          "UPDATE entry SET title = 'Manet'; DELETE FROM session; DELETE FROM entry WHERE member"
          " = 'm0'");
  EXPECT_NE(museum.pages().list({}, 100), before);
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(museum.pages().list({}, 100), before);
}

TEST_F(ARebuiltFile, HasATableFromItsSchemaOnlyWhereThereWasNone) {
  RawFile(file).execute("CREATE TABLE places(member TEXT PRIMARY KEY, n INTEGER, extra TEXT)");
  EXPECT_TRUE(sqlite::projection_file(file, schema).has_value());
  EXPECT_EQ(RawFile(file).integer("SELECT count(*) FROM pragma_table_info('places')"), 3);
  EXPECT_TRUE(blames(sqlite::projection_file(museum.folder() / "new.db", "CREATE CHAIR x"),
                     {"new.db", "syntax"}));
}

/// Bytes that the program has asked for and not given back.
std::size_t bytes_in_use() {
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

TEST_F(ARebuiltFile, TakesNoMoreMemoryForAMillionEventsThanForAFew) {
  const auto events = static_cast<std::int64_t>(rounds(20'000, 1'000'000));
  for (std::int64_t version = 1; version <= events;) {
    transact(museum.storage(), [&](UnitOfWork& unit) -> Result<void> {
      for (int i = 0; i < 1000; ++i) {
        unit.log().append({ExhibitionResumed{shown.exhibition}, 1 + version++, morning});
      }
      return {};
    }).value();
  }
  const auto counted = museum.folder() / "counted.db";
  museum.events()
      .project("counted",
               sqlite::projection_file(counted,
                                       "CREATE TABLE last(one INTEGER PRIMARY KEY, n INT);"
                                       "INSERT INTO last VALUES(1, 0)"),
               [](sqlite::Transaction& transaction, const Envelope& event) {
                 transaction.execute(
                     "UPDATE last SET n = n + ?1",
                     {std::int64_t{event.aggregate.kind == AggregateKind::exhibition}});
               },
               {.types = EventTypes::of<ExhibitionResumed>()})
      .value();
  ASSERT_TRUE(museum.events().wait_for("counted", 1h).value());

  std::size_t first = 0;
  std::size_t most = 0;
  EXPECT_TRUE(museum.events()
                  .rebuild("counted", {.on_progress =
                                           [&](const RebuildProgress&) {
                                             most = std::max(most, bytes_in_use());
                                             if (first == 0) first = most;
                                           }})
                  .value());
  EXPECT_LT(most - first, std::size_t{4} << 20U);
  EXPECT_EQ(RawFile(counted).column("SELECT n FROM last"), Lines{std::to_string(events)});
}

}  // namespace
}  // namespace exhibition::tests
