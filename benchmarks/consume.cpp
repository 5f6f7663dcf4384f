/// How fast a projection follows the log, by the number of events that it takes in one transaction. The
/// floor reads the same events, decodes them with the library's codec, and writes the same rows with
/// SQLite's C API.

#include "floor/consume.hpp"

#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "support/crowd.hpp"
#include "support/log.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

/// What is asked of batches of so many events.
struct Claim {
  std::size_t batch;
  double least_ratio;  ///< 0 asks for nothing
};
constexpr Claim claims[] = {{1, 0}, {10, 0}, {100, 0.6}, {1000, 0.6}};

struct Variant {
  std::size_t batch;
  bool is_floor;
};

struct Figures {
  double per_second = 0;
};

template <class Consume>
Figures measure_all(const Log& log, Consume consume) {
  const auto start = std::chrono::steady_clock::now();
  consume();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(log.events()) / took.count()};
}

Figures measure_ours(const Log& log, const std::filesystem::path& model, std::size_t batch) {
  auto engine = log.museum().open();
  log.project(engine, model, batch);
  return measure_all(log, [&] { let_follow(engine); });
}

Figures measure_floor(const Log& log, const std::filesystem::path& model, std::size_t batch) {
  floor::Consuming consuming(log.museum().file, model);
  return measure_all(log, [&] {
    while (consuming.take(batch) > 0) {
    }
  });
}

Report report(const Options& options) {
  std::vector<Variant> variants;
  for (const auto& claim : claims) {
    variants.push_back({claim.batch, false});
    variants.push_back({claim.batch, true});
  }
  const Log log(options.amount);
  const auto measured =
      interleave("consume", options.rounds, variants, [&](const Variant& variant) {
        const testing::TemporaryFolder folder;
        const auto model = folder.path() / "visits.db";
        const auto figures =
            (variant.is_floor ? measure_floor : measure_ours)(log, model, variant.batch);
        log.check(model);
        return figures;
      });

  Report report;
  for (std::size_t at = 0; at < std::size(claims); ++at) {
    report.compare("consume, batches of " + std::to_string(claims[at].batch) + " / raw", "/s",
                   measured[2 * at], measured[2 * at + 1], &Figures::per_second,
                   claims[at].least_ratio);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "consume",
       .about = "How many events a second a projection takes that writes a row for each, 1, "
                "10, 100 and 1000 in one\ntransaction, beside the same with SQLite's C API.\n\n"
                "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
       .unit = "events",
       .amount = 50000,
       .measure = report},
      argc, argv);
}
