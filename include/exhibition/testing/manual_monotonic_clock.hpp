#pragma once

#include <atomic>
#include <chrono>

#include "exhibition/core/monotonic_clock.hpp"

namespace exhibition::testing {

/// A monotonic clock that stands still until it is told to move; in a test even backwards.
/// Threads: any.
class ManualMonotonicClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override {
    return Moment{std::chrono::nanoseconds{now_.load()}};
  }
  void advance(std::chrono::nanoseconds by) { now_.fetch_add(by.count()); }
  void set(Moment now) { now_.store(now.time_since_epoch().count()); }

 private:
  std::atomic<Moment::rep> now_ = 0;
};

}  // namespace exhibition::testing
