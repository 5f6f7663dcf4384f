/// What a circuit breaker adds to a call that it lets through, alone and with another thread beside
/// it, and what a refusal costs. The floor is the clock, which has to be read anyway.

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <exhibition/resilience/circuit_breaker.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/program.hpp"
#include "support/rival_breakers.hpp"
#include "support/rounds.hpp"
#include "support/table.hpp"

namespace exhibition::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr double most_added_ns = 15;       // by a call that is let through, to two readings
constexpr double most_added_by_no_ns = 5;  // by one that is refused, to one
constexpr double most_with_two = 1.25;     // times a call with no other thread
constexpr double most_of_control = 1.10;   // in a round that counts

/// Keeps the compiler from leaving out what made the value.
template <class T>
void use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Nanoseconds of one call, with one thread and with two.
struct Cost {
  double alone = 0;
  double beside = 0;
};

using Calls = std::function<void(std::size_t calls)>;  // makes so many

struct Variant {
  std::string name;
  std::function<Calls()> make;  ///< with what is called, new
};

/// The quickest of five runs: what else the machine does makes them slower, never quicker.
double nanoseconds(const Variant& variant, std::size_t threads, std::size_t calls) {
  using Clock = std::chrono::steady_clock;
  const auto each = variant.make();
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    Clock::time_point begin;
    std::barrier begins(static_cast<std::ptrdiff_t>(threads),
                        [&]() noexcept { begin = Clock::now(); });
    std::vector<std::jthread> others;
    const auto work = [&] {
      begins.arrive_and_wait();
      each(calls);
    };
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    others.clear();
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    const double one = took.count() / static_cast<double>(calls);
    best = run == 0 ? one : std::min(best, one);
  }
  return best;
}

/// `call` again and again. Inlined into the loop, as it is where it is used.
template <class Call>
Calls repeat(Call call) {
  return [call](std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) call();
  };
}

Calls read_clock(int times) {
  return repeat([times] {
    for (int i = 0; i < times; ++i) use(std::chrono::steady_clock::now());
  });
}

Calls striped_add() {
  return repeat([count = std::make_shared<StripedCount>()] {
    use(std::chrono::steady_clock::now());
    use(std::chrono::steady_clock::now());
    count->add();
  });
}

Calls ours(const BreakerOptions& options, Verdict verdict = Verdict::success) {
  return repeat([breaker = std::make_shared<CircuitBreaker>("remote", options), verdict] {
    breaker->acquire()->finish(verdict);
  });
}

Calls refused() {
  auto breaker =
      std::make_shared<CircuitBreaker>("remote", BreakerOptions{.open_for = 1h, .open_cap = 1h});
  for (int i = 0; i < 20; ++i) breaker->acquire()->finish(Verdict::failure);
  if (breaker->acquire()) throw std::logic_error("a breaker that should be open is not");
  return repeat([breaker] { use(breaker->acquire()); });
}

template <class Rival>
Calls rival() {
  return repeat([breaker = std::make_shared<Rival>()] {
    if (const auto start = breaker->acquire()) breaker->finish(*start, false);
  });
}

/// The variants, in the order in which they are shown.
struct Row {
  enum { one_reading, two_readings, control, closed, untimed, counted, refusal, mutex, shared };
};

std::vector<Variant> variants() {
  const BreakerOptions usual{.slow_after = 1s};
  const BreakerOptions last_calls{.slow_after = 1s, .count_window = 100};
  return {
      {"one reading of the clock", [] { return read_clock(1); }},
      {"two readings of the clock", [] { return read_clock(2); }},
      {"two, and a striped add", striped_add},
      {"a call that it lets through", [=] { return ours(usual); }},
      {"the same, when none is slow", [] { return ours({}); }},
      {"the same, of the last 100", [=] { return ours(last_calls); }},
      {"a call that it refuses", refused},
      {"one with a mutex and a ring", rival<MutexBreaker>},
      {"one with shared counters", rival<SharedCounterBreaker>},
  };
}

using Measured = std::vector<Series<Cost>>;

/// The median, over the rounds, of how much more one costs than the other.
double added(const Measured& measured, std::size_t to, std::size_t by) {
  const auto alone = [](const Cost& cost) { return cost.alone; };
  auto costs = measured[by].figures(alone);
  const auto floor = measured[to].figures(alone);
  for (std::size_t round = 0; round < costs.size(); ++round) costs[round] -= floor[round];
  return median(costs);
}

std::vector<double> ratios(const Series<Cost>& series) {
  return series.figures([](const Cost& cost) { return cost.beside / cost.alone; });
}

/// Of a call that is let through, over the rounds in which the machine gave two threads as much as
/// one: then the control takes hardly longer.
std::vector<double> fair_ratios(const Measured& measured) {
  const auto of_control = ratios(measured[Row::control]);
  const auto of_closed = ratios(measured[Row::closed]);
  std::vector<double> fair;
  for (std::size_t round = 0; round < of_control.size(); ++round) {
    if (of_control[round] <= most_of_control) fair.push_back(of_closed[round]);
  }
  return fair;
}

struct Claim {
  std::string what;
  double is = 0;
  double at_most = 0;
};

bool holds(const Options& options) {
  const auto all = variants();
  const Measured measured = interleave("breaker", options.rounds, all, [&](const Variant& variant) {
    return Cost{nanoseconds(variant, 1, options.amount), nanoseconds(variant, 2, options.amount)};
  });

  Table costs({"one call", "ns", "with another thread", "ratio"});
  for (std::size_t at = 0; at < all.size(); ++at) {
    costs.add({all[at].name, fixed(measured[at].median(&Cost::alone), 1),
               fixed(measured[at].median(&Cost::beside), 1),
               fixed(median(ratios(measured[at])), 2)});
  }
  std::cout << "breaker: medians of " << options.rounds << " rounds of " << options.amount
            << " calls each\n\n"
            << costs << '\n';

  const auto fair = fair_ratios(measured);
  std::vector<Claim> claims{
      {"ns added to two readings of the clock", added(measured, Row::two_readings, Row::closed),
       most_added_ns},
      {"ns that a refusal adds to one", added(measured, Row::one_reading, Row::refusal),
       most_added_by_no_ns},
  };
  if (!fair.empty()) claims.push_back({"times, with another thread", median(fair), most_with_two});
  bool all_hold = !fair.empty();
  Table table({"claim", "is", "at most", "holds"});
  for (const auto& [what, is, at_most] : claims) {
    const bool holds = std::round(is * 100) / 100 <= at_most;  // as it is shown
    table.add({what, fixed(is, 2), fixed(at_most, 2), holds ? "yes" : "no"});
    all_hold = all_hold && holds;
  }
  std::cout << table << "\nWith another thread: of the " << fair.size()
            << " rounds in which the control took at most " << fixed(most_of_control, 2)
            << " times as long.\n";
  return all_hold;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "breaker",
       .about = "What a circuit breaker adds to a call, in nanoseconds beside readings of the "
                "clock, and beside\nbreakers as they are usually written.",
       .unit = "calls",
       .amount = 200'000,
       .holds = holds},
      argc, argv);
}
