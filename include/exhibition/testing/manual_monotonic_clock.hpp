#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "exhibition/core/monotonic_clock.hpp"

namespace exhibition::testing {

/// A monotonic clock that stands still until it is told to move; in a test even backwards.
/// Threads: any.
class ManualMonotonicClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override {
    return Moment{std::chrono::nanoseconds{now_->load()}};
  }
  void advance(std::chrono::nanoseconds by) { now_->fetch_add(by.count()); }
  void set(Moment now) { now_->store(now.time_since_epoch().count()); }

  /// For an engine, which owns its clock: all handles show the time of the clock they came from.
  [[nodiscard]] std::unique_ptr<MonotonicClock> handle() const {
    return std::make_unique<ManualMonotonicClock>(*this);
  }

 private:
  std::shared_ptr<std::atomic<Moment::rep>> now_ = std::make_shared<std::atomic<Moment::rep>>(0);
};

}  // namespace exhibition::testing
