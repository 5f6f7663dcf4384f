/// What it costs to cancel a reservation on an SQLite file: one by one, and with 64 on their way at
/// once. The floor writes the same rows with SQLite's C API, one or 64 in a transaction.

#include "floor/cancel.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/crowd.hpp"
#include "support/event_loop.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr std::size_t at_once[] = {1, 64};

struct Variant {
  std::size_t in_flight;
  bool is_floor;
};

struct Figures {
  double per_second = 0;
};

/// Has `run()` cancel that many reservations.
template <class Run>
Figures measure_run(std::size_t number, Run run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(number) / took.count()};
}

Figures measure_ours(const Museum& museum, const std::vector<std::int64_t>& reservations,
                     std::size_t in_flight) {
  Loop loop;
  auto engine = museum.open(std::make_unique<LoopExecutor>(loop));
  return measure_run(reservations.size(), [&] {
    if (in_flight == 1) {
      for (const auto id : reservations) engine.bookings().cancel(ReservationId{id}).value();
      return;
    }
    InFlight visitors(reservations.size(), [&](std::size_t number, auto done) {
      engine.bookings().cancel_async(ReservationId{reservations[number]},
                                     [done](const Result<Reservation>& answer) {
                                       answer.value();
                                       done();
                                     });
    });
    visitors.run(loop, in_flight);
  });
}

Figures measure_floor(const Museum& museum, const std::vector<std::int64_t>& reservations,
                      std::size_t batch) {
  floor::Cancelling cancelling(museum.file);
  return measure_run(reservations.size(), [&] {
    for (std::size_t done = 0; done < reservations.size(); done += batch) {
      cancelling.begin();
      for (std::size_t i = 0; i < batch; ++i) {
        if (!cancelling.cancel_in_batch(reservations[done + i])) {
          throw std::runtime_error("a reservation was not confirmed");
        }
      }
      cancelling.commit();
    }
  });
}

/// One by one takes so long that a quarter of it is enough.
std::size_t share_of(const Variant& variant, std::size_t amount) {
  const auto wanted = variant.in_flight == 1 ? amount / 4 : amount;
  return std::max<std::size_t>(wanted / variant.in_flight, 1) * variant.in_flight;
}

std::vector<std::int64_t> ids_of(Engine& engine) {
  std::vector<std::int64_t> ids;
  PageRequest<ReservationId> request{.limit = 1000};
  do {
    const auto page = engine.bookings().list({}, request).value();
    for (const auto& each : page) ids.push_back(each.id.value());
    request.after = page.next;
  } while (request.after);
  return ids;
}

Figures measure(const Variant& variant, std::size_t amount) {
  const auto number = share_of(variant, amount);
  const Museum museum;
  std::vector<std::int64_t> reservations;
  {
    auto engine = museum.open();
    take_reservations(engine, museum.session, number, number);
    reservations = ids_of(engine);
  }
  const auto figures =
      (variant.is_floor ? measure_floor : measure_ours)(museum, reservations, variant.in_flight);
  museum.check(number, number);
  return figures;
}

Report report(const Options& options) {
  std::vector<Variant> variants;
  for (const auto in_flight : at_once) {
    variants.push_back({in_flight, false});
    variants.push_back({in_flight, true});
  }
  const auto measured = interleave("cancel", options.rounds, variants, [&](const Variant& variant) {
    return measure(variant, options.amount);
  });
  Report report;
  report.compare("cancel, 1 caller / raw", "/s", measured[0], measured[1], &Figures::per_second);
  report.compare("cancel, 64 in flight / raw in batches of 64", "/s", measured[2], measured[3],
                 &Figures::per_second);
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "cancel",
              .about = "How many reservations are cancelled in a second on an SQLite file, one by "
                       "one and with 64 on their\nway at once, beside the same with SQLite's C API."
                       "\n\nThe files are made in TMPDIR, or else in /tmp; it should be on a disk.",
              .unit = "reservations",
              .amount = 10240,
              .measure = report},
             argc, argv);
}
