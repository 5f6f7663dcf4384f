#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

/// What many threads write at once without getting into each other's way: most write where no other
/// does, so that plain stores will do, and are read by whoever wants the sum.

namespace exhibition {

/// As far apart as two things have to be that two cores write.
inline constexpr std::size_t cache_line = 64;

/// Numbers of threads that run. A thread gives its number back when it ends; who writes under a
/// number sees all that was written under it before. There is one of it in a process, however many
/// shared libraries use it.
class [[gnu::visibility("default")]] ThreadNumbers {
 public:
  static constexpr std::size_t count = 16;
  static constexpr std::size_t none = SIZE_MAX;

  /// The calling thread's, below `count`; `none` when all were taken, and while it ends.
  [[nodiscard]] static std::size_t own() noexcept {
    if (own_ == unknown) draw();
    return own_;
  }

  /// The same, but beyond them all for a thread that has not asked for its own yet.
  [[nodiscard]] static std::size_t known() noexcept { return own_; }

 private:
  static constexpr std::size_t unknown = none - 1;

  struct Taken {
    std::mutex mutex;
    std::array<bool, count> numbers;  // guarded by mutex
  };

  struct GivesBack {
    ~GivesBack() {
      const std::lock_guard lock(taken_.mutex);
      taken_.numbers[std::exchange(own_, none)] = false;
    }
  };

  static void draw() noexcept {
    {
      const std::lock_guard lock(taken_.mutex);
      auto& numbers = taken_.numbers;
      const auto free = std::find(numbers.begin(), numbers.end(), false);
      own_ = none;
      if (free == numbers.end()) return;
      *free = true;
      own_ = static_cast<std::size_t>(free - numbers.begin());
    }
    static thread_local const GivesBack at_the_end;
    static_cast<void>(at_the_end);
  }

  static inline Taken taken_{};
  static inline thread_local std::size_t own_ = unknown;
};

/// A lock for a few instructions.
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

/// A number that any thread reads and one at a time writes.
class Count {
 public:
  void add(std::uint64_t more = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  void clear() noexcept { value_.store(0, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// A T for each of the first threads, as many as the machine runs at once, and one for the others,
/// who take turns. What is read of a T must be made for one writer and many readers.
/// Threads: any.
template <class T>
class Striped {
 public:
  /// The T that the calling thread alone writes; none if it has none, or has not written yet.
  [[nodiscard]] T* own() noexcept {
    const auto number = ThreadNumbers::known();
    return number < others_at_ ? &stripes_[number].value : nullptr;
  }

  /// Calls `write` with the T of the calling thread, which no other writes meanwhile.
  template <class Write>
  auto write(Write write) noexcept {
    const auto number = ThreadNumbers::own();
    return number < others_at_ ? write(stripes_[number].value) : write_in_turn(write);
  }

  template <class Read>
  void read(Read read) const noexcept {
    for (const auto& stripe : stripes_) read(stripe.value);
  }

  /// Before others know of it.
  template <class Change>
  void set_up(Change change) {
    for (auto& stripe : stripes_) change(stripe.value);
  }

 private:
  struct alignas(cache_line) Stripe {
    T value = {};
  };
  static std::size_t size() noexcept {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 4, ThreadNumbers::count) +
           1;
  }

  template <class Write>
  [[gnu::noinline]] auto write_in_turn(Write& write) noexcept {
    const std::lock_guard lock(others_);
    return write(stripes_[others_at_].value);
  }

  SpinLock others_;
  std::vector<Stripe> stripes_ = std::vector<Stripe>(size());
  std::size_t others_at_ = stripes_.size() - 1;
};

/// A number that only grows.
/// Threads: any.
class StripedCount {
 public:
  [[gnu::always_inline]] void add() noexcept {
    if (auto* const own = counts_.own()) return own->add();
    counts_.write([](Count& count) { count.add(); });
  }
  [[nodiscard]] std::uint64_t sum() const noexcept {
    std::uint64_t sum = 0;
    counts_.read([&](const Count& count) { sum += count.value(); });
    return sum;
  }

 private:
  Striped<Count> counts_;
};

}  // namespace exhibition
