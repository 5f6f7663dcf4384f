/// What one thread gets that has many reservations on their way at once and waits for none of them, on
/// an SQLite file. The floor writes the same rows with SQLite's C API, as many in one transaction.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "floor/reserve.hpp"
#include "support/cpu.hpp"
#include "support/event_loop.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

/// What is asked of so many reservations on their way.
struct Claim {
  std::size_t in_flight;
  double least_of_batch = 0;  ///< beside a bare loop of such batches; 0 asks for nothing
  double least_of_one = 0;    ///< beside one reservation at a time; likewise
};
constexpr Claim claims[] = {{64, 0.70, 0}, {256, 0, 0}, {1024, 0, 9}};
constexpr double most_cpu_us = 6;

struct Variant {
  std::size_t in_flight;  ///< of the floor: in one transaction
  bool is_floor;
};

struct Figures {
  double per_second = 0;
  double cpu_us = 0;  ///< of one reserve, all threads together
};

/// Has `run()` take that many bookings.
template <class Run>
Figures measure_run(std::size_t bookings, Run run) {
  const auto cpu = cpu_time();
  const auto start = std::chrono::steady_clock::now();
  run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const std::chrono::duration<double, std::micro> used = cpu_time() - cpu;
  const auto number = static_cast<double>(bookings);
  return {number / took.count(), used.count() / number};
}

Figures measure_ours(const Museum& museum, std::size_t in_flight, std::size_t bookings) {
  Loop loop;
  auto engine = museum.open(std::make_unique<LoopExecutor>(loop));
  const ReserveRequest request{.session = museum.session, .member = "member-1"};
  return measure_run(bookings, [&] {
    InFlight visitors(bookings, [&](std::size_t, auto done) {
      engine.bookings().reserve_async(request, [done](const Result<Reserved>& answer) {
        answer.value();
        done();
      });
    });
    visitors.run(loop, in_flight);
  });
}

Figures measure_floor(const Museum& museum, std::size_t batch, std::size_t bookings) {
  floor::Reserving reserving(museum.file, museum.session.value(), 1);
  return measure_run(bookings, [&] {
    for (std::size_t done = 0; done < bookings; done += batch) {
      reserving.begin();
      for (std::size_t i = 0; i < batch; ++i) {
        if (!reserving.reserve_in_batch("member-1")) throw std::runtime_error("sold out");
      }
      reserving.commit();
    }
  });
}

/// One at a time takes so long that a tenth of it is enough.
std::size_t share_of(const Variant& variant, std::size_t amount) {
  const auto wanted = variant.in_flight == 1 ? amount / 10 : amount;
  return std::max<std::size_t>(wanted / variant.in_flight, 1) * variant.in_flight;
}

Figures measure(const Variant& variant, std::size_t amount) {
  const auto bookings = share_of(variant, amount);
  const Museum museum;
  const auto figures =
      (variant.is_floor ? measure_floor : measure_ours)(museum, variant.in_flight, bookings);
  museum.check(bookings);
  return figures;
}

Report report(const Options& options) {
  std::vector<Variant> variants = {{1, true}};
  for (const auto& claim : claims) {
    variants.push_back({claim.in_flight, false});
    variants.push_back({claim.in_flight, true});
  }
  const auto measured =
      interleave("in_flight", options.rounds, variants,
                 [&](const Variant& variant) { return measure(variant, options.amount); });

  Report report;
  for (std::size_t at = 0; at < std::size(claims); ++at) {
    const auto& claim = claims[at];
    const auto& ours = measured[1 + 2 * at];
    const auto& batch = measured[2 + 2 * at];
    const auto number = std::to_string(claim.in_flight);
    const auto what = "reserve, " + number + " in flight";
    report.compare(what + " / raw in batches of " + number, "/s", ours, batch, &Figures::per_second,
                   claim.least_of_batch);
    report.compare(what + " / raw one by one", "/s", ours, measured[0], &Figures::per_second,
                   claim.least_of_one);
    report.limit(what + ": CPU time beyond the batches'", "us",
                 ours.median_difference(&Figures::cpu_us, batch), most_cpu_us);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "in_flight",
       .about = "What one thread gets that has 64, 256 and 1024 reservations on their way at "
                "once on an SQLite file,\nbeside the same rows written with SQLite's C API: in "
                "transactions of as many, and one by one.\n\n"
                "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
       .unit = "bookings",
       .amount = 20480,
       .measure = report},
      argc, argv);
}
