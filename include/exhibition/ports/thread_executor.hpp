#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/ports/executor.hpp"

namespace exhibition {

/// Runs tasks on threads of its own, which begin when there are tasks for them. Its end waits for
/// what was posted; inside a task of its own it does not, and the thread ends later. What a task
/// throws ends the program, as on any thread.
/// Threads: any.
class ThreadExecutor final : public Executor {
 public:
  /// At least one thread, with which tasks are run in the order in which they were posted.
  explicit ThreadExecutor(std::size_t most_threads = 1)
      : most_threads_(std::max<std::size_t>(most_threads, 1)),
        shared_(std::make_shared<Shared>()) {}

  ~ThreadExecutor() override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->is_ending = true;
    }
    shared_->changed.notify_all();
    for (auto& thread : threads_) {
      if (thread.get_id() == std::this_thread::get_id()) {
        thread.detach();
      } else {
        thread.join();
      }
    }
  }
  ThreadExecutor(const ThreadExecutor&) = delete;
  ThreadExecutor& operator=(const ThreadExecutor&) = delete;

  /// Where no thread can be had at all, the task is run at once.
  void post(std::function<void()> task) noexcept override {
    std::unique_lock lock(shared_->mutex);
    shared_->tasks.push_back(std::move(task));
    if (shared_->tasks.size() <= shared_->idle) {
      shared_->changed.notify_one();
    } else if (threads_.size() < most_threads_ && !begin_thread()) {
      task = std::move(shared_->tasks.back());
      shared_->tasks.pop_back();
      lock.unlock();
      task();
    }
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> tasks;  // guarded by mutex, as all that follows
    std::size_t idle = 0;
    bool is_ending = false;
  };

  /// Whether there is a thread for what was posted.
  bool begin_thread() {
    try {
      threads_.emplace_back(run, shared_);
    } catch (const std::system_error&) {
      return !threads_.empty();
    }
    return true;
  }

  static void run(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    for (;;) {
      ++shared->idle;
      shared->changed.wait(lock, [&] { return shared->is_ending || !shared->tasks.empty(); });
      --shared->idle;
      if (shared->tasks.empty()) return;
      auto task = std::move(shared->tasks.front());
      shared->tasks.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  std::size_t most_threads_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::thread> threads_;  // guarded by shared_->mutex until the end
};

}  // namespace exhibition
