#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

/// What many threads write at once without getting into each other's way.

namespace exhibition {

/// As far apart as two things have to be that two cores write.
inline constexpr std::size_t cache_line = 64;

/// A number of its own for each thread, counted from 0.
[[nodiscard]] inline std::size_t thread_number() noexcept {
  static std::atomic<std::size_t> threads = 0;
  constexpr std::size_t none = SIZE_MAX;
  thread_local std::size_t own = none;
  if (own == none) own = threads.fetch_add(1, std::memory_order_relaxed);
  return own;
}

/// How many stripes keep the threads of this machine apart: a power of two.
[[nodiscard]] inline std::size_t default_stripes() noexcept {
  return std::bit_ceil(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 4, 16));
}

/// A lock for a few instructions, which hardly ever meets another thread.
class SpinLock {
 public:
  void lock() noexcept {
    while (is_locked_.exchange(true, std::memory_order_acquire)) {
      for (int i = 0; is_locked_.load(std::memory_order_relaxed); ++i) {
        if (i > 100) std::this_thread::yield();  // its owner is not running
      }
    }
  }
  void unlock() noexcept { is_locked_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> is_locked_ = false;
};

/// A number that only grows.
/// Threads: any.
class StripedCounter {
 public:
  void add() noexcept {
    stripes_[thread_number() & (stripes_.size() - 1)].value.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t sum() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& stripe : stripes_) sum += stripe.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(cache_line) Stripe {
    std::atomic<std::uint64_t> value = 0;
  };
  std::vector<Stripe> stripes_ = std::vector<Stripe>(default_stripes());
};

}  // namespace exhibition
