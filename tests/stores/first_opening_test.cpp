// Many open a file that is not there yet, at the same time: one makes it, and all work on it.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stores/statements.hpp"
#include "stores/stores.hpp"
#include "support/effort.hpp"
#include "support/process.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

TEST(TheFirstOpening, ByManyThreadsAtOnceMakesOneStore) {
  constexpr std::size_t openers = 8;
  for (std::size_t round = 0; round < rounds(5, 300); ++round) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "museum.db";
    at_once(openers, [&](std::size_t) {
      auto engine = open_file(file);
      ASSERT_TRUE(is_done(engine));
      EXPECT_TRUE(is_done(try_reserve(*engine, register_monet(*engine))));
    });
    auto engine = open_file(file).value();
    engine.events().pump();
    EXPECT_TRUE(is_clean(engine));
    EXPECT_EQ(entries(engine).size(), openers);
  }
}

TEST(TheFirstOpening, ByManyProcessesAtOnceMakesOneStore) {
  for (std::size_t round = 0; round < rounds(5, 300); ++round) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "museum.db";
    std::vector<std::unique_ptr<Process>> openers;
    for (int i = 0; i < 4; ++i) {
      openers.push_back(std::make_unique<Process>(
          std::vector<std::string>{STORE_NEIGHBOUR_PATH, "open", file.string()}));
      ASSERT_EQ(openers.back()->line(), "ready");
    }
    for (auto& opener : openers) opener->go();
    for (auto& opener : openers) EXPECT_EQ(opener->line(), "opened");
    for (auto& opener : openers) EXPECT_EQ(opener->finish(), 0);
    auto engine = open_file(file).value();
    EXPECT_TRUE(works(engine, register_monet(engine)));
  }
}

/// Lets somebody act once, when a statement of another connection of this process begins.
class Interruption {
 public:
  Interruption(std::string statement, std::function<void()> act)
      : statement_(std::move(statement)), act_(std::move(act)) {}

  [[nodiscard]] bool happened() const { return happened_; }

 private:
  void meet(const std::string& statement) {
    if (happened_ || statement != statement_) return;
    happened_ = true;
    act_();
  }

  std::string statement_;
  std::function<void()> act_;
  bool happened_ = false;
  StatementWatch watch_{[this](const Begun& statement) { meet(statement.sql); }};
};

class TheFirstOpeningInterrupted : public ::testing::TestWithParam<const char*> {};

TEST_P(TheFirstOpeningInterrupted, ByAnotherOneOpensAllTheSame) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "museum.db";
  Interruption interruption(GetParam(), [&] { EXPECT_TRUE(is_done(open_file(file))); });
  auto engine = open_file(file);
  EXPECT_TRUE(interruption.happened()) << "the library no longer asks that";
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, register_monet(*engine)));
}

INSTANTIATE_TEST_SUITE_P(Before, TheFirstOpeningInterrupted,
                         ::testing::Values("PRAGMA foreign_keys = ON", "PRAGMA application_id",
                                           "PRAGMA user_version",
                                           "SELECT count(*) FROM sqlite_schema"));

}  // namespace
}  // namespace exhibition::tests
