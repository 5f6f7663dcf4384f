// What was answered is on the disk before it is answered: every connection that writes says so to
// SQLite. My page is made anew from the log when it has lost its end, so it need not wait.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "stores/statements.hpp"
#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

class Durability : public ::testing::Test {
 protected:
  using Settings = std::vector<std::string>;

  /// How durable each transaction is that `work()` does, of each file.
  template <class Work>
  static std::map<std::string, Settings> settings_of(Work work) {
    std::map<std::string, Settings> of_files;
    std::map<const void*, std::string> setting;
    const StatementWatch watch([&](const Begun& statement) {
      auto& own = setting[statement.connection];
      if (statement.sql.rfind("PRAGMA synchronous", 0) == 0) own = statement.sql;
      if (statement.sql == "BEGIN IMMEDIATE") of_files[statement.file.filename()].push_back(own);
    });
    work();
    return of_files;
  }

  static void expect_all(const Settings& found, const std::string& setting) {
    EXPECT_EQ(found, Settings(found.size(), setting));
    EXPECT_FALSE(found.empty());
  }

  static constexpr const char* full = "PRAGMA synchronous = FULL";
  static constexpr const char* normal = "PRAGMA synchronous = NORMAL";

  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
};

TEST_F(Durability, OfTheBookingFileIsFull) {
  expect_all(settings_of([&] { make_store(file); })["museum.db"], full);
  EXPECT_EQ(RawFile(file).column("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST_F(Durability, OfTheMyPageFileIsNormalForTheLogHasItAll) {
  expect_all(settings_of([&] { make_store(file); })["museum.db-my-page"], normal);
  EXPECT_EQ(RawFile(pages_of(file)).column("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST_F(Durability, OfWhereAFollowerBeginsIsFullForTheLogDoesNotKnowIt) {
  make_store(file);
  auto settings = settings_of([&] {
    auto engine = open_file(file).value();
    const FollowerOptions from_now{.start = StartAt::now()};
    engine.events()
        .follow(
            "mailer", EventTypes::all(), [](const Delivery&) {}, from_now)
        .value();
    engine.events()
        .project(
            "model", sqlite::projection_file(folder.path() / "model.db"),
            [](sqlite::Transaction&, const Envelope&) {}, from_now)
        .value();
    try_reserve(engine, register_monet(engine)).value();
    engine.events().pump();
  });
  for (const auto* of : {"museum.db-followers", "model.db"}) {
    SCOPED_TRACE(of);
    auto& found = settings[of];
    EXPECT_EQ(std::count(found.begin(), found.end(), full), 1);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.back(), normal);
  }
}

TEST_F(Durability, OfAPositionUpToWhichTheLogMayForgetIsFull) {
  make_store(file);
  auto settings = settings_of([&] {
    auto engine = open_file(file).value();
    engine.events().follow("mailer", EventTypes::all(), [](const Delivery&) {}).value();
    engine.events().pump();
    EXPECT_GT(engine.events().prune({.older_than = 0ms}).value().events, 0);
  });
  for (const auto* of : {"museum.db-my-page", "museum.db-followers"}) {
    SCOPED_TRACE(of);
    ASSERT_FALSE(settings[of].empty());
    EXPECT_EQ(settings[of].back(), full);
  }
}

}  // namespace
}  // namespace exhibition::tests
