#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <utility>

#include "exhibition/application/admission.hpp"
#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/hint.hpp"

namespace exhibition {

/// Stands in front of `reserve`: who would only wait is told when to come back, before anything is
/// done. Commands that finish what was begun, such as confirm and cancel, are never refused, but are
/// a part of the queue.
/// Threads: any.
class Admission {
 public:
  Admission(AdmissionOptions options, const MonotonicClock& clock)
      : options_(options), clock_(clock) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  /// A reserve call on its way.
  class Pass {
   public:
    Pass(Pass&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), start_(other.start_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (admission_) admission_->leave_building(start_);
    }

   private:
    friend Admission;
    Pass(Admission& admission, Moment start) : admission_(&admission), start_(start) {}
    Admission* admission_;
    Moment start_;
  };

  /// A command that waits for the store or is in it.
  class Turn {
   public:
    explicit Turn(Admission& admission) : admission_(admission), came_(admission.queue()) {}
    ~Turn() { admission_.leave(came_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Admission& admission_;
    Moment came_;
  };

  /// Errors: overloaded.
  [[nodiscard]] Result<Pass> enter() {
    const Moment now = clock_.now();
    const std::lock_guard lock(mutex_);
    auto wait = takes() * static_cast<double>(stats_.queued);
    const bool is_full = stats_.inside >= options_.limit;
    if (is_full || wait > static_cast<double>(options_.max_delay.count())) {
      if (is_full) wait = std::max(wait, next_place(now));
      ++stats_.rejected;
      return refusal::Overloaded{
          hint(std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(wait, longest))})};
    }
    ++stats_.inside;
    ++stats_.admitted;
    starts_ += count_of(now);
    return Pass(*this, now);
  }

  [[nodiscard]] AdmissionStats stats() const {
    const std::lock_guard lock(mutex_);
    AdmissionStats seen = stats_;
    seen.takes = std::chrono::nanoseconds{std::llround(takes())};
    return seen;
  }

 private:
  static constexpr double longest = 1e12;  // ns; far beyond what a hint says
  static constexpr double kept = 1 - 1.0 / 64;

  [[nodiscard]] Moment queue() {
    const Moment now = clock_.now();
    const std::lock_guard lock(mutex_);
    ++stats_.queued;
    return now;
  }

  /// The store was busy with this command since it came or since the one before had left, whichever
  /// was later. Of several that leave together, the first one bears the time of all: so a sum is
  /// kept, and a count, both of about the last 64.
  void leave(Moment came) noexcept {
    const Moment now = clock_.now();
    const std::lock_guard lock(mutex_);
    --stats_.queued;
    const auto busy = std::max(now - std::max(came, last_left_), std::chrono::nanoseconds{0});
    last_left_ = std::max(last_left_, now);
    busy_ = busy_ * kept + static_cast<double>(busy.count());
    left_ = left_ * kept + 1;
  }

  [[nodiscard]] double takes() const { return left_ > 0 ? busy_ / left_ : 0; }

  static double count_of(Moment moment) {
    return static_cast<double>(moment.time_since_epoch().count());
  }

  /// Little's law: those inside leave at the rate of `limit` in the time that one is inside, which is
  /// at least how long they have been.
  [[nodiscard]] double next_place(Moment now) const {
    const auto limit = static_cast<double>(options_.limit);
    return std::max({stays_, count_of(now) - starts_ / limit, 0.0}) / limit;
  }

  void leave_building(Moment start) noexcept {
    const Moment now = clock_.now();
    const std::lock_guard lock(mutex_);
    const double stayed = std::max(count_of(now) - count_of(start), 0.0);
    stays_ = stays_ == 0 ? stayed : stays_ + (stayed - stays_) / 64;
    starts_ = --stats_.inside == 0 ? 0 : starts_ - count_of(start);
  }

  AdmissionOptions options_;
  const MonotonicClock& clock_;
  mutable std::mutex mutex_;
  AdmissionStats stats_;  // guarded by mutex_, as all that follows
  Moment last_left_ = Moment::min();
  double busy_ = 0;    // ns
  double left_ = 0;    // commands
  double starts_ = 0;  // the sum of those of the reserve calls inside
  double stays_ = 0;   // ns; how long one is inside, of late
};

}  // namespace exhibition
