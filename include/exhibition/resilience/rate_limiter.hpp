#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/layer.hpp"

namespace exhibition {

/// How often.
struct RateLimiterOptions {
  std::uint32_t calls = 100;                               ///< in each `per`; at least 1. The time
                                                           ///< of each is rounded up to whole ns
  std::chrono::nanoseconds per = std::chrono::seconds{1};  ///< at least 1 ns for each call
  /// Calls at once, after a time without any; as many as `calls` if not given; at least 1.
  std::optional<std::uint32_t> burst = std::nullopt;

  /// Errors: invalid_argument{the first field that breaks its rule}.
  [[nodiscard]] Result<void> check() const {
    using Bad = refusal::InvalidArgument;
    constexpr auto longest = std::chrono::hours{24 * 365};
    if (calls < 1) return Bad{"calls", "must be at least 1"};
    if (per.count() < calls) return Bad{"per", "must be at least 1 ns for each call"};
    if (per > longest) return Bad{"per", "must be at most 365 days"};
    if (most_at_once() < 1) return Bad{"burst", "must be at least 1"};
    if (most_at_once() > calls && longest / per < most_at_once() / calls) {
      return Bad{"burst", "must be at most what calls in each per allow in 365 days"};
    }
    return {};
  }
  [[nodiscard]] std::uint32_t most_at_once() const { return burst.value_or(calls); }
};

/// Lets calls in at a rate. Those that come too soon are told exactly when the next one may.
/// Threads: any; without a lock.
/// Source: the generic cell rate algorithm, ITU-T I.371.
class RateLimiter {
 public:
  static constexpr Layer layer = Layer::rate_limiter;

  /// Errors: Exception(invalid_argument{the option's name}).
  explicit RateLimiter(std::string name, RateLimiterOptions options = {},
                       const MonotonicClock& clock = steady_clock())
      : name_(std::move(name)), clock_(clock) {
    options.check().value();
    interval_ = (options.per.count() + options.calls - 1) / options.calls;
    slack_ = interval_ * (std::int64_t{options.most_at_once()} - 1);
  }
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Errors: overloaded, with the time until a call may come.
  Result<void> acquire() noexcept {
    const std::int64_t now = clock_.now().time_since_epoch().count();
    auto due = due_.load(std::memory_order_relaxed);
    for (;;) {
      const auto from = std::max(due, now);
      if (from - now > slack_) {
        const std::chrono::nanoseconds wait{from - now - slack_};
        return refusal::Overloaded{std::chrono::ceil<std::chrono::milliseconds>(wait)};
      }
      if (due_.compare_exchange_weak(due, from + interval_, std::memory_order_relaxed)) return {};
    }
  }

  /// As a part of a Pipeline.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge&) {
    if (const auto admitted = acquire(); !admitted) return admitted.error();
    return next(context);
  }

 private:
  std::string name_;
  const MonotonicClock& clock_;
  std::int64_t interval_;  // ns between two calls
  std::int64_t slack_;     // ns that a call may come early
  /// When the next call would be due if they came evenly.
  std::atomic<std::int64_t> due_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace exhibition
