#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"

namespace exhibition::tests {

using namespace std::chrono_literals;

/// A breaker on a clock that the test moves. By default four calls are enough to judge, half of
/// them open it, for 5 s, and three probes find out, with 2 s each.
class OnAClock : public ::testing::Test {
 protected:
  OnAClock() { make({}); }

  [[nodiscard]] static BreakerOptions usual() { return {.minimum_calls = 4, .probe_lease = 2s}; }
  void make(const BreakerOptions& options) {
    breaker_ = std::make_unique<CircuitBreaker>("remote", options, clock);
    events.clear();
    breaker_->listen([this](const BreakerEvent& event) { events.push_back(event); });
  }
  void make() { make(usual()); }
  void SetUp() override { make(); }

  [[nodiscard]] CircuitBreaker& breaker() { return *breaker_; }
  [[nodiscard]] CircuitBreaker::Permit admitted() { return breaker().acquire().value(); }
  [[nodiscard]] BreakerSnapshot now() { return breaker().snapshot(); }
  [[nodiscard]] BreakerState state() { return now().state; }

  void call(Verdict verdict, std::chrono::nanoseconds duration = 0ns) {
    auto permit = admitted();
    clock.advance(duration);
    permit.finish(verdict);
  }
  void call(int times, Verdict verdict) {
    for (int i = 0; i < times; ++i) call(verdict);
  }

  /// The hint of the refusal that is expected now.
  [[nodiscard]] std::optional<std::chrono::milliseconds> refused() {
    const auto permit = breaker().acquire();
    EXPECT_FALSE(permit);
    if (permit) return std::nullopt;
    EXPECT_EQ(permit.error().code, Errc::circuit_open);
    return permit.error().retry_after();
  }

  void open() {
    call(4, Verdict::failure);
    ASSERT_EQ(state(), BreakerState::open);
  }
  /// Open, and its time is over: the next call is a probe.
  void open_and_wait() {
    open();
    clock.advance(5s);
  }

  /// Brings a breaker as it was made into a state.
  void bring_to(BreakerState wanted) {
    switch (wanted) {
      case BreakerState::closed: break;
      case BreakerState::open: open(); break;
      case BreakerState::half_open:
        open_and_wait();
        call(Verdict::success);
        break;
      case BreakerState::forced_open: breaker().force_open(); break;
      case BreakerState::disabled: breaker().disable(); break;
      case BreakerState::metrics_only: breaker().only_measure(); break;
    }
    ASSERT_EQ(state(), wanted);
  }

  [[nodiscard]] std::vector<std::string> transitions() const {
    std::vector<std::string> told;
    for (const auto& event : events) {
      if (event.kind != BreakerEvent::Kind::transition) continue;
      told.push_back(std::string(to_string(event.from)) + " > " + std::string(to_string(event.to)));
    }
    return told;
  }

  testing::ManualMonotonicClock clock;
  std::vector<BreakerEvent> events;

 private:
  std::unique_ptr<CircuitBreaker> breaker_;
};

}  // namespace exhibition::tests
