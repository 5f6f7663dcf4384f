#pragma once

#include <algorithm>
#include <chrono>
#include <stop_token>

#include "exhibition/core/monotonic_clock.hpp"

namespace exhibition {

/// What is handed down to a call that may take long, for it to honour if it can: nothing can end a
/// call of C++ from outside.
struct CallContext {
  Moment deadline = Moment::max();                ///< until when its answer is of use
  std::stop_token stop = {};                      ///< whether whoever wanted it has gone
  const MonotonicClock* clock = &steady_clock();  ///< by which the deadline is meant; never null

  /// Never negative.
  [[nodiscard]] std::chrono::nanoseconds left() const noexcept {
    if (deadline == Moment::max()) return std::chrono::nanoseconds::max();
    return std::max(deadline - clock->now(), std::chrono::nanoseconds{0});
  }
  [[nodiscard]] bool is_expired() const noexcept { return left() <= std::chrono::nanoseconds{0}; }

  /// The same with a deadline that is no later than `moment`.
  [[nodiscard]] CallContext until(Moment moment) const {
    CallContext sooner = *this;
    sooner.deadline = std::min(deadline, moment);
    return sooner;
  }
};

}  // namespace exhibition
