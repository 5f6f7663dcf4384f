#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/core/result.hpp"

namespace exhibition {

/// Threads that make calls whose callers may leave before them. There is no queue: a call is made at
/// once, or not at all. One that was left, an orphan, keeps its thread until it ends.
/// Threads: any; but one destroys it, and then waits for every call that is being made.
class WorkerPool {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    virtual void run() noexcept = 0;
    /// After it has been run, and its thread is free for the next one.
    virtual void done() noexcept = 0;
  };

  /// Starts so many threads.
  /// Errors: Exception(invalid_argument{threads}) unless it is 1 to 1,024; std::system_error when
  /// the system has no more threads.
  explicit WorkerPool(std::size_t threads) {
    if (threads < 1 || threads > 1024) {
      throw Exception(refusal::InvalidArgument{"threads", "must be 1 to 1,024"});
    }
    try {
      for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      stop();
      throw;
    }
  }
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Has a thread run it, which drops it then; false when all of them are busy.
  [[nodiscard]] bool try_start(std::shared_ptr<Task> task) {
    {
      const std::lock_guard lock(mutex_);
      if (busy_ == threads_.size()) return false;
      tasks_.push_back(std::move(task));
      ++busy_;
    }
    changed_.notify_one();
    return true;
  }

  /// Threads that make a call, orphans among them.
  [[nodiscard]] std::size_t busy() const {
    const std::lock_guard lock(mutex_);
    return busy_;
  }
  [[nodiscard]] std::size_t size() const { return threads_.size(); }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return is_stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.back());
      tasks_.pop_back();
      lock.unlock();
      task->run();
      lock.lock();
      --busy_;
      lock.unlock();
      task->done();
      task.reset();
      lock.lock();
    }
  }

  void stop() noexcept {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Task>> tasks_;  // that no thread has taken yet; guarded by mutex_
  std::size_t busy_ = 0;                      // guarded by mutex_
  bool is_stopping_ = false;                  // guarded by mutex_
  std::vector<std::thread> threads_;          // as it was made
};

}  // namespace exhibition
