#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"

namespace exhibition::testing {

/// A manual clock that moves on by itself to what somebody waits for: a test of pauses takes none.
/// Threads: any, but one at a time waits.
class SkippingClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override { return now_.now(); }
  void advance(std::chrono::nanoseconds by) { now_.advance(by); }

  void wait_until(Moment moment, std::condition_variable&,
                  std::unique_lock<std::mutex>&) const override {
    now_.set(std::max(now_.now(), moment));
  }

 private:
  mutable ManualMonotonicClock now_;
};

}  // namespace exhibition::testing
