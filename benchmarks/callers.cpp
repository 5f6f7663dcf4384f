/// What callers get who reserve at once on an SQLite file, and how long the unluckiest of them waits.
/// The floor writes the same rows with SQLite's C API, behind a mutex.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "floor/reserve.hpp"
#include "support/cpu.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

/// What is asked of so many callers.
struct Claim {
  std::size_t callers;
  double least_ratio;       ///< 0 asks for nothing
  double most_wait_ms = 0;  ///< likewise
};
constexpr Claim claims[] = {{1, 0.90}, {8, 2.5}, {64, 5, 60}, {256, 0}};
constexpr double most_cpu_us = 6;

enum class Who { ours, in_background, floor };

struct Variant {
  std::size_t callers;
  Who who;
};

struct Figures {
  double per_second = 0;
  double worst_ms = 0;  ///< of one call
  double cpu_us = 0;    ///< of one reserve, all threads together
};

/// Has `callers` threads call `reserve(member)` without a pause, `bookings` times in all.
Figures measure_callers(std::size_t callers, std::size_t bookings,
                        const std::function<void(const std::string&)>& reserve) {
  using Clock = std::chrono::steady_clock;
  std::atomic<std::size_t> ready = 0;
  std::atomic<bool> begun = false;
  std::vector<Clock::duration> worst(callers);
  std::vector<std::thread> threads;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      const auto member = "member-" + std::to_string(caller);
      ++ready;
      begun.wait(false);
      const auto share = bookings / callers;
      for (std::size_t i = 0; i < share; ++i) {
        const auto came = Clock::now();
        reserve(member);
        worst[caller] = std::max(worst[caller], Clock::now() - came);
      }
    });
  }
  while (ready < callers) std::this_thread::yield();
  const auto cpu = cpu_time();
  const auto start = Clock::now();
  begun = true;
  begun.notify_all();
  for (auto& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - start;
  const std::chrono::duration<double, std::micro> used = cpu_time() - cpu;
  const auto number = static_cast<double>(bookings);
  const std::chrono::duration<double, std::milli> longest =
      *std::max_element(worst.begin(), worst.end());
  return {number / took.count(), longest.count(), used.count() / number};
}

Figures measure_ours(const Museum& museum, const Variant& variant, std::size_t bookings) {
  auto engine = museum.open(std::make_unique<ThreadExecutor>(),
                            {.background_checkpoints = variant.who == Who::in_background});
  return measure_callers(variant.callers, bookings, [&](const std::string& member) {
    engine.bookings().reserve({.session = museum.session, .member = member}).value();
  });
}

Figures measure_floor(const Museum& museum, const Variant& variant, std::size_t bookings) {
  floor::Reserving reserving(museum.file, museum.session.value(), 1);
  std::mutex mutex;
  return measure_callers(variant.callers, bookings, [&](const std::string& member) {
    const std::lock_guard turn(mutex);
    if (!reserving.reserve(member)) throw std::runtime_error("the floor has sold out");
  });
}

Figures measure(const Variant& variant, std::size_t amount) {
  const auto bookings = std::max<std::size_t>(amount / variant.callers, 1) * variant.callers;
  const Museum museum;
  const bool is_floor = variant.who == Who::floor;
  const auto figures = (is_floor ? measure_floor : measure_ours)(museum, variant, bookings);
  museum.check(bookings);
  return figures;
}

Report report(const Options& options) {
  std::vector<Variant> variants;
  for (const auto& claim : claims) {
    for (const auto who : {Who::ours, Who::in_background, Who::floor}) {
      variants.push_back({claim.callers, who});
    }
  }
  const auto measured =
      interleave("callers", options.rounds, variants,
                 [&](const Variant& variant) { return measure(variant, options.amount); });

  Report report;
  for (std::size_t at = 0; at < std::size(claims); ++at) {
    const auto& [callers, least_ratio, most_wait_ms] = claims[at];
    const auto& ours = measured[3 * at];
    const auto& in_background = measured[3 * at + 1];
    const auto& floor = measured[3 * at + 2];
    const auto who =
        "reserve, " + std::to_string(callers) + (callers == 1 ? " caller" : " callers");
    const auto raw = callers == 1 ? " / raw" : " / raw behind a mutex";
    report.compare(who + raw, "/s", ours, floor, &Figures::per_second, least_ratio);
    report.compare(who + ", checkpoints in the background" + raw, "/s", in_background, floor,
                   &Figures::per_second);
    report.limit(who + ": the longest wait of one", "ms", ours.median(&Figures::worst_ms),
                 most_wait_ms);
    report.limit(who + ": CPU time beyond the raw one's", "us",
                 ours.median_difference(&Figures::cpu_us, floor), most_cpu_us);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "callers",
       .about = "What 1, 8, 64 and 256 callers get who reserve at once on an SQLite file, beside "
                "the same rows written\nwith SQLite's C API behind a mutex.\n\n"
                "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
       .unit = "bookings",
       .amount = 6400,
       .measure = report},
      argc, argv);
}
