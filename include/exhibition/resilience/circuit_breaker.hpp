#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/breaker_events.hpp"
#include "exhibition/resilience/breaker_options.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/count_window.hpp"
#include "exhibition/resilience/judged_call.hpp"
#include "exhibition/resilience/layer.hpp"
#include "exhibition/resilience/probes.hpp"
#include "exhibition/resilience/stripes.hpp"
#include "exhibition/resilience/tally.hpp"
#include "exhibition/resilience/time_window.hpp"
#include "exhibition/resilience/verdict.hpp"

namespace exhibition {

/// What a circuit breaker looks like at one moment; looking changes nothing.
struct BreakerSnapshot {
  BreakerState state = BreakerState::closed;
  Tally tally = {};            ///< of the window; of the probes while it is half open
  std::uint64_t rejected = 0;  ///< calls that were not let through, of all times
  std::uint64_t ignored = 0;   ///< verdicts that said nothing
  std::uint64_t late = 0;      ///< verdicts on calls of an earlier state, which count for nothing
  std::uint64_t thrown = 0;    ///< exceptions of listeners
  std::optional<std::chrono::nanoseconds> retry_after =
      std::nullopt;  ///< while it lets none through

  friend bool operator==(const BreakerSnapshot&, const BreakerSnapshot&) = default;
};

/// Guards the calls of one dependency: when too many of them fail, or are slow, it refuses them for
/// a while at once, then lets a few through to find out, and closes or opens again.
///
/// Each call that is let through has a Permit, which knows in which period of the breaker it was
/// given: a verdict on a call of an earlier period counts for nothing.
///
/// It limits no number of calls at once; have a Bulkhead do that.
/// Threads: any. A call that goes through takes no lock that the others take.
/// Source: Nygard, Release It!; the state table is in docs/resilience.md.
class CircuitBreaker {
 public:
  static constexpr Layer layer = Layer::circuit_breaker;
  class Permit;

  /// Errors: Exception(invalid_argument{the option's name}).
  explicit CircuitBreaker(std::string name, BreakerOptions options = {},
                          const MonotonicClock& clock = steady_clock())
      : name_(std::move(name)),
        options_(checked(std::move(options))),
        clock_(clock),
        is_steady_(&clock == &steady_clock()),
        is_timed_(options_.slow_after.count() > 0),
        slow_after_(is_timed_ ? options_.slow_after : std::chrono::nanoseconds::max()),
        failure_rate_(options_.failure_rate),
        slow_rate_(is_timed_ ? Rate(options_.slow_rate) : Rate::never()),
        seconds_(options_.window, options_.buckets, now()),
        last_(std::max<std::size_t>(options_.count_window, 1)),
        probes_(options_) {}
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Lets a call through, or says when to come back.
  /// Errors: circuit_open.
  [[nodiscard]] Result<Permit> acquire() noexcept;

  /// Calls `call()` if it is let through, and has `judge` judge what it gives or throws: see
  /// JudgeByError. A Result is passed on, anything else comes in one; an exception is passed on
  /// unchanged.
  /// Errors: circuit_open.
  template <std::invocable Call, class Judge = JudgeByError>
  AnswerOf<Call> run(Call&& call, const Judge& judge = {});

  /// As a part of a Pipeline.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge& judge) {
    return run([&] { return next(context); }, judge);
  }

  [[nodiscard]] BreakerSnapshot snapshot() const noexcept;

  /// Calls `listener(event)` for every event from now on, in their order and with no lock held; it
  /// may call the breaker. What it throws is counted.
  void listen(BreakerEvents::Listener listener) { events_.listen(std::move(listener)); }

  void force_open() noexcept { change_to(BreakerState::forced_open); }
  void disable() noexcept { change_to(BreakerState::disabled); }
  void only_measure() noexcept { change_to(BreakerState::metrics_only); }
  /// Closes it, whatever it is, and forgets all calls.
  void reset() noexcept { change_to(BreakerState::closed); }

 private:
  /// A time in one state. It is one word, so that it is seen whole: three bits of state, the rest
  /// a generation, which tells it from all others.
  class Period {
   public:
    Period() = default;
    Period(BreakerState state, std::uint64_t generation) noexcept
        : word_(generation << 3U | static_cast<std::uint64_t>(state)) {}

    [[nodiscard]] BreakerState state() const noexcept {
      return static_cast<BreakerState>(word_ & 7U);
    }
    [[nodiscard]] std::uint64_t generation() const noexcept { return word_ >> 3U; }
    friend bool operator==(const Period&, const Period&) = default;

   private:
    std::uint64_t word_ = 0;
  };
  using Lock = std::unique_lock<std::mutex>;
  static constexpr Moment::rep long_ago = Moment::min().time_since_epoch().count();

  static BreakerOptions checked(BreakerOptions options) {
    options.check().value();
    return options;
  }

  /// In the fewest steps that come one after the other: a refusal hardly does anything else.
  static std::chrono::milliseconds rounded_up(std::chrono::nanoseconds span) {
    const auto count = static_cast<std::uint64_t>(span.count());
    return std::chrono::milliseconds{(count + 999'999) / 1'000'000};
  }

  [[nodiscard]] Period period() const noexcept { return period_.load(std::memory_order_acquire); }

  /// What most calls are like is written out where they are made, and the rest kept out of it.
  Result<Permit> acquire_unusual(Period in) noexcept;
  void finish(Permit& permit, Verdict verdict) noexcept;
  void finish_unusual(Permit& permit, Verdict verdict) noexcept;
  void judge(Permit& permit, Verdict verdict, Moment now) noexcept;
  [[nodiscard]] bool is_watchful() const noexcept;

  /// Nobody's own clock is asked without a virtual call, which would cost as much as all the rest.
  [[nodiscard]] Moment now() const noexcept { return is_steady_ ? steady_now() : clock_.now(); }

  Result<Permit> acquire_probe(Moment now) noexcept;
  Result<Permit> refuse(BreakerState state, std::optional<std::chrono::nanoseconds> wait) noexcept;
  [[nodiscard]] Moment refuses_until(BreakerState state) const noexcept;
  [[nodiscard]] std::chrono::nanoseconds wait(BreakerState state, Moment until,
                                              Moment now) const noexcept;
  void finish_probe(Permit& permit, Verdict verdict, Outcome outcome, Moment now) noexcept;
  void open_for(Permit& permit, std::chrono::nanoseconds span) noexcept;
  void record(Period in, Outcome outcome, Moment now) noexcept;
  [[nodiscard]] bool is_too_bad(const Tally& tally) noexcept;
  [[nodiscard]] bool is_row_too_long(Period in, Outcome outcome) noexcept;
  void exceed(Period in, bool is_over, const Tally& tally, Moment now) noexcept;
  [[nodiscard]] Tally tally(Period of, Moment now) const noexcept;
  void expire_probes(Moment now) noexcept;
  void note_places() noexcept;
  void decide(Moment now) noexcept;
  void open(Moment now, std::optional<std::chrono::nanoseconds> asked, const Tally& tally) noexcept;
  void go_to(BreakerState next, Moment now, const Tally& tally) noexcept;
  void change_to(BreakerState next) noexcept;

  std::string name_;
  BreakerOptions options_;
  const MonotonicClock& clock_;
  bool is_steady_;
  bool is_timed_;                        // whether a call can be slow
  std::chrono::nanoseconds slow_after_;  // for ever, if it cannot
  Rate failure_rate_;
  Rate slow_rate_;

  alignas(cache_line) std::atomic<Period> period_ = Period{};  // read by all, hardly ever written
  std::atomic<Moment::rep> open_until_ = long_ago;  // stored before the period that it ends
  std::atomic<Moment::rep> lease_ends_ = long_ago;  // of the probe that is waited for, if any is
  std::atomic<bool> is_armed_ = false;              // over a rate, but of too few calls
  std::atomic<bool> has_failures_ = false;          // there is a row of them

  alignas(cache_line) TimeWindow seconds_;
  CountWindow last_;
  StripedCount rejected_;
  StripedCount ignored_;
  StripedCount late_;

  mutable std::mutex mutex_;  // of transitions, and of what follows
  Probes probes_;
  std::uint32_t times_open_ = 0;  // in a row, without having closed
  std::uint32_t in_a_row_ = 0;    // failures
  bool is_excessive_ = false;     // with metrics only: has told so
  BreakerEvents events_;
};

/// One call that was let through. It is finished once, with a verdict; without one it has said
/// nothing, and a probe's place goes to the next one.
/// Threads: one at a time. The breaker outlives it.
class [[nodiscard]] CircuitBreaker::Permit {
 public:
  Permit(Permit&& other) noexcept
      : breaker_(std::exchange(other.breaker_, nullptr)),
        period_(other.period_),
        start_(other.start_),
        ticket_(other.ticket_) {}
  Permit& operator=(Permit&& other) noexcept {
    finish(Verdict::ignored);
    breaker_ = std::exchange(other.breaker_, nullptr);
    period_ = other.period_;
    start_ = other.start_;
    ticket_ = other.ticket_;
    return *this;
  }
  ~Permit() { finish(Verdict::ignored); }

  /// The first one counts.
  void finish(Verdict verdict) noexcept {
    if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->finish(*this, verdict);
  }

  /// A failure in which the callee has said how long it wants to be left alone: opens for that long.
  /// A span of nothing, or less, is no more than a failure.
  void open_for(std::chrono::nanoseconds span) noexcept {
    if (span <= std::chrono::nanoseconds{0}) return finish(Verdict::failure);
    if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->open_for(*this, span);
  }

 private:
  friend CircuitBreaker;
  Permit(CircuitBreaker& breaker, Period period, Moment start, Probes::Ticket ticket = {}) noexcept
      : breaker_(&breaker), period_(period), start_(start), ticket_(ticket) {}

  CircuitBreaker* breaker_;  // none once it is finished
  Period period_;
  Moment start_;
  Probes::Ticket ticket_;  // of a probe
};

template <std::invocable Call, class Judge>
AnswerOf<Call> CircuitBreaker::run(Call&& call, const Judge& judge) {
  auto permit = acquire();
  if (!permit) return permit.error();
  return call_and_judge(call, judge, [&](Verdict verdict) { permit->finish(verdict); });
}

}  // namespace exhibition

#include "exhibition/resilience/circuit_breaker_states.hpp"
