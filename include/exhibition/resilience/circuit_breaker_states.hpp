#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "exhibition/resilience/circuit_breaker.hpp"

/// What a circuit breaker does in each of its states: included by circuit_breaker.hpp.

namespace exhibition {

[[gnu::always_inline]] inline Result<CircuitBreaker::Permit> CircuitBreaker::acquire() noexcept {
  const Period in = period();
  if (in.state() != BreakerState::closed) [[unlikely]] {
    return acquire_unusual(in);
  }
  return Permit(*this, in, is_timed_ ? now() : Moment{});
}

inline Result<CircuitBreaker::Permit> CircuitBreaker::acquire_unusual(Period in) noexcept {
  const BreakerState state = in.state();
  const Moment now = this->now();
  if (state == BreakerState::open || state == BreakerState::half_open) [[likely]] {
    if (const Moment until = refuses_until(state); now < until) [[likely]] {
      return refuse(state, wait(state, until, now));
    }
    return acquire_probe(now);
  }
  if (state == BreakerState::forced_open) return refuse(state, std::nullopt);
  return Permit(*this, in, now);
}

inline BreakerSnapshot CircuitBreaker::snapshot() const noexcept {
  const Moment now = this->now();
  const Lock lock(mutex_);
  const Period in = period();
  BreakerSnapshot seen{.state = in.state(),
                       .tally = tally(in, now),
                       .rejected = rejected_.sum(),
                       .ignored = ignored_.sum(),
                       .late = late_.sum(),
                       .thrown = events_.thrown()};
  const bool may_refuse = seen.state == BreakerState::open || seen.state == BreakerState::half_open;
  const Moment until = refuses_until(seen.state);
  if (may_refuse && now < until) seen.retry_after = wait(seen.state, until, now);
  return seen;
}

/// Until when it lets none through; long ago, where that is not known.
inline Moment CircuitBreaker::refuses_until(BreakerState state) const noexcept {
  const auto& end = state == BreakerState::open ? open_until_ : lease_ends_;
  return Moment{std::chrono::nanoseconds{end.load(std::memory_order_relaxed)}};
}

/// How long to stay away when it lets none through until then, which may be over by now.
inline std::chrono::nanoseconds CircuitBreaker::wait(BreakerState state, Moment until,
                                                     Moment now) const noexcept {
  const auto left = now < until ? until - now : std::chrono::nanoseconds{1};
  return state == BreakerState::half_open ? std::max(left, options_.min_retry_after) : left;
}

/// Written where it stays: a copy of what was just written costs more than all the rest.
[[gnu::always_inline]] inline Result<CircuitBreaker::Permit> CircuitBreaker::refuse(
    BreakerState state, std::optional<std::chrono::nanoseconds> wait) noexcept {
  rejected_.add();
  Result<Permit> refused = refusal::CircuitOpen{};
  auto& why = *std::get_if<refusal::CircuitOpen>(&refused.error().detail);
  why.state = to_string(state);
  if (wait) why.retry_after = rounded_up(*wait);
  return refused;
}

/// Where it is open no longer, or a place may have become free: looked at again, in turn.
inline Result<CircuitBreaker::Permit> CircuitBreaker::acquire_probe(Moment now) noexcept {
  Lock lock(mutex_);
  if (period().state() == BreakerState::open && now >= refuses_until(BreakerState::open)) {
    go_to(BreakerState::half_open, now, {});
    if (events_.are_waiting()) {
      // Listeners take their time, and not that of a probe.
      lock.unlock();
      events_.tell();
      now = this->now();
      lock.lock();
    }
  }
  auto ticket = std::optional<Probes::Ticket>();
  if (period().state() == BreakerState::half_open) {
    ticket = probes_.admit(now);
    if (!ticket) expire_probes(now);
    note_places();
  }
  const Period in = period();
  lock.unlock();
  events_.tell();
  if (ticket) return Permit(*this, in, now, *ticket);
  const bool lets_through = in.state() == BreakerState::closed ||
                            in.state() == BreakerState::metrics_only ||
                            in.state() == BreakerState::disabled;
  if (lets_through) return Permit(*this, in, now);
  if (in.state() == BreakerState::forced_open) return refuse(in.state(), std::nullopt);
  return refuse(in.state(), wait(in.state(), refuses_until(in.state()), now));
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
  lease_ends_.store(next ? next->time_since_epoch().count() : long_ago, std::memory_order_relaxed);
}

[[gnu::always_inline]] inline void CircuitBreaker::finish(Permit& permit,
                                                          Verdict verdict) noexcept {
  const bool is_usual = verdict == Verdict::success && period() == permit.period_ &&
                        permit.period_.state() == BreakerState::closed && !is_watchful();
  if (!is_usual) [[unlikely]] {
    return finish_unusual(permit, verdict);
  }
  const Moment now = this->now();
  const bool is_counted =
      now - permit.start_ <= slow_after_ && seconds_.try_count(permit.period_.generation(), now);
  if (!is_counted) [[unlikely]] {
    judge(permit, verdict, now);
  }
}

/// Whether even a success in time has to be looked at.
inline bool CircuitBreaker::is_watchful() const noexcept {
  return options_.count_window > 0 || is_armed_.load(std::memory_order_relaxed) ||
         has_failures_.load(std::memory_order_relaxed);
}

[[gnu::noinline]] inline void CircuitBreaker::finish_unusual(Permit& permit,
                                                             Verdict verdict) noexcept {
  const Period in = permit.period_;
  if (period() != in) {
    if (verdict != Verdict::ignored) late_.add();
    return;
  }
  if (in.state() == BreakerState::disabled) return;
  if (verdict == Verdict::ignored && in.state() != BreakerState::half_open) {
    ignored_.add();
    return;
  }
  judge(permit, verdict, this->now());
}

/// A call of this period, as far as it has been seen.
[[gnu::noinline]] inline void CircuitBreaker::judge(Permit& permit, Verdict verdict,
                                                    Moment now) noexcept {
  const Period in = permit.period_;
  const Outcome outcome{.is_failure = verdict == Verdict::failure,
                        .is_slow = now - permit.start_ > slow_after_};
  if (in.state() == BreakerState::half_open) {
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
  const bool is_measured = in.state() == BreakerState::metrics_only;
  std::optional<Tally> judged;  // where a rate can have risen, or with metrics only fallen
  if (options_.count_window > 0) {
    judged = last_.record(in.generation(), outcome);
    if (!judged) return late_.add();
  } else {
    const auto recorded = seconds_.record(in.generation(), now, outcome);
    if (recorded == TimeWindow::Recorded::late) return late_.add();
    if (outcome.is_bad() || recorded == TimeWindow::Recorded::counted_anew || is_measured ||
        is_armed_.load(std::memory_order_relaxed)) {
      judged = seconds_.tally(in.generation(), now);
    }
  }
  const bool is_row_over = is_row_too_long(in, outcome);
  const bool is_over = is_row_over || (judged && is_too_bad(*judged));
  if (is_over || is_measured) exceed(in, is_over, judged ? *judged : tally(in, now), now);
}

/// Whether a rate is reached. Where it is, but of too few calls, the next one is judged as well.
inline bool CircuitBreaker::is_too_bad(const Tally& tally) noexcept {
  const bool is_over = tally.calls > 0 && (failure_rate_.is_reached(tally.failures, tally.calls) ||
                                           slow_rate_.is_reached(tally.slow, tally.calls));
  const bool is_enough = tally.calls >= options_.minimum_calls;
  if (is_armed_.load(std::memory_order_relaxed) != (is_over && !is_enough)) {
    is_armed_.store(is_over && !is_enough, std::memory_order_relaxed);
  }
  return is_over && is_enough;
}

/// Failures in a row; a success ends it.
inline bool CircuitBreaker::is_row_too_long(Period in, Outcome outcome) noexcept {
  if (options_.consecutive_failures == 0) return false;
  if (!outcome.is_failure && !has_failures_.load(std::memory_order_relaxed)) return false;
  const Lock lock(mutex_);
  if (period() != in) return false;
  in_a_row_ = outcome.is_failure ? in_a_row_ + 1 : 0;
  has_failures_.store(in_a_row_ > 0, std::memory_order_relaxed);
  return in_a_row_ >= options_.consecutive_failures;
}

/// What comes of it when calls are found to be too bad, or with metrics only no longer so.
inline void CircuitBreaker::exceed(Period in, bool is_over, const Tally& tally,
                                   Moment now) noexcept {
  {
    const Lock lock(mutex_);
    if (period() != in) return;  // somebody else was first
    if (in.state() == BreakerState::closed) {
      open(now, std::nullopt, tally);
    } else if (std::exchange(is_excessive_, is_over) != is_over && is_over) {
      events_.add({.kind = BreakerEvent::Kind::thresholds,
                   .from = in.state(),
                   .to = in.state(),
                   .at = now,
                   .tally = tally});
    }
  }
  events_.tell();
}

inline void CircuitBreaker::open_for(Permit& permit, std::chrono::nanoseconds span) noexcept {
  const Period in = permit.period_;
  const Moment now = this->now();
  constexpr Outcome failure{.is_failure = true};
  if (in.state() == BreakerState::metrics_only && period() == in) {
    record(in, failure, now);
    return exceed(in, true, tally(in, now), now);
  }
  {
    const Lock lock(mutex_);
    const bool is_in_time = period() == in && (in.state() != BreakerState::half_open ||
                                               probes_.finish(permit.ticket_, failure));
    if (!is_in_time) return late_.add();
    if (in.state() == BreakerState::disabled) return;
    if (in.state() == BreakerState::closed) {
      if (options_.count_window > 0) {
        last_.record(in.generation(), failure);
      } else {
        seconds_.record(in.generation(), now, failure);
      }
    }
    open(now, span, tally(in, now));
  }
  events_.tell();
}

inline Tally CircuitBreaker::tally(Period of, Moment now) const noexcept {
  if (of.state() == BreakerState::half_open) return probes_.judged();
  return options_.count_window > 0 ? last_.tally(of.generation())
                                   : seconds_.tally(of.generation(), now);
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
  period_.store({next, before.generation() + 1}, std::memory_order_release);
  if (next == before.state()) return;  // emptied, no more
  events_.add({.from = before.state(), .to = next, .at = now, .tally = tally});
}

inline void CircuitBreaker::change_to(BreakerState next) noexcept {
  {
    const Moment now = this->now();
    const Lock lock(mutex_);
    const Period in = period();
    if (in.state() == next && next != BreakerState::closed) return;
    go_to(next, now, tally(in, now));
  }
  events_.tell();
}

}  // namespace exhibition
