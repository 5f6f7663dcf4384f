#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
/// Threads: any. Whoever reads while others write may miss what they are at.
class TimeWindow {
 public:
  enum class Recorded : std::uint8_t {
    late,  ///< not at all: it is of an older generation
    counted,
    counted_anew,  ///< after older ones may have left
  };

  TimeWindow(std::chrono::nanoseconds window, std::size_t buckets, Moment start)
      : bucket_(window / static_cast<std::int64_t>(buckets)), buckets_(buckets), start_(start) {
    stripes_.set_up([&](Stripe& stripe) { stripe.cells = std::vector<Cell>(buckets); });
  }

  Recorded record(std::uint64_t generation, Moment at, Outcome outcome) noexcept {
    return stripes_.write([&](Stripe& stripe) {
      const auto own = stripe.generation.load(std::memory_order_relaxed);
      if (generation < own) return Recorded::late;
      auto recorded = Recorded::counted;
      if (generation > own || at >= stripe.ends) {
        enter(stripe, generation, at);
        recorded = Recorded::counted_anew;
      }
      stripe.current->add(outcome);
      return recorded;
    });
  }

  /// Counts a call that was good, if that takes nothing but adding one: it is of the generation and
  /// in the bucket of the last call of this thread.
  [[gnu::always_inline]] bool try_count(std::uint64_t generation, Moment at) noexcept {
    auto* const stripe = stripes_.own();
    if (!stripe || stripe->generation.load(std::memory_order_relaxed) != generation ||
        at >= stripe->ends) {
      return false;
    }
    stripe->current->calls.add();
    return true;
  }

  [[nodiscard]] Tally tally(std::uint64_t generation, Moment at) const noexcept {
    const std::int64_t now = epoch(at);
    Tally sum;
    stripes_.read([&](const Stripe& stripe) {
      if (stripe.generation.load(std::memory_order_acquire) != generation) return;
      for (const auto& cell : stripe.cells) {
        const auto counted_in = cell.epoch.load(std::memory_order_acquire);
        if (now - counted_in < static_cast<std::int64_t>(buckets_)) sum += cell.tally();
      }
    });
    return sum;
  }

 private:
  struct Cell {
    std::atomic<std::int64_t> epoch = 0;  // the number of its bucket, counted from the start
    Count calls;
    Count failures;
    Count slow;

    void add(Outcome outcome) noexcept {
      calls.add();
      if (outcome.is_failure) failures.add();
      if (outcome.is_slow) slow.add();
    }
    [[nodiscard]] Tally tally() const noexcept {
      return {calls.value(), failures.value(), slow.value()};
    }
    void start_anew(std::int64_t bucket) noexcept {
      calls.clear();
      failures.clear();
      slow.clear();
      epoch.store(bucket, std::memory_order_release);
    }
  };

  struct Stripe {
    std::atomic<std::uint64_t> generation = 0;
    Moment ends = Moment::min();  // of the current bucket; for the writer alone, as what follows
    Cell* current = nullptr;      // one of `cells`
    std::vector<Cell> cells;
  };

  [[nodiscard]] std::int64_t epoch(Moment at) const noexcept {
    return at > start_ ? (at - start_) / bucket_ : 0;
  }

  /// The bucket that `at` is in; a clock that has stepped back stays in the latest one.
  void enter(Stripe& stripe, std::uint64_t generation, Moment at) const noexcept {
    if (generation > stripe.generation.load(std::memory_order_relaxed)) {
      for (auto& cell : stripe.cells) cell.start_anew(0);
      stripe.generation.store(generation, std::memory_order_release);
    }
    const std::int64_t now = epoch(at);
    auto& cell = stripe.cells[static_cast<std::size_t>(now) % buckets_];
    if (cell.epoch.load(std::memory_order_relaxed) != now) cell.start_anew(now);
    stripe.current = &cell;
    stripe.ends = later(start_, (now + 1) * bucket_);
  }

  std::chrono::nanoseconds bucket_;
  std::size_t buckets_;
  Moment start_;
  Striped<Stripe> stripes_;
};

}  // namespace exhibition
