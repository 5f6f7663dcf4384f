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
/// Threads: any; but one destroys it, and then waits for every call that is being made, but not for
/// the one that it is itself a part of.
class WorkerPool {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    /// Lets go of everything that nobody will ask for.
    virtual void run() noexcept = 0;
    /// After it has been run, and its thread is free for the next one.
    virtual void done() noexcept = 0;
  };

  /// Starts so many threads.
  /// Errors: Exception(invalid_argument{threads}) unless it is 1 to 1,024; std::system_error when
  /// the system has no more threads.
  explicit WorkerPool(std::size_t threads) {
    if (threads < 1 || threads > 1024) {
      throw Exception(refusal::InvalidArgument{"threads", "of a worker pool must be 1 to 1,024"});
    }
    shared_->size = threads;
    try {
      for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([shared = shared_] { shared->work(); });
      }
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
      const std::lock_guard lock(shared_->mutex);
      if (shared_->is_stopping || shared_->busy == shared_->size) return false;
      shared_->tasks.push_back(std::move(task));
      ++shared_->busy;
    }
    shared_->changed.notify_one();
    return true;
  }

  /// Threads that make a call, orphans among them.
  [[nodiscard]] std::size_t busy() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->busy;
  }
  [[nodiscard]] std::size_t size() const { return shared_->size; }

 private:
  /// What the threads have, too: one may outlive the pool that was destroyed in its call.
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::shared_ptr<Task>> tasks;  // that no thread has taken yet; guarded by mutex
    std::size_t busy = 0;                      // guarded by mutex
    bool is_stopping = false;                  // guarded by mutex
    std::size_t size = 0;                      // as it was made

    void work() {
      std::unique_lock lock(mutex);
      for (;;) {
        changed.wait(lock, [&] { return is_stopping || !tasks.empty(); });
        if (tasks.empty()) return;
        auto task = std::move(tasks.back());
        tasks.pop_back();
        lock.unlock();
        task->run();
        lock.lock();
        --busy;
        lock.unlock();
        task->done();
        task.reset();
        lock.lock();
      }
    }
  };

  void stop() noexcept {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->is_stopping = true;
    }
    shared_->changed.notify_all();
    for (auto& thread : threads_) {
      thread.get_id() == std::this_thread::get_id() ? thread.detach() : thread.join();
    }
  }

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::vector<std::thread> threads_;  // as it was made
};

}  // namespace exhibition
