// Threads of an executor's own: they begin with the tasks, and end with the executor.

#include "exhibition/ports/thread_executor.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace exhibition {
namespace {

TEST(AThreadExecutor, RunsTasksInTheirOrderOnOneThreadThatIsNotTheCallers) {
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  {
    ThreadExecutor executor;
    for (int i = 0; i < 100; ++i) {
      executor.post([&, i] {
        order.push_back(i);
        threads.push_back(std::this_thread::get_id());
      });
    }
  }
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(threads[static_cast<std::size_t>(i)], threads[0]);
  }
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST(AThreadExecutor, RunsAsManyTasksAtOnceAsItMayHaveThreads) {
  std::promise<void> first;
  std::promise<void> second;
  ThreadExecutor executor(2);
  executor.post([&] {
    first.set_value();
    second.get_future().wait();  // no one-thread executor would get beyond this
  });
  executor.post([&] {
    first.get_future().wait();
    second.set_value();
  });
}

TEST(AThreadExecutor, HasOneThreadWhenItIsToHaveNone) {
  int count = 0;
  {
    ThreadExecutor executor(0);
    executor.post([&] { ++count; });
  }
  EXPECT_EQ(count, 1);
}

TEST(AThreadExecutor, RunsWhatItsTasksPostBeforeItEnds) {
  int count = 0;
  {
    ThreadExecutor executor;
    executor.post([&] {
      ++count;
      executor.post([&] { ++count; });
    });
  }
  EXPECT_EQ(count, 2);
}

TEST(AThreadExecutor, MayEndInsideATaskOfItsOwn) {
  std::promise<void> done;
  auto executor = std::make_unique<ThreadExecutor>();
  executor->post([&] { executor.reset(); });
  executor->post([&] { done.set_value(); });
  done.get_future().wait();
}

}  // namespace
}  // namespace exhibition
