#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <variant>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/judged_call.hpp"
#include "exhibition/resilience/layer.hpp"
#include "exhibition/resilience/verdict.hpp"

namespace exhibition {

/// How often, and how far apart.
struct RetryOptions {
  std::size_t attempts = 3;                                           ///< in all; at least 1
  std::chrono::nanoseconds backoff = std::chrono::milliseconds{100};  ///< before the second attempt
  double factor = 2;                                                ///< by which it grows; 1 to 100
  std::chrono::nanoseconds max_backoff = std::chrono::seconds{10};  ///< at least backoff
  /// The longest pause that an answer may ask for; one that asks for a longer one is passed on.
  std::chrono::nanoseconds max_wait = std::chrono::seconds{1};
  double jitter = 0.5;  ///< the share of the backoff that is left to chance; 0 to 1
  std::size_t budget =
      50;  ///< failures in a row, of all calls, after which none is retried; 0: any

  /// Errors: invalid_argument{the first field that breaks its rule}.
  [[nodiscard]] Result<void> check() const {
    using Bad = refusal::InvalidArgument;
    if (attempts < 1) return Bad{"attempts", "must be at least 1"};
    if (backoff < std::chrono::nanoseconds{0}) return Bad{"backoff", "must not be negative"};
    if (!(factor >= 1 && factor <= 100)) return Bad{"factor", "must be 1 to 100"};
    if (max_backoff < backoff)
      return Bad{"max_backoff", "must be at least backoff; ten seconds if not given"};
    if (max_wait < std::chrono::nanoseconds{0}) return Bad{"max_wait", "must not be negative"};
    if (!(jitter >= 0 && jitter <= 1)) return Bad{"jitter", "must be 0 to 1"};
    if (budget > 1'000'000) return Bad{"budget", "must be at most 1,000,000"};
    return {};
  }
};

/// How many calls may be tried again: a failure costs one, and so does a refusal that is tried again; a
/// success earns a tenth, and below half of what there can be none is. So when most calls fail, retries do not multiply what is asked of a
/// dependency that cannot do it anyway.
/// Threads: any.
/// Source: gRPC proposal A6.
class RetryBudget {
 public:
  /// Nothing is ever too much with 0.
  explicit RetryBudget(std::size_t failures)
      : most_(static_cast<std::int64_t>(failures) * 2 * one), left_(most_) {}

  void note(Verdict verdict) noexcept {
    if (verdict == Verdict::success) add(one / 10);
    if (verdict == Verdict::failure) add(-one);
  }
  [[nodiscard]] bool allows_retries() const noexcept {
    return most_ == 0 || left_.load(std::memory_order_relaxed) > most_ / 2;
  }

 private:
  static constexpr std::int64_t one = 10;

  void add(std::int64_t more) noexcept {
    auto left = left_.load(std::memory_order_relaxed);
    for (;;) {
      const auto next = std::clamp<std::int64_t>(left + more, 0, most_);
      if (next == left) return;  // full, as it nearly always is: nothing is written
      if (left_.compare_exchange_weak(left, next, std::memory_order_relaxed)) return;
    }
  }

  std::int64_t most_;
  std::atomic<std::int64_t> left_;
};

/// Makes a call again when it fails, each time after a longer while, or when another policy refuses
/// it and says when to come back; never sooner than that, and not at all when that is after the
/// deadline or longer than `max_wait`.
/// For calls that may be made twice.
/// Threads: any. All calls share the budget.
class Retry {
 public:
  static constexpr Layer layer = Layer::retry;

  /// Errors: Exception(invalid_argument{the option's name}).
  explicit Retry(RetryOptions options = {}, const MonotonicClock& clock = steady_clock(),
                 RandomSource& random = system_random())
      : options_(checked(options)), clock_(clock), random_(random), budget_(options_.budget) {}

  /// As a part of a Pipeline. What the last attempt gives or throws is passed on.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge& judge) {
    for (std::size_t attempt = 1;; ++attempt) {
      Verdict verdict = Verdict::ignored;
      try {
        auto answer = call_and_judge([&] { return next(context); }, judge,
                                     [&](Verdict judged) {
                                       verdict = judged;
                                       budget_.note(judged);
                                     });
        const auto* error = answer ? nullptr : &answer.error();
        if (!waits_to_try_again(attempt, verdict, error, context)) return answer;
      } catch (const Exception& refused) {
        if (!waits_to_try_again(attempt, verdict, &refused.error(), context)) throw;
      } catch (...) {
        if (!waits_to_try_again(attempt, verdict, nullptr, context)) throw;
      }
    }
  }

  /// Notes what an attempt has come to, `error` being what it gave or threw, if that was one, and
  /// tells how long to wait before the next; none when there is to be none. For who does the waiting
  /// themselves, `left` being the time that they have.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> pause_after(
      std::size_t attempt, Verdict verdict, const Error* error,
      std::chrono::nanoseconds left = std::chrono::nanoseconds::max()) {
    budget_.note(verdict);
    const auto pause = pause_before_next(attempt, verdict, error);
    if (!pause || *pause >= left) return std::nullopt;
    if (verdict != Verdict::failure) budget_.note(Verdict::failure);  // a refusal costs as much
    return pause;
  }

 private:
  static const RetryOptions& checked(const RetryOptions& options) {
    options.check().value();
    return options;
  }

  [[nodiscard]] bool waits_to_try_again(std::size_t attempt, Verdict verdict, const Error* error,
                                        const CallContext& context) {
    const auto pause = pause_before_next(attempt, verdict, error);
    if (!pause) return false;
    const Moment next = later(clock_.now(), *pause);
    if (next >= context.deadline_by(clock_) || !sleeps_until(next, context.stop)) return false;
    if (verdict != Verdict::failure) budget_.note(Verdict::failure);  // a refusal costs as much
    return true;
  }

  [[nodiscard]] std::optional<std::chrono::nanoseconds> pause_before_next(
      std::size_t attempt, Verdict verdict, const Error* error) const noexcept {
    if (attempt >= options_.attempts) return std::nullopt;
    const auto asked = error ? asked_by(*error) : std::nullopt;
    const bool is_refused = verdict != Verdict::failure && error && is_refusal(*error) && asked;
    if (!is_refused && verdict != Verdict::failure) return std::nullopt;
    if (!budget_.allows_retries() || asked > options_.max_wait) return std::nullopt;
    return std::max(backoff_after(attempt), asked.value_or(std::chrono::nanoseconds{0}));
  }

  /// How long it wants to be left alone, however long that is. A call that took too long has told
  /// nobody to wait: the hint of its timeout is the time that has been waited already.
  [[nodiscard]] static std::optional<std::chrono::nanoseconds> asked_by(
      const Error& error) noexcept {
    const auto* timeout = std::get_if<refusal::Timeout>(&error.detail);
    const auto asked = error.retry_after();
    if (!asked || (timeout && timeout->callee_was_late)) return std::nullopt;
    constexpr auto longest =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds::max());
    return std::min(*asked, longest);
  }

  [[nodiscard]] std::chrono::nanoseconds backoff_after(std::size_t attempt) const noexcept {
    const double times = std::pow(options_.factor, static_cast<double>(attempt - 1));
    const double grown = static_cast<double>(options_.backoff.count()) * std::min(times, 1e100);
    const double longest = static_cast<double>(options_.max_backoff.count());
    const double pause = std::min(grown, longest) * (1 - options_.jitter * share());
    return std::min(std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(pause, 9e18))},
                    options_.max_backoff);
  }

  /// By chance, from 0 to 1.
  [[nodiscard]] double share() const noexcept {
    try {
      return static_cast<double>(random_.bits() >> 11U) * 0x1p-53;
    } catch (...) {
      return 0;  // no chance to be had: then the whole pause
    }
  }

  /// False when it is asked to stop before.
  [[nodiscard]] bool sleeps_until(Moment moment, const std::stop_token& stop) const {
    std::mutex mutex;
    std::condition_variable stopped;
    const std::stop_callback wake(stop, [&] {
      const std::lock_guard lock(mutex);
      stopped.notify_one();
    });
    std::unique_lock lock(mutex);
    while (!stop.stop_requested() && clock_.now() < moment) {
      clock_.wait_until(moment, stopped, lock);
    }
    return !stop.stop_requested();
  }

  RetryOptions options_;
  const MonotonicClock& clock_;
  RandomSource& random_;
  RetryBudget budget_;
};

}  // namespace exhibition
