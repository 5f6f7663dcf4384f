#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "exhibition/core/clock.hpp"

namespace exhibition::testing {

/// A clock that stands still until it is told to move, in either direction.
/// What waits for its time, such as a rebuild for an event that has failed, waits until it is moved.
/// An engine gets a `handle`; all handles show the time of the clock they came from.
/// Threads: any.
class ManualClock {
 public:
  explicit ManualClock(Instant now) : now_(std::make_shared<std::atomic<Instant::rep>>(rep(now))) {}

  [[nodiscard]] Instant now() const { return Instant{std::chrono::milliseconds{now_->load()}}; }
  void set(Instant now) { now_->store(rep(now)); }
  void advance(std::chrono::milliseconds by) { now_->fetch_add(by.count()); }

  [[nodiscard]] std::unique_ptr<Clock> handle() const { return std::make_unique<Handle>(now_); }

 private:
  class Handle final : public Clock {
   public:
    explicit Handle(std::shared_ptr<const std::atomic<Instant::rep>> now) : now_(std::move(now)) {}
    [[nodiscard]] Instant now() const override {
      return Instant{std::chrono::milliseconds{now_->load()}};
    }

   private:
    std::shared_ptr<const std::atomic<Instant::rep>> now_;
  };

  static Instant::rep rep(Instant instant) { return instant.time_since_epoch().count(); }

  std::shared_ptr<std::atomic<Instant::rep>> now_;
};

}  // namespace exhibition::testing
