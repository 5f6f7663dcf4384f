#pragma once

#include <chrono>
#include <cstdint>

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
