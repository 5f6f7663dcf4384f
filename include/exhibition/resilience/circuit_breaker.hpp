#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/breaker_events.hpp"
#include "exhibition/resilience/breaker_options.hpp"
#include "exhibition/resilience/count_window.hpp"
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
};

template <class R>
struct AsResult {
  using type = Result<R>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
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
  class Permit;

  /// Errors: Exception(invalid_argument{the option's name}).
  explicit CircuitBreaker(std::string name, BreakerOptions options = {},
                          const MonotonicClock& clock = steady_clock())
      : name_(std::move(name)),
        options_(checked(std::move(options))),
        clock_(clock),
        failure_rate_(options_.failure_rate),
        slow_rate_(options_.slow_after.count() > 0 ? Rate(options_.slow_rate) : Rate::never()),
        seconds_(options_.window, options_.buckets, clock_.now()),
        last_(std::max<std::size_t>(options_.count_window, 1)),
        probes_(options_) {}
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Lets a call through, or says when to come back.
  /// Errors: circuit_open.
  [[nodiscard]] Result<Permit> acquire() noexcept;

  /// Calls `call()` if it is let through, and judges what it gives with `judge(result)`, or what it
  /// throws as BreakerOptions::judge_exception says. A Result is passed on, anything else comes in
  /// one; an exception is passed on unchanged.
  /// Errors: circuit_open.
  template <class Call, class Judge = JudgeByError>
  typename AsResult<std::invoke_result_t<Call&>>::type run(Call&& call, Judge&& judge = {});

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
  /// A period in one state; each has a number of its own.
  struct Period {
    BreakerState state = BreakerState::closed;
    std::uint64_t generation = 0;

    friend bool operator==(const Period&, const Period&) = default;
  };
  using Lock = std::unique_lock<std::mutex>;

  static BreakerOptions checked(BreakerOptions options) {
    options.check().value();
    return options;
  }
  static std::chrono::milliseconds rounded_up(std::chrono::nanoseconds span) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::max(span, {}));
  }

  // One word, so that a period is seen whole: three bits of state, the rest a generation.
  [[nodiscard]] Period period() const noexcept {
    const auto word = word_.load(std::memory_order_acquire);
    return {static_cast<BreakerState>(word & 7U), word >> 3U};
  }
  void publish(Period next) noexcept {
    word_.store(next.generation << 3U | static_cast<std::uint64_t>(next.state),
                std::memory_order_release);
  }

  Result<Permit> acquire_probe(Moment now) noexcept;
  [[nodiscard]] Error refuse(BreakerState state, Moment now) noexcept;
  [[nodiscard]] std::optional<std::chrono::nanoseconds> hint(BreakerState state,
                                                             Moment now) const noexcept;
  void finish(Permit& permit, Verdict verdict) noexcept;
  void finish_probe(Permit& permit, Verdict verdict, Outcome outcome, Moment now) noexcept;
  void open_for(Permit& permit, std::chrono::nanoseconds span) noexcept;
  void record(Period in, Outcome outcome, Moment now) noexcept;
  void judge(Period in, const Tally& tally, Moment now) noexcept;
  void count_row(Period in, Outcome outcome, Moment now) noexcept;
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
  Rate failure_rate_;
  Rate slow_rate_;

  alignas(cache_line) std::atomic<std::uint64_t> word_ = 0;  // read by all, hardly ever written
  std::atomic<Moment::rep> open_until_ = 0;  // stored before the word that makes it count
  std::atomic<Moment::rep> lease_ends_ = 0;  // of the probe that is waited for; 0 when it may go
  std::atomic<bool> is_armed_ = false;       // over a rate, but of too few calls
  std::atomic<bool> has_failures_ = false;   // there is a row of them

  alignas(cache_line) TimeWindow seconds_;
  CountWindow last_;
  StripedCounter rejected_;
  StripedCounter ignored_;
  StripedCounter late_;

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

inline Result<CircuitBreaker::Permit> CircuitBreaker::acquire() noexcept {
  const Period now_in = period();
  switch (now_in.state) {
    case BreakerState::closed:
    case BreakerState::metrics_only:
      return Permit(*this, now_in, options_.slow_after.count() > 0 ? clock_.now() : Moment{});
    case BreakerState::disabled: return Permit(*this, now_in, Moment{});
    case BreakerState::forced_open: return refuse(now_in.state, Moment{});
    case BreakerState::open: {
      const Moment now = clock_.now();
      if (now.time_since_epoch().count() < open_until_.load(std::memory_order_relaxed)) {
        return refuse(now_in.state, now);
      }
      return acquire_probe(now);
    }
    case BreakerState::half_open: {
      const Moment now = clock_.now();
      if (now.time_since_epoch().count() < lease_ends_.load(std::memory_order_relaxed)) {
        return refuse(now_in.state, now);
      }
      return acquire_probe(now);
    }
  }
  return refuse(now_in.state, Moment{});
}

template <class Call, class Judge>
typename AsResult<std::invoke_result_t<Call&>>::type CircuitBreaker::run(Call&& call,
                                                                         Judge&& judge) {
  using Answer = typename AsResult<std::invoke_result_t<Call&>>::type;
  auto permit = acquire();
  if (!permit) return permit.error();
  const auto judged_by = [](auto&& judging) noexcept {
    try {
      return judging();
    } catch (...) {
      return Verdict::failure;  // a judge that throws has not said that all is well
    }
  };
  const auto judge_thrown = [&](const std::exception* thrown) noexcept {
    if (!options_.judge_exception) return Verdict::failure;
    return judged_by([&] { return options_.judge_exception(thrown); });
  };
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Call&>>) {
      std::invoke(call);
      permit->finish(Verdict::success);
      return Answer();
    } else {
      Answer answer = std::invoke(call);
      permit->finish(judged_by([&]() -> Verdict {
        if constexpr (std::same_as<Answer, std::invoke_result_t<Call&>>) {
          return judge(answer);
        } else {
          return judge(*answer);
        }
      }));
      return answer;
    }
  }
#ifdef __GLIBCXX__  // whose streams declare it
  catch (__cxxabiv1::__forced_unwind&) {
    throw;  // the thread is cancelled: that says nothing of the callee
  }
#endif
  catch (const std::exception& thrown) {
    permit->finish(judge_thrown(&thrown));
    throw;
  } catch (...) {
    permit->finish(judge_thrown(nullptr));
    throw;
  }
}

inline BreakerSnapshot CircuitBreaker::snapshot() const noexcept {
  const Moment now = clock_.now();
  const Lock lock(mutex_);
  const Period in = period();
  return {.state = in.state,
          .tally = tally(in, now),
          .rejected = rejected_.sum(),
          .ignored = ignored_.sum(),
          .late = late_.sum(),
          .thrown = events_.thrown(),
          .retry_after = hint(in.state, now)};
}

/// How long it lets none through; none when it does, or when a human has to say.
inline std::optional<std::chrono::nanoseconds> CircuitBreaker::hint(BreakerState state,
                                                                    Moment now) const noexcept {
  using std::chrono::nanoseconds;
  const auto left = [&](const std::atomic<Moment::rep>& end) {
    const Moment at{nanoseconds{end.load(std::memory_order_relaxed)}};
    return at > now ? at - now : nanoseconds{0};
  };
  if (state == BreakerState::open) return left(open_until_);
  if (state == BreakerState::half_open)
    return std::max(options_.min_retry_after, left(lease_ends_));
  return std::nullopt;
}

inline Error CircuitBreaker::refuse(BreakerState state, Moment now) noexcept {
  rejected_.add();
  refusal::CircuitOpen refused{to_string(state)};
  if (const auto wait = hint(state, now)) refused.retry_after = rounded_up(*wait);
  return refused;
}

/// Where it is open no longer, or a place may have become free: looked at again, in turn.
inline Result<CircuitBreaker::Permit> CircuitBreaker::acquire_probe(Moment now) noexcept {
  Lock lock(mutex_);
  if (period().state == BreakerState::open && now.time_since_epoch().count() >= open_until_) {
    go_to(BreakerState::half_open, now, {});
  }
  auto ticket = std::optional<Probes::Ticket>();
  if (period().state == BreakerState::half_open) {
    ticket = probes_.admit(now);
    if (!ticket) expire_probes(now);
    note_places();
  }
  const Period in = period();
  lock.unlock();
  events_.tell();
  if (ticket) return Permit(*this, in, now, *ticket);
  const bool lets_through = in.state == BreakerState::closed ||
                            in.state == BreakerState::metrics_only ||
                            in.state == BreakerState::disabled;
  if (lets_through) return Permit(*this, in, now);
  return refuse(in.state, now);
}

inline void CircuitBreaker::expire_probes(Moment now) noexcept {
  for (auto lost = probes_.expire(now); lost > 0; --lost) {
    events_.add({.kind = BreakerEvent::Kind::probe_lost,
                 .from = BreakerState::half_open,
                 .to = BreakerState::half_open,
                 .at = now,
                 .tally = probes_.judged()});
  }
  decide(now);
}

/// Lets those who come know, without a lock, until when there is no place for them.
inline void CircuitBreaker::note_places() noexcept {
  const auto next = probes_.is_full() ? probes_.next_lease_end() : std::nullopt;
  lease_ends_.store(next ? next->time_since_epoch().count() : 0, std::memory_order_relaxed);
}

inline void CircuitBreaker::finish(Permit& permit, Verdict verdict) noexcept {
  const Period in = permit.period_;
  if (period() != in) {
    if (verdict != Verdict::ignored) late_.add();
    return;
  }
  if (in.state == BreakerState::disabled) return;
  if (verdict == Verdict::ignored && in.state != BreakerState::half_open) {
    ignored_.add();
    return;
  }
  const Moment now = clock_.now();
  const Outcome outcome{
      .is_failure = verdict == Verdict::failure,
      .is_slow = options_.slow_after.count() > 0 && now - permit.start_ > options_.slow_after};
  if (in.state == BreakerState::half_open) {
    finish_probe(permit, verdict, outcome, now);
  } else {
    record(in, outcome, now);
  }
}

inline void CircuitBreaker::finish_probe(Permit& permit, Verdict verdict, Outcome outcome,
                                         Moment now) noexcept {
  {
    const Lock lock(mutex_);
    const bool is_ignored = verdict == Verdict::ignored;
    const bool is_in_time =
        period() == permit.period_ &&
        (is_ignored ? probes_.give_back(permit.ticket_) : probes_.finish(permit.ticket_, outcome));
    if (!is_in_time) {
      if (!is_ignored) late_.add();
      return;
    }
    if (is_ignored) {
      ignored_.add();
    } else {
      decide(now);
    }
    note_places();
  }
  events_.tell();
}

inline void CircuitBreaker::record(Period in, Outcome outcome, Moment now) noexcept {
  if (options_.count_window > 0) {
    const auto tally = last_.record(in.generation, outcome);
    if (!tally) return late_.add();
    judge(in, *tally, now);
  } else {
    const auto recorded = seconds_.record(in.generation, now, outcome);
    if (recorded == TimeWindow::Recorded::late) return late_.add();
    // Otherwise no rate can have risen to where it opens.
    if (outcome.is_bad() || recorded == TimeWindow::Recorded::counted_anew ||
        is_armed_.load(std::memory_order_relaxed)) {
      judge(in, seconds_.tally(in.generation, now), now);
    }
  }
  if (options_.consecutive_failures > 0) count_row(in, outcome, now);
}

inline void CircuitBreaker::judge(Period in, const Tally& tally, Moment now) noexcept {
  const bool is_over = tally.calls > 0 && (failure_rate_.is_reached(tally.failures, tally.calls) ||
                                           slow_rate_.is_reached(tally.slow, tally.calls));
  const bool is_enough = tally.calls >= options_.minimum_calls;
  if (is_armed_.load(std::memory_order_relaxed) != (is_over && !is_enough)) {
    is_armed_.store(is_over && !is_enough, std::memory_order_relaxed);
  }
  if (in.state == BreakerState::metrics_only || (is_over && is_enough)) {
    exceed(in, is_over && is_enough, tally, now);
  }
}

/// Failures in a row; a success ends it.
inline void CircuitBreaker::count_row(Period in, Outcome outcome, Moment now) noexcept {
  if (!outcome.is_failure && !has_failures_.load(std::memory_order_relaxed)) return;
  bool is_over = false;
  {
    const Lock lock(mutex_);
    if (period() != in) return;
    in_a_row_ = outcome.is_failure ? in_a_row_ + 1 : 0;
    has_failures_.store(in_a_row_ > 0, std::memory_order_relaxed);
    is_over = in_a_row_ >= options_.consecutive_failures;
  }
  if (is_over) exceed(in, true, tally(in, now), now);
}

/// What comes of it when calls are found to be too bad, or with metrics only no longer so.
inline void CircuitBreaker::exceed(Period in, bool is_over, const Tally& tally,
                                   Moment now) noexcept {
  {
    const Lock lock(mutex_);
    if (period() != in) return;  // somebody else was first
    if (in.state == BreakerState::closed) {
      open(now, std::nullopt, tally);
    } else if (std::exchange(is_excessive_, is_over) != is_over && is_over) {
      events_.add({.kind = BreakerEvent::Kind::thresholds,
                   .from = in.state,
                   .to = in.state,
                   .at = now,
                   .tally = tally});
    }
  }
  events_.tell();
}

inline void CircuitBreaker::open_for(Permit& permit, std::chrono::nanoseconds span) noexcept {
  const Period in = permit.period_;
  const Moment now = clock_.now();
  constexpr Outcome failure{.is_failure = true};
  if (in.state == BreakerState::metrics_only && period() == in) return record(in, failure, now);
  {
    const Lock lock(mutex_);
    const bool is_in_time = period() == in && (in.state != BreakerState::half_open ||
                                               probes_.finish(permit.ticket_, failure));
    if (!is_in_time) return late_.add();
    if (in.state == BreakerState::disabled) return;
    if (in.state == BreakerState::closed) {
      if (options_.count_window > 0) {
        last_.record(in.generation, failure);
      } else {
        seconds_.record(in.generation, now, failure);
      }
    }
    open(now, span, tally(in, now));
  }
  events_.tell();
}

inline Tally CircuitBreaker::tally(Period of, Moment now) const noexcept {
  if (of.state == BreakerState::half_open) return probes_.judged();
  return options_.count_window > 0 ? last_.tally(of.generation)
                                   : seconds_.tally(of.generation, now);
}

// What follows is called with the lock held.

inline void CircuitBreaker::decide(Moment now) noexcept {
  switch (probes_.decision()) {
    case Probes::Decision::undecided: return;
    case Probes::Decision::open: return open(now, std::nullopt, probes_.judged());
    case Probes::Decision::close: return go_to(BreakerState::closed, now, probes_.judged());
  }
}

inline void CircuitBreaker::open(Moment now, std::optional<std::chrono::nanoseconds> asked,
                                 const Tally& tally) noexcept {
  const double grown =
      static_cast<double>(options_.open_for.count()) * std::pow(options_.open_factor, times_open_);
  const bool is_capped = grown >= static_cast<double>(options_.open_cap.count());
  const auto span =
      is_capped ? options_.open_cap : std::chrono::nanoseconds{static_cast<std::int64_t>(grown)};
  ++times_open_;
  open_until_.store(later(now, asked.value_or(span)).time_since_epoch().count(),
                    std::memory_order_relaxed);
  go_to(BreakerState::open, now, tally);
}

inline void CircuitBreaker::go_to(BreakerState next, Moment now, const Tally& tally) noexcept {
  const Period before = period();
  is_armed_.store(false, std::memory_order_relaxed);
  has_failures_.store(false, std::memory_order_relaxed);
  in_a_row_ = 0;
  is_excessive_ = false;
  if (next == BreakerState::closed) times_open_ = 0;
  if (next == BreakerState::half_open) {
    probes_.start_anew();
    note_places();
  }
  publish({next, before.generation + 1});
  if (next == before.state) return;  // emptied, no more
  events_.add({.from = before.state, .to = next, .at = now, .tally = tally});
}

inline void CircuitBreaker::change_to(BreakerState next) noexcept {
  {
    const Moment now = clock_.now();
    const Lock lock(mutex_);
    const Period in = period();
    if (in.state == next && next != BreakerState::closed) return;
    go_to(next, now, tally(in, now));
  }
  events_.tell();
}

}  // namespace exhibition
