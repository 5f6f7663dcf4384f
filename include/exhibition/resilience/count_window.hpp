#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "exhibition/resilience/tally.hpp"

namespace exhibition {

/// The last calls, so many of them. Generations as in TimeWindow.
/// Threads: any; they take turns, for the calls have an order.
class CountWindow {
 public:
  explicit CountWindow(std::size_t calls) : outcomes_(calls) {}

  /// What the window holds then; none when the call is of an older generation, and not counted.
  std::optional<Tally> record(std::uint64_t generation, Outcome outcome) noexcept {
    const std::lock_guard lock(mutex_);
    if (generation < generation_) return std::nullopt;
    if (generation > generation_) {
      generation_ = generation;
      tally_ = {};
      next_ = 0;
    }
    auto& place = outcomes_[next_];
    if (tally_.calls == outcomes_.size()) {
      tally_.failures -= place.is_failure ? 1U : 0U;
      tally_.slow -= place.is_slow ? 1U : 0U;
    } else {
      ++tally_.calls;
    }
    place = outcome;
    tally_.failures += place.is_failure ? 1U : 0U;
    tally_.slow += place.is_slow ? 1U : 0U;
    next_ = next_ + 1 == outcomes_.size() ? 0 : next_ + 1;
    return tally_;
  }

  [[nodiscard]] Tally tally(std::uint64_t generation) const noexcept {
    const std::lock_guard lock(mutex_);
    return generation == generation_ ? tally_ : Tally{};
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;   // guarded by mutex_, as all that follows
  std::vector<Outcome> outcomes_;  // in a ring
  std::size_t next_ = 0;           // where the next one goes, over the oldest
  Tally tally_;
};

}  // namespace exhibition
