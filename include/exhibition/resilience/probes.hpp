#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/resilience/breaker_options.hpp"
#include "exhibition/resilience/tally.hpp"

namespace exhibition {

/// The calls that a half-open breaker lets through. Each has a place on lease: who does not come
/// back in time has failed, and the place is not waited for.
/// Threads: one.
class Probes {
 public:
  enum class Decision : std::uint8_t { undecided, open, close };

  /// A place, and which of its holders this is.
  struct Ticket {
    std::uint8_t place = 0;
    std::uint32_t holder = 0;
  };

  explicit Probes(const BreakerOptions& options)
      : count_(options.probes),
        lease_(options.probe_lease),
        failure_rate_(options.failure_rate),
        slow_rate_(options.slow_after.count() > 0 ? Rate(options.slow_rate) : Rate::never()),
        decide_early_(options.decide_early) {}

  void start_anew() noexcept {
    for (auto& place : places_) place.is_held = false;
    held_ = 0;
    judged_ = {};
  }

  /// None when all of them are on their way or back.
  [[nodiscard]] std::optional<Ticket> admit(Moment now) noexcept {
    if (is_full()) return std::nullopt;
    std::uint8_t at = 0;
    while (places_[at].is_held) ++at;
    auto& place = places_[at];
    place = {true, place.holder + 1, later(now, lease_)};
    ++held_;
    return Ticket{at, place.holder};
  }

  /// Whether none is to be let through before another comes back without having been judged.
  [[nodiscard]] bool is_full() const noexcept { return held_ + judged_.calls >= count_; }

  /// False when the lease was over and somebody has noticed.
  bool finish(Ticket ticket, Outcome outcome) noexcept {
    if (!leave(ticket)) return false;
    judge(outcome);
    return true;
  }

  /// Gives the place to the next one, as if nobody had had it. False as above.
  bool give_back(Ticket ticket) noexcept { return leave(ticket); }

  /// Judges those whose lease is over as failures, and gives their number.
  std::size_t expire(Moment now) noexcept {
    std::size_t lost = 0;
    for (std::size_t at = 0; at < count_; ++at) {
      if (!places_[at].is_held || now < places_[at].lease_ends) continue;
      places_[at].is_held = false;
      --held_;
      judge({.is_failure = true});
      ++lost;
    }
    return lost;
  }

  [[nodiscard]] Decision decision() const noexcept {
    const std::uint64_t undecided = count_ - judged_.calls;
    if (!decide_early_ && undecided > 0) return Decision::undecided;
    if (failure_rate_.is_reached(judged_.failures, count_) ||
        slow_rate_.is_reached(judged_.slow, count_)) {
      return Decision::open;
    }
    const bool may_open = failure_rate_.is_reached(judged_.failures + undecided, count_) ||
                          slow_rate_.is_reached(judged_.slow + undecided, count_);
    return may_open && undecided > 0 ? Decision::undecided : Decision::close;
  }

  [[nodiscard]] std::optional<Moment> next_lease_end() const noexcept {
    std::optional<Moment> next;
    for (std::size_t at = 0; at < count_; ++at) {
      if (!places_[at].is_held) continue;
      if (!next || places_[at].lease_ends < *next) next = places_[at].lease_ends;
    }
    return next;
  }

  [[nodiscard]] const Tally& judged() const noexcept { return judged_; }

 private:
  struct Place {
    bool is_held = false;
    std::uint32_t holder = 0;  // counted for ever: who comes back late is told from the next one
    Moment lease_ends = {};
  };

  bool leave(Ticket ticket) noexcept {
    auto& place = places_[ticket.place];
    if (!place.is_held || place.holder != ticket.holder) return false;
    place.is_held = false;
    --held_;
    return true;
  }

  void judge(Outcome outcome) noexcept {
    ++judged_.calls;
    judged_.failures += outcome.is_failure ? 1U : 0U;
    judged_.slow += outcome.is_slow ? 1U : 0U;
  }

  std::size_t count_;
  std::chrono::nanoseconds lease_;
  Rate failure_rate_;
  Rate slow_rate_;
  bool decide_early_;
  std::array<Place, 64> places_{};
  std::size_t held_ = 0;
  Tally judged_;
};

}  // namespace exhibition
