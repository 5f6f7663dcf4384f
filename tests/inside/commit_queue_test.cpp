// The queue in front of the commit, without a store: who leads, who is committed together, and that
// everyone is woken.

#include "adapters/sqlite/commit_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/effort.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

using sqlite::Batch;
using sqlite::CommitQueue;
using sqlite::UnitList;

/// A unit that notes what becomes of it.
class NotedWork final : public Work {
 public:
  Result<void> run(UnitOfWork&) override { return {}; }
  void done(Result<void> result) noexcept override {
    outcome = std::move(result);
    ++done_count;
    if (afterwards) afterwards();
  }

  std::function<void()> afterwards;
  Result<void> outcome;
  int done_count = 0;
};

using Take = FunctionRef<UnitList()>;

Batch all_ran(UnitList units) { return {units, {}}; }

/// Takes units until there are so many.
UnitList take_at_least(std::size_t count, Take take) {
  UnitList taken;
  while (taken.size() < count) {
    auto more = take();
    while (auto* const unit = more.pop_front()) taken.push_back(*unit);
    std::this_thread::yield();
  }
  return taken;
}

TEST(ACommitQueue, LetsOneWhoIsAloneStraightThrough) {
  const auto caller = std::this_thread::get_id();
  int commits = 0;
  CommitQueue queue([&](Take take) {
    ++commits;
    EXPECT_EQ(std::this_thread::get_id(), caller);
    return all_ran(take());
  });
  NotedWork work;
  queue.transact(work);
  queue.transact(work);
  EXPECT_EQ(work.done_count, 2);
  EXPECT_EQ(commits, 2);
}

TEST(ACommitQueue, HasTheFirstCallerCommitAllWhoCome) {
  std::atomic<int> commits = 0;
  CommitQueue queue([&](Take take) {
    ++commits;
    return all_ran(take_at_least(8, take));
  });
  at_once(8, [&](std::size_t) {
    NotedWork work;
    queue.transact(work);
    EXPECT_EQ(work.done_count, 1);
  });
  EXPECT_EQ(commits, 1);
}

TEST(ACommitQueue, HasTheFirstOfThoseLeftLeadTheNextBatch) {
  std::vector<std::size_t> batches;
  CommitQueue queue([&](Take take) {
    auto units = batches.empty() ? take_at_least(8, take) : take();
    batches.push_back(units.size());
    Batch batch;
    while (batch.ran.size() < 3 && units.first()) batch.ran.push_back(*units.pop_front());
    batch.left = units;
    return batch;
  });
  at_once(8, [&](std::size_t) {
    NotedWork work;
    queue.transact(work);
    EXPECT_EQ(work.done_count, 1);
  });
  EXPECT_EQ(batches, (std::vector<std::size_t>{8, 5, 2}));
}

TEST(ACommitQueue, KeepsTheOrderInWhichUnitsCame) {
  std::vector<Work*> order;
  CommitQueue* reentered = nullptr;
  std::vector<NotedWork> works(3);
  std::vector<std::thread> callers;
  CommitQueue queue([&](Take take) {
    if (callers.empty()) {
      // One after the other, each only once the one before is in the queue.
      UnitList units = take();
      for (auto& work : works) {
        callers.emplace_back([&] { reentered->transact(work); });
        auto more = take_at_least(1, take);
        units.push_back(*more.pop_front());
      }
      Batch batch;
      batch.ran.push_back(*units.pop_front());
      batch.left = units;
      return batch;
    }
    auto batch = all_ran(take());
    for (auto* unit = batch.ran.first(); unit; unit = unit->next) order.push_back(&unit->work);
    return batch;
  });
  reentered = &queue;
  NotedWork first;
  queue.transact(first);
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(order, (std::vector<Work*>{&works[0], &works[1], &works[2]}));
}

TEST(ACommitQueue, IsFreeAgainWhenAUnitIsDone) {
  CommitQueue queue([](Take take) { return all_ran(take()); });
  NotedWork after;
  NotedWork before;
  before.afterwards = [&] { queue.transact(after); };
  queue.transact(before);
  EXPECT_EQ(after.done_count, 1);
}

TEST(ACommitQueue, ThrowsOnTheThreadOfTheCallerWhoseUnitHasThrown) {
  Work* thrower = nullptr;
  CommitQueue queue([&](Take take) {
    auto units = take_at_least(4, take);
    auto* const third = units.first()->next->next;
    third->thrown = std::make_exception_ptr(std::out_of_range("its own"));
    thrower = &third->work;
    return all_ran(units);
  });
  std::atomic<int> thrown = 0;
  at_once(4, [&](std::size_t) {
    NotedWork work;
    try {
      queue.transact(work);
      EXPECT_EQ(work.done_count, 1);
    } catch (const std::out_of_range&) {
      EXPECT_EQ(thrower, &work);
      EXPECT_EQ(work.done_count, 0);
      ++thrown;
    }
  });
  EXPECT_EQ(thrown, 1);
}

TEST(ACommitQueue, WakesEveryoneOnceHoweverTheyComeAndGo) {
  const std::size_t callers = 16;
  const std::size_t units = rounds(500, 20'000);
  std::size_t committed = 0;  // by one leader at a time
  std::size_t batches = 0;
  CommitQueue queue([&](Take take) {
    auto batch = all_ran(take());
    committed += batch.ran.size();
    // Now and then there is no time for all.
    if (++batches % 3 == 0) {
      UnitList ran;
      ran.push_back(*batch.ran.pop_front());
      committed -= batch.ran.size();
      batch = {ran, batch.ran};
    }
    return batch;
  });
  std::atomic<std::size_t> done = 0;
  at_once(callers, [&](std::size_t) {
    for (std::size_t i = 0; i < units; ++i) {
      NotedWork work;
      queue.transact(work);
      EXPECT_EQ(work.done_count, 1);
      ++done;
    }
  });
  EXPECT_EQ(done, callers * units);
  EXPECT_EQ(committed, callers * units);
}

}  // namespace
}  // namespace exhibition::tests
