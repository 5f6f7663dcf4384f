#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <type_traits>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/hint.hpp"
#include "exhibition/resilience/judged_call.hpp"
#include "exhibition/resilience/layer.hpp"
#include "exhibition/resilience/verdict.hpp"

namespace exhibition {

/// Gives a call a deadline, for it to keep: nothing can end it from outside, so a call that does not
/// look at its CallContext takes as long as it takes. What it gives or throws after its deadline is
/// dropped; the caller gets `timeout`, as a breaker around this does, which is a failure to it; but
/// one that came when its time was over is not asked, and says nothing of the callee. See
/// WorkerTimeout for callers who cannot wait that long.
/// Threads: any.
class Timeout {
 public:
  static constexpr Layer layer = Layer::timeout;

  /// Errors: Exception(invalid_argument{span}) unless it is longer than nothing.
  explicit Timeout(std::chrono::nanoseconds span, const MonotonicClock& clock = steady_clock())
      : span_(checked(span)), clock_(clock) {}

  /// As a part of a Pipeline. A refusal by a policy inside, however late, stays one.
  /// Errors: timeout, with this span as its hint: that is how long it is known not to have worked.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge&) const {
    const CallContext inner = begin(context);
    if (inner.is_over()) return not_asked();
    using Answer = std::invoke_result_t<Next&, const CallContext&>;
    const auto is_late = [&] { return clock_.now() > inner.deadline; };
    return call_or(
        [&]() -> Answer {
          auto answer = next(inner);
          const bool is_refused = !answer && is_refusal(answer.error());
          if (!is_refused && is_late()) return missed();
          return answer;
        },
        [&](const std::exception* thrown) -> Answer {
          if (is_refusal(thrown) || !is_late()) throw;
          return missed();
        });
  }

  /// The context of a call that begins now.
  [[nodiscard]] CallContext begin(const CallContext& context) const {
    CallContext inner = context;
    inner.deadline = std::min(context.deadline_by(clock_), later(clock_.now(), span_));
    inner.clock = &clock_;
    return inner;
  }
  [[nodiscard]] std::chrono::nanoseconds span() const { return span_; }
  /// What a call is answered that was not done in time.
  [[nodiscard]] Error missed() const { return refusal::Timeout{hint(span_)}; }
  /// The same, when the callee is not to blame for it.
  [[nodiscard]] Error not_asked() const { return refusal::Timeout{hint(span_), false}; }

 private:
  static std::chrono::nanoseconds checked(std::chrono::nanoseconds span) {
    if (span > std::chrono::nanoseconds{0}) return span;
    throw Exception(refusal::InvalidArgument{"span", "must be longer than nothing"});
  }

  std::chrono::nanoseconds span_;
  const MonotonicClock& clock_;
};

}  // namespace exhibition
