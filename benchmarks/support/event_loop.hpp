#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exhibition/ports/executor.hpp>
#include <functional>
#include <mutex>
#include <utility>

namespace exhibition::benchmarks {

/// What is posted runs on the thread that runs it.
class Loop {
 public:
  void post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) posted_.notify_one();
  }

  /// Runs what has been posted, at least one task.
  void run_some() {
    std::deque<std::function<void()>> taken;
    {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !tasks_.empty(); });
      taken.swap(tasks_);
    }
    for (const auto& task : taken) task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

class LoopExecutor final : public Executor {
 public:
  explicit LoopExecutor(Loop& loop) : loop_(loop) {}
  void post(std::function<void()> task) noexcept override { loop_.post(std::move(task)); }

 private:
  Loop& loop_;
};

/// Keeps so many calls on their way until there were enough: `begin(number, done)` begins one, and has
/// `done()` called on the loop.
template <class Begin>
class InFlight {
 public:
  InFlight(std::size_t count, Begin begin) : count_(count), begin_(std::move(begin)) {}

  void run(Loop& loop, std::size_t at_once) {
    for (std::size_t i = 0; i < at_once; ++i) come();
    while (gone_ < count_) loop.run_some();
  }

 private:
  void come() {
    if (come_ == count_) return;
    begin_(come_++, [this] {
      ++gone_;
      come();
    });
  }

  std::size_t count_;
  Begin begin_;
  std::size_t come_ = 0;
  std::size_t gone_ = 0;
};

}  // namespace exhibition::benchmarks
