/// What an engine takes before it has done anything for anybody: time to open, memory, and its share of
/// a program that is linked with it. The floor has SQLite and its prepared statements alone.

#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "floor/reserve.hpp"
#include "support/crowd.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr std::size_t reservations = 1000;

/// What is kept open until it is destroyed.
using Open = std::shared_ptr<void>;

struct Variant {
  std::string name;
  std::function<Open(const Museum&)> open;
};

struct Figures {
  double opening_ms = 0;
  double heap_kb = 0;
};

std::size_t heap_in_use() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Opened one beside the other, so that none finds what another has left.
Figures measure(const Variant& variant, const Museum& museum, std::size_t times) {
  std::vector<Open> all;
  all.reserve(times);
  const auto heap = heap_in_use();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) all.push_back(variant.open(museum));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  const auto number = static_cast<double>(times);
  return {took.count() / number, static_cast<double>(heap_in_use() - heap) / 1024 / number};
}

Open open_in_memory(const Museum&) { return std::make_shared<Engine>(Engine::open().value()); }
Open open_ours(const Museum& museum) { return std::make_shared<Engine>(museum.open()); }
Open open_floor(const Museum& museum) {
  auto reserving = std::make_shared<floor::Reserving>(museum.file, museum.session.value(), 1);
  static_cast<void>(reserving->has_places());  // SQLite opens a file with the first statement
  return reserving;
}

double megabytes(const std::filesystem::path& program) {
  return static_cast<double>(std::filesystem::file_size(program)) / (1024.0 * 1024.0);
}

Report report(const Options& options) {
  const std::vector<Variant> variants{
      {"memory", open_in_memory}, {"SQLite", open_ours}, {"raw", open_floor}};
  const Museum museum;
  {
    auto engine = museum.open();
    take_reservations(engine, museum.session, reservations, reservations);
  }
  const auto measured =
      interleave("footprint", options.rounds, variants,
                 [&](const Variant& variant) { return measure(variant, museum, options.amount); });
  museum.check(reservations);

  const auto& [memory, ours, floor] = std::tie(measured[0], measured[1], measured[2]);
  Report report;
  report.limit("opening an engine in memory", "ms", memory.median(&Figures::opening_ms));
  report.compare("opening an engine on an SQLite file / raw", "ms", ours, floor,
                 &Figures::opening_ms);
  report.limit("heap of an engine in memory", "KiB", memory.median(&Figures::heap_kb));
  report.compare("heap of an engine on an SQLite file / raw", "KiB", ours, floor,
                 &Figures::heap_kb);
  const double size = megabytes(HELLO_WORLD);
  const double floor_size = megabytes(FLOOR_HELLO_WORLD);
  report.add({.figure = "a hello-world, stripped / raw",
              .unit = "MiB",
              .ours = size,
              .floor = floor_size,
              .ratio = size / floor_size});
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "footprint",
              .about = "What an engine takes: how long it is opened, what it has on the heap, and "
                       "the size of a program\nthat is linked with it statically, beside SQLite "
                       "alone with its statements prepared.\n\n"
                       "The files are made in TMPDIR, or else in /tmp.",
              .unit = "engines",
              .amount = 20,
              .measure = report},
             argc, argv);
}
