/// What a circuit breaker adds to a call that it lets through, alone and with another thread beside
/// it, and what a refusal costs. The floor is the clock, which has to be read anyway.

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <exhibition/resilience/circuit_breaker.hpp>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/program.hpp"
#include "support/rival_breakers.hpp"
#include "support/rounds.hpp"

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

Report report(const Options& options) {
  const auto all = variants();
  const Measured measured = interleave("breaker", options.rounds, all, [&](const Variant& variant) {
    return Cost{nanoseconds(variant, 1, options.amount), nanoseconds(variant, 2, options.amount)};
  });

  Report report;
  for (std::size_t at = 0; at < all.size(); ++at) {
    report.limit(all[at].name, "ns", measured[at].median(&Cost::alone));
    report.limit(all[at].name + ": beside another thread / alone", "",
                 median(ratios(measured[at])));
  }
  report.limit("a call that it lets through: beyond two readings of the clock", "ns",
               measured[Row::closed].median_difference(&Cost::alone, measured[Row::two_readings]),
               most_added_ns);
  report.limit("a call that it refuses: beyond one reading of the clock", "ns",
               measured[Row::refusal].median_difference(&Cost::alone, measured[Row::one_reading]),
               most_added_by_no_ns);
  // No round is worth a claim in which the machine gave two threads less than one.
  const auto fair = fair_ratios(measured);
  const double with_two = fair.empty() ? std::numeric_limits<double>::infinity() : median(fair);
  report.limit("a call that it lets through: beside another thread / alone, in " +
                   std::to_string(fair.size()) + " rounds that were fair",
               "", with_two, most_with_two);
  return report;
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
       .measure = report},
      argc, argv);
}
