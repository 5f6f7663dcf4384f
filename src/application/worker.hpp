#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "exhibition/application/event_feed.hpp"

namespace exhibition {

/// One thread that pumps while there is something to do, and then waits to be woken. A wake is a
/// hint: every now and then it looks for itself, for what other processes have done and for what
/// time has made due.
/// Threads: any.
class Worker {
 public:
  /// `pump()` does a slice; none once there is nothing left to pump. Unless woken, the worker rests
  /// for `longest_rest` between two slices: another process's commit is noticed after it.
  explicit Worker(std::function<std::optional<PumpReport>()> pump,
                  std::chrono::milliseconds longest_rest = std::chrono::milliseconds{200})
      : pump_(std::move(pump)), longest_rest_(longest_rest) {}
  ~Worker() { stop(std::chrono::milliseconds{0}); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// While it runs, takes back a stop that was asked for, and has no other effect.
  void start();

  /// Goes on until nothing is left or `drain` is over, then ends; does not wait for that.
  void ask_to_stop(std::chrono::milliseconds drain);

  /// The same, and waits, for the handler that is running as well. Not to be called inside one.
  void stop(std::chrono::milliseconds drain);

  void wake() noexcept;

  [[nodiscard]] std::uint64_t wakes() const;
  /// Waits until there were others than `seen`, or `until`; whether or not it runs.
  void wait_for_wake(std::uint64_t seen, std::chrono::steady_clock::time_point until) const;

  [[nodiscard]] bool is_running() const;

  [[nodiscard]] std::uint64_t slices() const;
  /// Waits until there were more than `seen` slices, or `until`, or the end of the worker.
  void wait_for_slice(std::uint64_t seen, std::chrono::steady_clock::time_point until) const;

 private:
  void run();

  std::function<std::optional<PumpReport>()> pump_;
  std::chrono::milliseconds longest_rest_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::thread thread_;        // guarded by mutex_
  std::uint64_t wakes_ = 0;   // guarded by mutex_
  std::uint64_t slices_ = 0;  // guarded by mutex_
  bool running_ = false;      // guarded by mutex_
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  Deadline drain_until_;  // guarded by mutex_; there once it was asked to stop
};

}  // namespace exhibition
