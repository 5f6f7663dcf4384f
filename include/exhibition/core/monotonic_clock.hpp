#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace exhibition {

/// The time that passes, as opposed to the time of day: it never steps, and means nothing outside
/// the process.
/// Units: nanoseconds.
struct Monotonic {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
using Moment = Monotonic::time_point;

/// Where the time that passes comes from.
/// Threads: implementations are called from any thread, several at once.
class MonotonicClock {
 public:
  virtual ~MonotonicClock() = default;
  [[nodiscard]] virtual Moment now() const noexcept = 0;

  /// Waits for `condition`, or until `moment` has come; like all waiting for a condition it may end
  /// for no reason. Whoever makes a clock need not write it: this one looks at the clock again every
  /// millisecond.
  virtual void wait_until(Moment moment, std::condition_variable& condition,
                          std::unique_lock<std::mutex>& lock) const {
    if (now() < moment) condition.wait_for(lock, std::chrono::milliseconds{1});
  }
};

[[nodiscard]] inline Moment steady_now() noexcept {
  return Moment{std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::steady_clock::now().time_since_epoch())};
}

/// The system's.
/// Threads: any.
class SteadyClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override { return steady_now(); }

  void wait_until(Moment moment, std::condition_variable& condition,
                  std::unique_lock<std::mutex>& lock) const override {
    // Some at a time: there are systems that cannot wait until the end of time.
    condition.wait_for(lock, std::min<std::chrono::nanoseconds>(moment - now(), max_wait));
  }

 private:
  static constexpr std::chrono::hours max_wait{1};
};

/// One for everybody who does not bring their own.
[[nodiscard]] inline const MonotonicClock& steady_clock() noexcept {
  static const SteadyClock clock;
  return clock;
}

/// `moment + span`, or the end of time.
[[nodiscard]] constexpr Moment later(Moment moment, std::chrono::nanoseconds span) noexcept {
  if (span > std::chrono::nanoseconds{0} && moment > Moment::max() - span) return Moment::max();
  return moment + span;
}

}  // namespace exhibition
