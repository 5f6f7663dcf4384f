#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

/// Circuit breakers as they are usually written, to see what the library's is worth: 10 buckets of
/// a second, judged with every call. They only open; closing again costs nothing that is measured.

namespace exhibition::benchmarks {

/// Everything under one mutex.
class MutexBreaker {
 public:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::optional<Clock::time_point> acquire() {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    if (is_open_) return std::nullopt;
    return now;
  }

  void finish(Clock::time_point start, bool is_failure) {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    move_on(now);
    auto& bucket = ring_[at_ % ring_.size()];
    bucket.count(is_failure, now - start > slow_after);
    all_.count(is_failure, now - start > slow_after);
    if (all_.calls >= 20 && (all_.failures * 2 >= all_.calls || all_.slow >= all_.calls)) {
      is_open_ = true;
    }
  }

 private:
  static constexpr auto slow_after = std::chrono::seconds{1};

  struct Bucket {
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;
    std::uint64_t slow = 0;

    void count(bool is_failure, bool is_slow) {
      ++calls;
      failures += is_failure ? 1U : 0U;
      slow += is_slow ? 1U : 0U;
    }
  };

  void move_on(Clock::time_point now) {
    for (; now >= ends_; ends_ += std::chrono::seconds{1}) {
      auto& oldest = ring_[++at_ % ring_.size()];
      all_.calls -= oldest.calls;
      all_.failures -= oldest.failures;
      all_.slow -= oldest.slow;
      oldest = {};
    }
  }

  std::mutex mutex_;
  bool is_open_ = false;
  std::array<Bucket, 10> ring_{};
  Bucket all_;
  std::size_t at_ = 0;
  Clock::time_point ends_ = Clock::now() + std::chrono::seconds{1};
};

/// No lock, but counters that all threads write.
class SharedCounterBreaker {
 public:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::optional<Clock::time_point> acquire() const {
    if (is_open_.load(std::memory_order_relaxed)) return std::nullopt;
    return Clock::now();
  }

  void finish(Clock::time_point start, bool is_failure) {
    const auto now = Clock::now();
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    auto& bucket = ring_[static_cast<std::size_t>(second.count()) % ring_.size()];
    auto seen = bucket.second.load(std::memory_order_relaxed);
    if (seen != second.count() && bucket.second.compare_exchange_strong(seen, second.count())) {
      bucket.calls = 0;
      bucket.bad = 0;
    }
    bucket.calls.fetch_add(1, std::memory_order_relaxed);
    if (!is_failure && now - start <= std::chrono::seconds{1}) return;
    bucket.bad.fetch_add(1, std::memory_order_relaxed);
    std::uint64_t calls = 0;
    std::uint64_t bad = 0;
    for (const auto& each : ring_) {
      calls += each.calls.load(std::memory_order_relaxed);
      bad += each.bad.load(std::memory_order_relaxed);
    }
    if (calls >= 20 && bad * 2 >= calls) is_open_ = true;
  }

 private:
  struct Bucket {
    std::atomic<std::int64_t> second = 0;
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> bad = 0;
  };

  std::atomic<bool> is_open_ = false;
  std::array<Bucket, 10> ring_{};
};

}  // namespace exhibition::benchmarks
