#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>

#include "exhibition/core/monotonic_clock.hpp"

namespace exhibition {

/// Whether a call is made, or given up before: one of the two, and only one.
/// Threads: any.
class Beginning {
 public:
  /// False when it was given up.
  bool begin() noexcept { return become(State::begun); }
  /// False when it has begun.
  bool give_up() noexcept { return become(State::given_up); }

 private:
  enum class State : std::uint8_t { open, begun, given_up };

  bool become(State wanted) noexcept {
    auto state = State::open;
    return state_.compare_exchange_strong(state, wanted) || state == wanted;
  }

  std::atomic<State> state_ = State::open;
};

/// What is handed down to a call that may take long, for it to honour if it can: nothing can end a
/// call of C++ from outside.
struct CallContext {
  Moment deadline = Moment::max();                ///< until when its answer is of use
  std::stop_token stop = {};                      ///< whether whoever wanted it has gone
  const MonotonicClock* clock = &steady_clock();  ///< by which the deadline is meant; never null
  Beginning* beginning = nullptr;  ///< of a call that may be given up; asked by the Pipeline

  /// Never negative.
  [[nodiscard]] std::chrono::nanoseconds left() const noexcept {
    if (deadline == Moment::max()) return std::chrono::nanoseconds::max();
    const Moment now = clock->now();
    return deadline <= now ? std::chrono::nanoseconds{0} : deadline - now;
  }
  [[nodiscard]] bool is_expired() const noexcept { return left() <= std::chrono::nanoseconds{0}; }

  /// Whether nobody waits for an answer any more.
  [[nodiscard]] bool is_over() const noexcept { return stop.stop_requested() || is_expired(); }

  /// The deadline by another clock.
  [[nodiscard]] Moment deadline_by(const MonotonicClock& other) const noexcept {
    if (clock == &other || deadline == Moment::max()) return deadline;
    return later(other.now(), left());
  }

  /// The same with a deadline that is no later than `moment`.
  [[nodiscard]] CallContext until(Moment moment) const {
    CallContext sooner = *this;
    sooner.deadline = std::min(deadline, moment);
    return sooner;
  }
};

}  // namespace exhibition
