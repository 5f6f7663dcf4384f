// Who moves what was committed from SQLite's log to its place in the file: it takes the disk's time.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/testing/temporary_folder.hpp"
#include "stores/disk.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::uintmax_t frame = 4096 + 24;
constexpr std::size_t some = 500;   // commits, of more pages than SQLite waits for
constexpr std::size_t many = 3000;  // of more than a log may have

std::string key_of(std::size_t number) { return std::to_string(number) + std::string(8000, 'k'); }

/// A commit of several pages.
Result<void> commit_to(Storage& store, std::size_t number) {
  return transact(store, [&](UnitOfWork& unit) -> Result<void> {
    unit.keys().add("reserve", key_of(number), {1, 1}, {});
    return {};
  });
}

class Checkpoints : public ::testing::Test {
 protected:
  void open(const sqlite::Options& options) { store_ = sqlite::storage(file_, options).value(); }

  Result<void> commit() { return commit_to(*store_, ++last_); }
  void commit(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) ASSERT_TRUE(commit());
  }

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] std::uintmax_t pages_of_the_log() const {
    return std::filesystem::file_size(file_.string() + "-wal") / frame;
  }

 private:
  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "museum.db";
  std::unique_ptr<Storage> store_;
  std::size_t last_ = 0;
};

TEST_F(Checkpoints, AreMadeByWhoCommits) {
  open({});
  commit(1);
  const auto before = disk::syncs_here();
  commit(some);
  EXPECT_GT(disk::syncs_here() - before, some);
}

TEST_F(Checkpoints, InTheBackgroundTakeNoneOfTheTimeOfWhoCommits) {
  open({.background_checkpoints = true});
  commit(1);
  const auto before = disk::syncs_here();
  const auto all_before = disk::syncs();
  commit(some);
  EXPECT_EQ(disk::syncs_here() - before, some);
  while (disk::syncs() - all_before == some) std::this_thread::sleep_for(1ms);
}

TEST_F(Checkpoints, InTheBackgroundKeepTheLogShort) {
  open({.background_checkpoints = true});
  commit(many);
  EXPECT_LT(pages_of_the_log(), 5000U);
}

TEST_F(Checkpoints, StayInTheBackgroundAfterACommitThatTheDiskHasFailed) {
  open({.background_checkpoints = true});
  commit(1);
  {
    const disk::Failing disk;
    EXPECT_FALSE(commit());
  }
  commit(1);
  const auto before = disk::syncs_here();
  commit(some);
  EXPECT_EQ(disk::syncs_here() - before, some);
}

TEST_F(Checkpoints, InTheBackgroundLoseNothingBesideSomebodyElses) {
  constexpr std::size_t each = 600;
  {
    std::vector<std::unique_ptr<Storage>> stores;
    for (const bool in_background : {true, false, true}) {
      stores.push_back(sqlite::storage(file(), {.background_checkpoints = in_background}).value());
    }
    at_once(stores.size(), [&](std::size_t i) {
      for (std::size_t n = 0; n < each; ++n) EXPECT_TRUE(commit_to(*stores[i], i * each + n));
    });
  }
  const auto store = sqlite::storage(file()).value();
  const auto kept = read(*store, [&](const ReadView& view) {
    std::size_t found = 0;
    for (std::size_t n = 0; n < 3 * each; ++n) {
      found += view.keys().find("reserve", key_of(n)) ? 1U : 0U;
    }
    return found;
  });
  EXPECT_EQ(kept, 3 * each);
}

}  // namespace
}  // namespace exhibition::tests
