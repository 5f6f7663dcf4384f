/// What it costs to hear that a session is sold out. The floor reads the session's row with SQLite's C
/// API, by a statement that is prepared, and nothing else.

#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <stdexcept>

#include "floor/reserve.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr double least_ratio = 10;

struct Figures {
  double per_second = 0;
};

/// Has `ask()` called so often.
template <class Ask>
Figures measure_asking(std::size_t questions, Ask ask) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < questions; ++i) ask();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(questions) / took.count()};
}

Figures measure_ours(std::size_t questions) {
  const Museum museum(1);
  auto engine = museum.open();
  const ReserveRequest request{.session = museum.session, .member = "member-1"};
  engine.bookings().reserve(request).value();
  const auto figures = measure_asking(questions, [&] {
    const auto answer = engine.bookings().reserve(request);
    if (answer || answer.error().code != Errc::sold_out) {
      throw std::runtime_error("a sold-out session did not say so");
    }
  });
  museum.check(1);
  return figures;
}

Figures measure_floor(std::size_t questions) {
  const Museum museum(1);
  floor::Reserving reserving(museum.file, museum.session.value(), 1);
  reserving.reserve("member-1");
  const auto figures = measure_asking(questions, [&] {
    if (reserving.has_places()) throw std::runtime_error("a sold-out session has places");
  });
  museum.check(1);
  return figures;
}

Report report(const Options& options) {
  const auto measured = interleave(
      "sold_out", options.rounds, std::vector<bool>{false, true},
      [&](bool is_floor) { return (is_floor ? measure_floor : measure_ours)(options.amount); });
  Report report;
  report.compare("sold out / one raw read", "/s", measured[0], measured[1], &Figures::per_second,
                 least_ratio);
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "sold_out",
       .about = "How often one caller hears in a second that a session is sold out, beside a "
                "read of its row with\nSQLite's C API.\n\n"
                "The files are made in TMPDIR, or else in /tmp.",
       .unit = "questions",
       .amount = 200000,
       .measure = report},
      argc, argv);
}
