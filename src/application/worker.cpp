#include "worker.hpp"

#include <utility>

#include "exhibition/core/deadline.hpp"

namespace exhibition {

void Worker::start() {
  std::thread ended;
  {
    const std::lock_guard lock(mutex_);
    drain_until_.reset();  // who waits for a stop is let go: it was taken back
    changed_.notify_all();
    if (running_) return;
    ended = std::exchange(thread_, std::thread([this] { run(); }));
    running_ = true;
  }
  if (ended.joinable()) ended.join();
}

void Worker::ask_to_stop(std::chrono::milliseconds drain) {
  const auto until = deadline_after(drain);
  const std::lock_guard lock(mutex_);
  if (!drain_until_ || until < *drain_until_) drain_until_ = until;
  changed_.notify_all();
}

void Worker::stop(std::chrono::milliseconds drain) {
  ask_to_stop(drain);
  std::thread ended;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !running_ || !drain_until_; });
    if (!running_) ended = std::exchange(thread_, {});
  }
  if (ended.joinable()) ended.join();
}

void Worker::wake() noexcept {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

std::uint64_t Worker::wakes() const {
  const std::lock_guard lock(mutex_);
  return wakes_;
}

void Worker::wait_for_wake(std::uint64_t seen, std::chrono::steady_clock::time_point until) const {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return wakes_ != seen; });
}

bool Worker::is_running() const {
  const std::lock_guard lock(mutex_);
  return running_ && thread_.get_id() != std::this_thread::get_id();
}

std::uint64_t Worker::slices() const {
  const std::lock_guard lock(mutex_);
  return slices_;
}

void Worker::wait_for_slice(std::uint64_t seen, std::chrono::steady_clock::time_point until) const {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return slices_ != seen || !running_; });
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (!drain_until_ || std::chrono::steady_clock::now() < *drain_until_) {
    const auto wakes = wakes_;
    lock.unlock();
    const auto report = pump_();
    lock.lock();
    ++slices_;
    changed_.notify_all();
    if (!report) break;
    if (report->more || wakes_ != wakes) continue;
    if (drain_until_) break;
    changed_.wait_for(lock, longest_rest_, [&] { return wakes_ != wakes || drain_until_; });
  }
  running_ = false;
  changed_.notify_all();
}

}  // namespace exhibition
