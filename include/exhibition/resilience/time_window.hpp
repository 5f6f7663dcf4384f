#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/resilience/stripes.hpp"
#include "exhibition/resilience/tally.hpp"

namespace exhibition {

/// The calls of the last seconds. They are kept in buckets and leave one bucket at a time: each
/// after more than `window * (1 - 1/buckets)`, and after `window` at the latest.
///
/// Calls belong to a generation of the breaker: the first one of a newer generation empties the
/// window, and calls of an older one are no longer taken.
/// Threads: any. Each writes to the stripe of its own; readers add them up.
class TimeWindow {
 public:
  enum class Recorded : std::uint8_t {
    late,  ///< not at all: it is of an older generation
    counted,
    counted_anew,  ///< after older ones may have left
  };

  TimeWindow(std::chrono::nanoseconds window, std::size_t buckets, Moment start)
      : bucket_(window / static_cast<std::int64_t>(buckets)), buckets_(buckets), start_(start) {
    for (auto& stripe : stripes_) stripe.cells.resize(buckets);
  }

  Recorded record(std::uint64_t generation, Moment at, Outcome outcome) noexcept {
    auto& stripe = stripes_[thread_number() & (stripes_.size() - 1)];
    const std::lock_guard lock(stripe.mutex);
    if (generation < stripe.generation) return Recorded::late;
    auto recorded = Recorded::counted;
    if (generation > stripe.generation || at >= stripe.ends) {
      enter(stripe, generation, at);
      recorded = Recorded::counted_anew;
    }
    auto& tally = stripe.current->tally;
    ++tally.calls;
    tally.failures += outcome.is_failure ? 1U : 0U;
    tally.slow += outcome.is_slow ? 1U : 0U;
    return recorded;
  }

  [[nodiscard]] Tally tally(std::uint64_t generation, Moment at) const noexcept {
    const std::int64_t now = epoch(at);
    Tally sum;
    for (auto& stripe : stripes_) {
      const std::lock_guard lock(stripe.mutex);
      if (stripe.generation != generation) continue;
      for (const auto& cell : stripe.cells) {
        if (now - cell.epoch < static_cast<std::int64_t>(buckets_)) sum += cell.tally;
      }
    }
    return sum;
  }

 private:
  struct Cell {
    std::int64_t epoch = 0;  // the number of its bucket, counted from the start
    Tally tally = {};
  };

  struct alignas(cache_line) Stripe {
    mutable SpinLock mutex;
    std::uint64_t generation = 0;  // guarded by mutex, as all that follows
    Moment ends = Moment::min();   // of the current bucket
    Cell* current = nullptr;       // one of `cells`
    std::vector<Cell> cells;
  };

  [[nodiscard]] std::int64_t epoch(Moment at) const noexcept {
    return at > start_ ? (at - start_) / bucket_ : 0;
  }

  /// The bucket that `at` is in; a clock that has stepped back stays in the latest one.
  void enter(Stripe& stripe, std::uint64_t generation, Moment at) const noexcept {
    if (generation > stripe.generation) {
      stripe.generation = generation;
      for (auto& cell : stripe.cells) cell = {};
    }
    const std::int64_t now = epoch(at);
    auto& cell = stripe.cells[static_cast<std::size_t>(now) % buckets_];
    if (cell.epoch != now) cell = {.epoch = now};
    stripe.current = &cell;
    stripe.ends = later(start_, (now + 1) * bucket_);
  }

  std::chrono::nanoseconds bucket_;
  std::size_t buckets_;
  Moment start_;
  std::vector<Stripe> stripes_ = std::vector<Stripe>(default_stripes());
};

}  // namespace exhibition
