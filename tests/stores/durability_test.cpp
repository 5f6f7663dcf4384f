// What was answered is on the disk before it is answered: every connection that writes says so to
// SQLite. My page is made anew from the log when it has lost its end, so it need not wait.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stores/statements.hpp"
#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

class Durability : public ::testing::Test {
 protected:
  using Settings = std::set<std::string>;

  void SetUp() override {
    std::map<const void*, std::string> setting;
    const StatementWatch watch([&](const Begun& statement) {
      auto& own = setting[statement.connection];
      if (statement.sql.rfind("PRAGMA synchronous", 0) == 0) own = statement.sql;
      if (statement.sql == "BEGIN IMMEDIATE") written_with[statement.file.filename()].insert(own);
    });
    make_store(file);
  }

  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
  std::map<std::string, Settings> written_with;
};

TEST_F(Durability, OfTheBookingFileIsFull) {
  EXPECT_EQ(written_with["museum.db"], Settings{"PRAGMA synchronous = FULL"});
  EXPECT_EQ(RawFile(file).column("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST_F(Durability, OfTheMyPageFileIsNormalForTheLogHasItAll) {
  EXPECT_EQ(written_with["museum.db-my-page"], Settings{"PRAGMA synchronous = NORMAL"});
  EXPECT_EQ(RawFile(pages_of(file)).column("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

}  // namespace
}  // namespace exhibition::tests
