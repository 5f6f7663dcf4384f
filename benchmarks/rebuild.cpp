/// How long it takes to make a read model anew from the beginning of the log. The floor does the same in
/// the same batches with SQLite's C API, into a file of its own.

#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "floor/consume.hpp"
#include "support/crowd.hpp"
#include "support/log.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

struct Figures {
  double per_second = 0;
};

template <class Make>
Figures measure_all(const Log& log, Make make) {
  const auto start = std::chrono::steady_clock::now();
  make();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(log.events()) / took.count()};
}

Figures measure_ours(const Log& log, const std::filesystem::path& model) {
  auto engine = log.museum().open();
  log.project(engine, model, FollowerOptions{}.batch);
  let_follow(engine);
  return measure_all(log, [&] {
    if (!engine.events().rebuild(Log::follower).value()) {
      throw std::runtime_error("the rebuild was not finished");
    }
  });
}

Figures measure_floor(const Log& log, const std::filesystem::path& model) {
  floor::Consuming consuming(log.museum().file, model);
  return measure_all(log, [&] {
    while (consuming.take(FollowerOptions{}.batch) > 0) {
    }
  });
}

Report report(const Options& options) {
  const Log log(options.amount);
  const auto measured =
      interleave("rebuild", options.rounds, std::vector<bool>{false, true}, [&](bool is_floor) {
        const testing::TemporaryFolder folder;
        const auto model = folder.path() / "visits.db";
        const auto figures = (is_floor ? measure_floor : measure_ours)(log, model);
        log.check(model);
        return figures;
      });
  Report report;
  report.compare("rebuild, of " + std::to_string(options.amount) + " events / raw", "/s",
                 measured[0], measured[1], &Figures::per_second);
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "rebuild",
              .about = "How many events a second a projection takes that is made anew from the "
                       "beginning of the log, beside\nthe same with SQLite's C API.\n\n"
                       "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
              .unit = "events",
              .amount = 100000,
              .measure = report},
             argc, argv);
}
