/// What changes when the booking file grows: opening it, reserving, and reading, with a thousand
/// reservations in it and with a hundred times as many, and again, up to as many as are asked for. The
/// floor is the file with a thousand.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <iostream>
#include <map>
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

using Clock = std::chrono::steady_clock;

constexpr double least_ratio = 0.8;
constexpr double most_opening_ms = 50;
constexpr std::size_t least = 1000;   // reservations
constexpr std::size_t growing = 100;  // times as many
constexpr std::size_t visits = 5;     // of each member
constexpr std::size_t one_by_one = 500, together = 4096, reads = 2000, warming = 200;

struct Figures {
  double opening_ms = 0;
  double one = 0;  ///< a second, as all that follow
  double in_flight = 0;
  double availability = 0;
  double my_page = 0;
};

template <class Run>
double per_second(std::size_t number, Run run) {
  const auto start = Clock::now();
  run();
  const std::chrono::duration<double> took = Clock::now() - start;
  return static_cast<double>(number) / took.count();
}

/// A museum that has so many reservations, each member a few of them, and whose followers are done.
class Grown {
 public:
  explicit Grown(std::size_t reservations) : members_(reservations / visits), sold_(reservations) {
    auto engine = museum_.open();
    take_reservations(engine, museum_.session, reservations, members_);
    let_follow(engine);
  }

  Figures measure() {
    ::sync();  // who is measured is not to wait for what the system has yet to write of the rest
    Loop loop;
    Figures figures;
    const auto start = Clock::now();
    auto engine = museum_.open(std::make_unique<LoopExecutor>(loop));
    const std::chrono::duration<double, std::milli> took = Clock::now() - start;
    figures.opening_ms = took.count();
    warm_up(engine);
    figures.availability = per_second(reads, [&] {
      for (std::size_t i = 0; i < reads; ++i) {
        engine.bookings().availability(museum_.session).value();
      }
    });
    figures.my_page = per_second(reads, [&] {
      for (std::size_t i = 0; i < reads; ++i) read_page(engine, i * spread % members_);
    });
    figures.one = per_second(one_by_one, [&] {
      for (std::size_t i = 0; i < one_by_one; ++i) engine.bookings().reserve(request(i)).value();
    });
    figures.in_flight = per_second(together, [&] {
      InFlight visitors(together, [&](std::size_t number, auto done) {
        engine.bookings().reserve_async(request(number), [done](const Result<Reserved>& answer) {
          answer.value();
          done();
        });
      });
      visitors.run(loop, 64);
    });
    sold_ += warming + one_by_one + together;
    return figures;
  }

  /// Errors: std::runtime_error when something else was sold than was asked for.
  void check() const {
    auto engine = museum_.open();
    let_follow(engine);
    const auto seen = engine.bookings().availability(museum_.session).value();
    if (seen.in_force != static_cast<std::int64_t>(sold_)) {
      throw std::runtime_error("other places are taken than were sold");
    }
    if (!engine.audit().value().empty()) throw std::runtime_error("the audit found differences");
  }

 private:
  static constexpr std::size_t spread = 7919;  ///< a prime: no two reads are neighbours

  void warm_up(Engine& engine) const {
    for (std::size_t i = 0; i < warming; ++i) {
      read_page(engine, i * spread % members_);
      engine.bookings().reserve(request(i)).value();
    }
  }
  [[nodiscard]] ReserveRequest request(std::size_t number) const {
    return {.session = museum_.session, .member = member(number * spread % members_)};
  }
  static void read_page(Engine& engine, std::size_t number) {
    if (engine.my_page().of(member(number)).value().items.size() < visits) {
      throw std::runtime_error("a page has not what it should have");
    }
  }

  Museum museum_;
  std::size_t members_;
  std::size_t sold_;
};

/// A small file grows too much while it is measured: each time it is a copy.
Figures measure_grown(std::size_t reservations, Grown& grown) {
  if (reservations > least * growing) return grown.measure();
  auto copy = grown;
  const auto figures = copy.measure();
  copy.check();
  return figures;
}

std::vector<std::size_t> sizes_up_to(std::size_t most) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = least; size < most; size *= growing) sizes.push_back(size);
  sizes.push_back(std::max(most, least));
  return sizes;
}

Report report(const Options& options) {
  const auto sizes = sizes_up_to(options.amount);
  std::map<std::size_t, Grown> all;
  for (const auto size : sizes) {
    std::cerr << "growth: makes " << size << " reservations\n";
    all.try_emplace(size, size);
  }
  const auto measured = interleave("growth", options.rounds, sizes, [&](std::size_t reservations) {
    return measure_grown(reservations, all.at(reservations));
  });
  for (const auto& [reservations, grown] : all) grown.check();

  Report report;
  const auto& floor = measured.front();
  for (std::size_t at = 0; at < sizes.size(); ++at) {
    const auto with = " with " + std::to_string(sizes[at]) + " reservations";
    const auto& ours = measured[at];
    report.limit("opening," + with, "ms", ours.median(&Figures::opening_ms), most_opening_ms);
    if (at == 0) continue;
    const auto compare = [&](const std::string& what, double Figures::*figure, double asked) {
      report.compare(what + with + " / with " + std::to_string(least), "/s", ours, floor, figure,
                     asked);
    };
    compare("reserve, 1 caller,", &Figures::one, least_ratio);
    compare("reserve, 64 in flight,", &Figures::in_flight, least_ratio);
    compare("availability,", &Figures::availability, 0);
    compare("my page,", &Figures::my_page, 0);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "growth",
              .about = "How fast a booking file is opened, and how many reserve or read in a "
                       "second, with a thousand\nreservations in it, a hundred times as many, and "
                       "so on up to N, as ratios to the first.\n\n"
                       "The files are made in TMPDIR, or else in /tmp; it should be on a disk. A "
                       "reservation takes 1 KiB of it.",
              .unit = "reservations",
              .amount = 100000,
              .measure = report},
             argc, argv);
}
