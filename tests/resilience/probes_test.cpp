// The probes of a half-open breaker: every sequence of what can happen to them, up to a length, is
// gone through and compared with what the words of the state table come to.

#include "exhibition/resilience/probes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/effort.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;
using Decision = Probes::Decision;

constexpr Outcome outcomes[] = {{false, false}, {true, false}, {false, true}, {true, true}};

/// A probe as its caller knows it.
struct Known {
  enum class Where { on_its_way, back, lost };
  Probes::Ticket ticket;
  Moment lease_ends;
  Where where = Where::on_its_way;
};

/// What the probes are, and what is known of them from outside.
struct World {
  Probes probes;
  Moment now = {};
  std::vector<Known> known = {};
  Tally judged = {};

  [[nodiscard]] std::uint64_t on_their_way() const {
    std::uint64_t count = 0;
    for (const auto& each : known) count += each.where == Known::Where::on_its_way ? 1U : 0U;
    return count;
  }
};

class EverySequence {
 public:
  explicit EverySequence(BreakerOptions options) : options_(std::move(options)) {}

  std::size_t go(std::size_t length) {
    World world{Probes(options_)};
    world.probes.start_anew();
    visit(world, length);
    return visited_;
  }

 private:
  /// What can be said of the rest of them, whatever it will be.
  [[nodiscard]] Decision decision_of(const Tally& judged) const {
    const std::uint64_t rest = options_.probes - judged.calls;
    if (!options_.decide_early && rest > 0) return Decision::undecided;
    bool may_open = false;
    bool may_close = false;
    const auto share = [&](std::uint64_t bad) {
      return 100.0 * static_cast<double>(bad) / static_cast<double>(options_.probes);
    };
    for (std::uint64_t failures = 0; failures <= rest; ++failures) {
      for (std::uint64_t slow = 0; slow <= rest; ++slow) {
        const bool opens = share(judged.failures + failures) >= options_.failure_rate ||
                           share(judged.slow + slow) >= options_.slow_rate;
        (opens ? may_open : may_close) = true;
      }
    }
    if (may_open && may_close) return Decision::undecided;
    return may_open ? Decision::open : Decision::close;
  }

  void check(const World& world) const {
    ASSERT_LE(world.on_their_way() + world.judged.calls, options_.probes);
    ASSERT_EQ(world.probes.judged(), world.judged);
    ASSERT_EQ(world.probes.is_full(), world.on_their_way() + world.judged.calls == options_.probes);
    ASSERT_EQ(world.probes.decision(), decision_of(world.judged));
    World after = world;
    after.probes.expire(world.now + 1h);
    ASSERT_TRUE(!after.probes.is_full() || after.probes.decision() != Decision::undecided)
        << "stuck";
  }

  void visit(const World& world, std::size_t left) {
    if (::testing::Test::HasFatalFailure()) return;
    ++visited_;
    check(world);
    if (left == 0 || world.probes.decision() != Decision::undecided) return;
    admit(world, left);
    wait(world, left);
    for (std::size_t i = 0; i < world.known.size(); ++i) {
      for (const auto& outcome : outcomes) finish(world, i, outcome, left);
      give_back(world, i, left);
    }
  }

  void admit(World world, std::size_t left) {
    const bool is_full = world.probes.is_full();
    const auto ticket = world.probes.admit(world.now);
    ASSERT_EQ(ticket.has_value(), !is_full);
    if (!ticket) return;
    for (const auto& each : world.known) {
      ASSERT_TRUE(each.ticket.place != ticket->place || each.ticket.holder != ticket->holder);
    }
    world.known.push_back({*ticket, world.now + options_.probe_lease});
    visit(world, left - 1);
  }

  /// Half a lease passes, and somebody looks.
  void wait(World world, std::size_t left) {
    if (world.on_their_way() == 0) return;
    world.now += options_.probe_lease / 2;
    std::size_t lost = 0;
    for (auto& each : world.known) {
      if (each.where != Known::Where::on_its_way || world.now < each.lease_ends) continue;
      each.where = Known::Where::lost;
      world.judged += {.calls = 1, .failures = 1};
      ++lost;
    }
    ASSERT_EQ(world.probes.expire(world.now), lost);
    visit(world, left - 1);
  }

  void finish(World world, std::size_t i, Outcome outcome, std::size_t left) {
    auto& probe = world.known[i];
    const bool counts = probe.where == Known::Where::on_its_way;
    ASSERT_EQ(world.probes.finish(probe.ticket, outcome), counts);
    if (!counts) return check(world);
    probe.where = Known::Where::back;
    world.judged += {1, outcome.is_failure ? 1U : 0U, outcome.is_slow ? 1U : 0U};
    visit(world, left - 1);
  }

  void give_back(World world, std::size_t i, std::size_t left) {
    auto& probe = world.known[i];
    const bool counts = probe.where == Known::Where::on_its_way;
    ASSERT_EQ(world.probes.give_back(probe.ticket), counts);
    if (!counts) return check(world);
    probe.where = Known::Where::back;
    visit(world, left - 1);
  }

  BreakerOptions options_;
  std::size_t visited_ = 0;
};

TEST(Probes, AreNeverTooManyNeverStuckAndJudgedAsTheStateTableSays) {
  for (const std::size_t probes : {1U, 2U, 3U}) {
    for (const double rate : {1.0, 50.0, 60.0, 100.0}) {
      for (const bool early : {true, false}) {
        SCOPED_TRACE(std::to_string(probes) + " probes, " + std::to_string(rate) + " %");
        EverySequence every({.failure_rate = rate,
                             .slow_rate = 50,
                             .slow_after = 1s,
                             .probes = probes,
                             .decide_early = early,
                             .probe_lease = 2s});
        EXPECT_GT(every.go(rounds(7, 8)), 10U);
        ASSERT_FALSE(::testing::Test::HasFatalFailure());
      }
    }
  }
}

TEST(Probes, HaveNoSlowOnesWhereNoneIsSlow) {
  Probes probes({.slow_rate = 1, .probes = 2});
  probes.start_anew();
  const auto one = probes.admit(Moment{});
  ASSERT_TRUE(one);
  probes.finish(*one, {});
  EXPECT_EQ(probes.decision(), Decision::undecided) << "the other one may fail";
  const auto two = probes.admit(Moment{});
  ASSERT_TRUE(two);
  probes.finish(*two, {});
  EXPECT_EQ(probes.decision(), Decision::close);
}

}  // namespace
}  // namespace exhibition::tests
