// The circuit breaker in every order of the steps of a few threads. What it does under its lock is
// one step; what can come in between is where it reads the clock, which is always between its look at
// the period and its lock, and where it tells a listener.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "resilience/interleavings.hpp"
#include "support/effort.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

/// Others may run before it is read, and before what it said is used.
class SteppingClock final : public MonotonicClock {
 public:
  [[nodiscard]] Moment now() const noexcept override {
    Interleavings::pause();
    const Moment now = time.now();
    if (is_fine) Interleavings::pause();
    return now;
  }

  testing::ManualMonotonicClock time;
  bool is_fine = true;  ///< else it pauses before it is read only, and listeners do not
};

/// One breaker, and what has come of it.
struct World {
  explicit World(const BreakerOptions& options, bool is_fine) {
    clock.is_fine = is_fine;
    breaker.emplace("remote", options, clock);
    breaker->listen([this](const BreakerEvent& event) {
      events.push_back(event);
      if (clock.is_fine) Interleavings::pause();
    });
  }

  std::optional<CircuitBreaker::Permit> acquire() {
    auto permit = breaker->acquire();
    ++(permit ? admitted : refused);
    if (!permit) return std::nullopt;
    return *std::move(permit);
  }

  void open_and_wait() {
    for (int i = 0; i < 2; ++i) breaker->acquire()->finish(Verdict::failure);
    clock.time.advance(5s);
  }

  [[nodiscard]] int transitions(BreakerState from, BreakerState to) const {
    int count = 0;
    for (const auto& event : events) {
      count += event.kind == BreakerEvent::Kind::transition && event.from == from && event.to == to;
    }
    return count;
  }
  [[nodiscard]] int lost() const {
    int count = 0;
    for (const auto& event : events) count += event.kind == BreakerEvent::Kind::probe_lost;
    return count;
  }

  SteppingClock clock;
  std::vector<BreakerEvent> events;
  std::optional<CircuitBreaker> breaker;
  int admitted = 0;
  int refused = 0;
  int inside = 0;
};

class InEveryOrder : public ::testing::Test {
 protected:
  /// Two failures open it, for 5 s, and so many probes find out, with 2 s each.
  static BreakerOptions with_probes(std::size_t probes) {
    return {.window = 1h, .minimum_calls = 2, .probes = probes, .probe_lease = 2s};
  }

  /// What is to hold whatever happened: the events are a way through the states, and the breaker is
  /// not stuck.
  static void expect_sound(World& world) {
    auto state = BreakerState::closed;
    std::uint64_t number = 0;
    for (const auto& event : world.events) {
      EXPECT_EQ(event.number, ++number);
      EXPECT_EQ(event.from, state);
      state = event.to;
    }
    auto& breaker = *world.breaker;
    EXPECT_EQ(breaker.snapshot().state, state);
    EXPECT_EQ(breaker.snapshot().rejected, static_cast<std::uint64_t>(world.refused));
    if (state == BreakerState::forced_open) breaker.reset();
    world.clock.time.advance(1h);
    for (int i = 0; i < 64 && breaker.snapshot().state != BreakerState::closed; ++i) {
      auto permit = breaker.acquire();
      if (permit) permit->finish(Verdict::success);
      world.clock.time.advance(1h);
    }
    EXPECT_EQ(breaker.snapshot().state, BreakerState::closed) << "it is stuck";
  }

  /// Goes through every order of what `threads` do in a world that `prepare` has made ready; `check`
  /// looks at each as it is in the end. Gives how many there were.
  std::size_t explore(const BreakerOptions& options, const std::function<void(World&)>& prepare,
                      const std::vector<std::function<void(World&)>>& threads,
                      const std::function<void(World&)>& check, bool is_fine = true) {
    Interleavings interleavings(threads.size());
    std::optional<World> world;
    return interleavings.explore(
        [&] {
          world.emplace(options, is_fine);
          prepare(*world);
          std::vector<Interleavings::Body> bodies;
          for (const auto& thread : threads) bodies.push_back([&] { thread(*world); });
          return bodies;
        },
        [&](const std::string& order) {
          SCOPED_TRACE(order);
          check(*world);
          expect_sound(*world);
          return !HasFailure();
        });
  }

  /// One call, which takes a step of its own, and of which `most` may be on their way.
  static std::function<void(World&)> call(std::optional<Verdict> verdict, int most = 99) {
    return [=](World& world) {
      auto permit = world.acquire();
      if (!permit) return;
      EXPECT_LE(++world.inside, most);
      Interleavings::pause();
      --world.inside;
      if (verdict) permit->finish(*verdict);
    };
  }
  static void ready_to_probe(World& world) { world.open_and_wait(); }
};

TEST_F(InEveryOrder, TheOrdersOfTwoThreadsAreAllOfThem) {
  Interleavings interleavings(2);
  std::size_t distinct = 0;
  std::string last;
  const auto steps = [](int count) {
    return [count] {
      for (int i = 1; i < count; ++i) Interleavings::pause();
    };
  };
  const auto orders = interleavings.explore(
      [&] {
        return std::vector<Interleavings::Body>{steps(4), steps(3)};
      },
      [&](const std::string& order) {
        distinct += order > last ? 1U : 0U;
        last = order;
        return true;
      });
  EXPECT_EQ(orders, 35U) << "7 over 3";
  EXPECT_EQ(distinct, orders);
}

TEST_F(InEveryOrder, APlaceThatIsTakenWithoutALockIsFoundToBeTakenTwice) {
  Interleavings interleavings(2);
  bool is_taken = false;
  int holders = 0;
  int most = 0;
  const auto take = [&] {
    if (is_taken) return;
    Interleavings::pause();
    is_taken = true;
    most = std::max(most, ++holders);
  };
  interleavings.explore(
      [&] {
        is_taken = false;
        holders = 0;
        return std::vector<Interleavings::Body>{take, take};
      },
      [](const std::string&) { return true; });
  EXPECT_EQ(most, 2);
}

TEST_F(InEveryOrder, OneProbeThatFailsOpensItAgainAndTheOtherIsRefused) {
  const auto orders =
      explore(with_probes(1), ready_to_probe,
              {call(Verdict::failure, 1), call(Verdict::failure, 1)}, [](World& world) {
                EXPECT_EQ(world.admitted, 1);
                EXPECT_EQ(world.refused, 1);
                EXPECT_EQ(world.transitions(BreakerState::half_open, BreakerState::open), 1);
                EXPECT_EQ(world.breaker->snapshot().state, BreakerState::open);
              });
  EXPECT_GE(orders, 100U);
}

TEST_F(InEveryOrder, OneProbeThatSucceedsClosesIt) {
  const auto orders =
      explore(with_probes(1), ready_to_probe, {call(Verdict::success), call(Verdict::success)},
              [](World& world) {
                EXPECT_GE(world.admitted, 1);
                EXPECT_EQ(world.transitions(BreakerState::half_open, BreakerState::closed), 1);
                EXPECT_EQ(world.breaker->snapshot().state, BreakerState::closed);
                EXPECT_EQ(world.breaker->snapshot().tally.calls,
                          static_cast<std::uint64_t>(world.admitted - 1))
                    << "the probe is not in the new window";
              });
  EXPECT_GE(orders, 100U);
}

TEST_F(InEveryOrder, ThreeThreadsSendNoMoreThanTwoProbes) {
  for (std::size_t round = 0; round < rounds(1, 2); ++round) {
    auto options = with_probes(2);
    options.decide_early = round == 0;
    const auto orders = explore(
        options, ready_to_probe,
        {call(Verdict::failure, 2), call(Verdict::failure, 2), call(Verdict::failure, 2)},
        [](World& world) {
          EXPECT_LE(world.admitted, 2);
          EXPECT_EQ(world.transitions(BreakerState::half_open, BreakerState::open), 1);
        },
        false);
    EXPECT_GE(orders, 1000U);
  }
}

TEST_F(InEveryOrder, ADroppedProbeGivesItsPlaceToOneOfTheOthers) {
  const auto orders = explore(
      with_probes(1), ready_to_probe,
      {call(std::nullopt, 1), call(std::nullopt, 1), call(std::nullopt, 1)},
      [](World& world) {
        EXPECT_EQ(world.breaker->snapshot().state, BreakerState::half_open);
        EXPECT_EQ(world.breaker->snapshot().ignored, static_cast<std::uint64_t>(world.admitted));
      },
      false);
  EXPECT_GE(orders, 1000U);
}

TEST_F(InEveryOrder, AVerdictOfAnEarlierPeriodDecidesNothing) {
  for (const auto verdict : {Verdict::success, Verdict::failure}) {
    std::optional<CircuitBreaker::Permit> stale;
    Verdict probe_said{};
    const auto probe = [&](Verdict says) {
      return [&, says](World& world) {
        auto permit = world.acquire();
        if (!permit) return;
        if (world.admitted == 1) probe_said = says;
        permit->finish(says);
      };
    };
    const auto orders = explore(
        with_probes(1),
        [&](World& world) {
          stale = world.breaker->acquire().value();
          world.open_and_wait();
        },
        {[&](World&) { stale->finish(verdict); }, probe(Verdict::success), probe(Verdict::failure)},
        [&](World& world) {
          const auto seen = world.breaker->snapshot();
          EXPECT_EQ(seen.late, 1U);
          EXPECT_EQ(seen.state,
                    probe_said == Verdict::success ? BreakerState::closed : BreakerState::open);
        },
        false);
    EXPECT_GE(orders, 50U);
  }
}

TEST_F(InEveryOrder, ADroppedPermitOfAnEarlierPeriodGivesNoPlaceBack) {
  std::optional<CircuitBreaker::Permit> stale;
  const auto orders = explore(
      with_probes(1),
      [&](World& world) {
        stale = world.breaker->acquire().value();
        world.open_and_wait();
      },
      {[&](World&) { stale.reset(); }, call(std::nullopt, 1), call(std::nullopt, 1)},
      [](World& world) {
        EXPECT_EQ(world.breaker->snapshot().late, 0U);
        EXPECT_EQ(world.breaker->snapshot().ignored, static_cast<std::uint64_t>(world.admitted));
      },
      false);
  EXPECT_GE(orders, 50U);
}

TEST_F(InEveryOrder, ItIsOpenedOnceByAllWhoseCallsHaveFailed) {
  std::vector<CircuitBreaker::Permit> permits;
  const auto fail = [&](std::size_t which) {
    return [&, which](World&) { permits[which].finish(Verdict::failure); };
  };
  for (const std::size_t count_window : {0U, 3U}) {
    auto options = with_probes(1);
    options.count_window = count_window;
    const auto orders = explore(
        options,
        [&](World& world) {
          permits.clear();
          for (int i = 0; i < 3; ++i) permits.push_back(world.breaker->acquire().value());
        },
        {fail(0), fail(1), fail(2)},
        [](World& world) {
          EXPECT_EQ(world.transitions(BreakerState::closed, BreakerState::open), 1);
          EXPECT_EQ(world.events.size(), 1U);
          EXPECT_LE(world.breaker->snapshot().late, 1U);
          EXPECT_EQ(world.breaker->snapshot().retry_after, 5s) << "it is not open for longer";
        });
    EXPECT_GE(orders, 1000U);
  }
}

TEST_F(InEveryOrder, AProbeThatWasGivenUpClosesNothing) {
  const auto orders = explore(
      with_probes(1), ready_to_probe,
      {call(Verdict::success), [](World& world) { world.clock.time.advance(2s); },
       call(Verdict::failure)},
      [](World& world) {
        const auto closed = world.transitions(BreakerState::half_open, BreakerState::closed);
        EXPECT_LE(world.lost(), 1);
        EXPECT_LE(closed + world.transitions(BreakerState::half_open, BreakerState::open), 1);
        EXPECT_TRUE(world.lost() == 0 || closed == 0);
      },
      rounds(0, 1) > 0);
  EXPECT_GE(orders, rounds(400, 1000));
}

TEST_F(InEveryOrder, WhatAHumanSaysHolds) {
  const auto orders = explore(
      with_probes(1), ready_to_probe,
      {[](World& world) { world.breaker->force_open(); }, call(Verdict::success),
       call(Verdict::failure)},
      [](World& world) {
        EXPECT_EQ(world.breaker->snapshot().state, BreakerState::forced_open);
        EXPECT_EQ(world.events.back().to, BreakerState::forced_open);
      },
      false);
  EXPECT_GE(orders, 100U);
}

TEST_F(InEveryOrder, AResetLeavesNothingOfWhatWas) {
  const auto orders = explore(
      with_probes(1), ready_to_probe,
      {[](World& world) { world.breaker->reset(); }, call(Verdict::failure)}, [](World& world) {
        const auto seen = world.breaker->snapshot();
        EXPECT_TRUE(seen.state == BreakerState::closed || seen.state == BreakerState::open);
        EXPECT_LE(seen.tally.calls, 1U);
      });
  EXPECT_GE(orders, 20U);
}

TEST_F(InEveryOrder, TurningItOffAndOnAgainCountsNothingTwice) {
  const auto orders = explore(
      with_probes(2), [](World&) {},
      {[](World& world) {
         world.breaker->disable();
         world.breaker->reset();
       },
       call(Verdict::failure), call(Verdict::failure)},
      [](World& world) {
        const auto seen = world.breaker->snapshot();
        EXPECT_EQ(world.admitted + world.refused, 2);
        EXPECT_LE(seen.tally.calls + seen.late, 2U);
      },
      false);
  EXPECT_GE(orders, 500U);
}

}  // namespace
}  // namespace exhibition::tests
