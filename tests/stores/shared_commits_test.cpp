// Units that are asked for at once, committed together in an SQLite file: they share the disk's
// time, and nothing else.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/testing/temporary_folder.hpp"
#include "stores/disk.hpp"
#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;
using testing::TemporaryFolder;

constexpr std::string_view command = "reserve";

void write(UnitOfWork& unit, const std::string& key) { unit.keys().add(command, key, {1, 1}, {}); }

/// A function as a unit, and what became of it.
class Unit final : public Work {
 public:
  using Run = std::function<Result<void>(UnitOfWork&)>;

  explicit Unit(Run run) : run_(std::move(run)) {}

  Result<void> run(UnitOfWork& unit) override { return run_(unit); }
  void done(Result<void> result) noexcept override {
    outcome = std::move(result);
    ++done_count;
  }

  int done_count = 0;
  Result<void> outcome;

 private:
  Run run_;
};

Unit writing(const std::string& key) {
  return Unit([key](UnitOfWork& unit) -> Result<void> {
    write(unit, key);
    return {};
  });
}

class SharedCommits : public ::testing::Test {
 protected:
  /// Asks for all of them while another unit is in the way, so that most are committed together.
  void at_once(std::vector<Unit>& units, const std::function<void(Unit&)>& ask) {
    std::atomic<std::size_t> on_their_way = 0;
    std::atomic<bool> is_in_the_way = false;
    std::thread in_the_way([&] {
      Unit first([&](UnitOfWork&) -> Result<void> {
        is_in_the_way = true;
        while (on_their_way < units.size()) std::this_thread::yield();
        std::this_thread::sleep_for(50ms);  // the last ones may not be in the queue yet
        return {};
      });
      store->transact(first);
    });
    while (!is_in_the_way) std::this_thread::yield();
    tests::at_once(units.size(), [&](std::size_t i) {
      ++on_their_way;
      ask(units[i]);
    });
    in_the_way.join();
  }

  void at_once(std::vector<Unit>& units) {
    at_once(units, [&](Unit& unit) { store->transact(unit); });
  }

  [[nodiscard]] bool has(const std::string& key) const {
    return read(*store,
                [&](const ReadView& view) { return view.keys().find(command, key).has_value(); });
  }

  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
  std::unique_ptr<Storage> store = sqlite::storage(file).value();
};

TEST_F(SharedCommits, TakeTheDisksTimeOnce) {
  std::vector<Unit> units;
  for (int i = 0; i < 16; ++i) units.push_back(writing(std::to_string(i)));
  const auto before = disk::syncs();
  at_once(units);
  EXPECT_LT(disk::syncs() - before, units.size() / 2);
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(has(std::to_string(i)));
}

TEST_F(SharedCommits, AreOneForOneWhoIsAlone) {
  auto first = writing("first");
  store->transact(first);
  const auto before = disk::syncs();
  auto second = writing("second");
  store->transact(second);
  EXPECT_EQ(disk::syncs() - before, 1U);
}

TEST_F(SharedCommits, LeaveOutWhatHasWrittenAndThenFailed) {
  std::vector<Unit> units;
  for (int i = 0; i < 12; ++i) units.push_back(writing(std::to_string(i)));
  units[3] = Unit([](UnitOfWork& unit) -> Result<void> {
    write(unit, "3");
    return refusal::SessionOver{};
  });
  units[5] = Unit([](UnitOfWork& unit) -> Result<void> {
    write(unit, "5");
    throw PortError("its own fault");
  });
  units[8] = Unit([](UnitOfWork& unit) -> Result<void> {
    write(unit, "8");
    throw std::out_of_range("its own");
  });
  units[10] = Unit([](UnitOfWork&) -> Result<void> { return refusal::SessionClosed{}; });

  std::atomic<int> thrown = 0;
  at_once(units, [&](Unit& unit) {
    try {
      store->transact(unit);
    } catch (const std::out_of_range&) {
      EXPECT_EQ(&unit, &units[8]);
      ++thrown;
    }
  });

  EXPECT_EQ(thrown, 1);
  EXPECT_EQ(units[3].outcome, Result<void>(refusal::SessionOver{}));
  EXPECT_EQ(units[5].outcome, Result<void>(refusal::StorageFailure{"its own fault"}));
  EXPECT_EQ(units[10].outcome, Result<void>(refusal::SessionClosed{}));
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool fails = i == 3 || i == 5 || i == 8 || i == 10;
    EXPECT_EQ(units[i].done_count, i == 8 ? 0 : 1) << i;
    EXPECT_EQ(has(std::to_string(i)), !fails) << i;
    if (!fails) {
      EXPECT_TRUE(units[i].outcome) << i;
    }
  }
}

TEST_F(SharedCommits, FailTogetherWhenTheDiskDoesAndGoOnOnceItIsWellAgain) {
  auto before = writing("before");
  store->transact(before);
  std::vector<Unit> units;
  for (int i = 0; i < 8; ++i) units.push_back(writing(std::to_string(i)));
  // It refuses because of what another has written, which is lost.
  units.push_back(Unit([](UnitOfWork& unit) -> Result<void> {
    if (unit.keys().find(command, "0")) return refusal::SessionOver{};
    return {};
  }));
  {
    const disk::Failing disk;
    at_once(units);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_FALSE(units[i].outcome) << i;
    EXPECT_EQ(units[i].outcome.error().code, Errc::storage_failure) << i;
  }
  if (!units[8].outcome) {
    EXPECT_EQ(units[8].outcome.error().code, Errc::storage_failure);
  }

  EXPECT_TRUE(has("before"));
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(has(std::to_string(i))) << i;
  auto after = writing("after");
  store->transact(after);
  EXPECT_TRUE(after.outcome);
  store = sqlite::storage(file).value();
  EXPECT_TRUE(has("before"));
  EXPECT_TRUE(has("after"));
}

TEST_F(SharedCommits, DoNotWaitForAUnitThatComesAfterASlowOne) {
  std::vector<Unit> units;
  std::atomic<int> left = 4;
  for (int i = 0; i < 4; ++i) {
    units.push_back(Unit([&, i](UnitOfWork& unit) -> Result<void> {
      write(unit, std::to_string(i));
      std::this_thread::sleep_for(30ms);
      --left;
      return {};
    }));
  }
  const auto before = disk::syncs();
  at_once(units);
  EXPECT_EQ(left, 0);  // none was run twice
  EXPECT_GE(disk::syncs() - before, units.size());
}

TEST_F(SharedCommits, HaveNoUnitBegunInsideAnotherEvenOnAnothersThread) {
  std::vector<Unit> units;
  for (int i = 0; i < 4; ++i) {
    units.push_back(Unit([&](UnitOfWork&) -> Result<void> {
      auto inner = writing("inner");
      store->transact(inner);
      return {};
    }));
  }
  std::atomic<int> thrown = 0;
  at_once(units, [&](Unit& unit) {
    try {
      store->transact(unit);
    } catch (const std::logic_error&) {
      ++thrown;
    }
  });
  EXPECT_EQ(thrown, 4);
  EXPECT_FALSE(has("inner"));
}

TEST_F(SharedCommits, ComeToWhatUnitsOneByOneComeTo) {
  const std::size_t each = rounds(40, 1000);
  std::atomic<std::int64_t> expected = 0;
  tests::at_once(8, [&](std::size_t caller) {
    for (std::size_t i = 0; i < each; ++i) {
      const auto key = std::to_string(caller) + '/' + std::to_string(i);
      const auto kind = (i + caller) % 5;
      Unit unit([&](UnitOfWork& in) -> Result<void> {
        if (kind == 4) return refusal::SessionOver{};
        const auto last = in.keys().find("count", "x");
        if (last) in.keys().remove({"count", "x"});
        in.keys().add("count", "x", {0, last ? last->aggregate + 1 : 1}, {});
        if (kind == 3) return refusal::SessionOver{};
        if (kind == 2) throw std::out_of_range("its own");
        return {};
      });
      try {
        store->transact(unit);
        EXPECT_EQ(unit.outcome.has_value(), kind < 2);
      } catch (const std::out_of_range&) {
        EXPECT_EQ(kind, 2U);
      }
      if (kind < 2) ++expected;
    }
  });
  const auto counted =
      read(*store, [](const ReadView& view) { return view.keys().find("count", "x")->aggregate; });
  EXPECT_EQ(counted, expected);
}

}  // namespace
}  // namespace exhibition::tests
