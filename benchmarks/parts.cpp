/// What the parts of a reserve cost that SQLite has nothing to do with, on one thread, by Google
/// Benchmark. The floor of the event's payload is a tree of nlohmann/json.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <exhibition/codec/json.hpp>
#include <exhibition/domain/facts.hpp>
#include <exhibition/exhibition.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

using namespace std::chrono_literals;

Exhibition exhibition_open() {
  Exhibition made;
  made.id = ExhibitionId{1};
  made.title = "Monet";
  made.kind = "painting";
  return made;
}

Session session_open() {
  Session made;
  made.id = SessionId{1};
  made.exhibition = ExhibitionId{1};
  made.times.starts_at = SystemClock{}.now() + 24h;
  made.capacity = 1000;
  return made;
}

const Exhibition exhibition = exhibition_open();
const Session session = session_open();
const ReserveRequest request{.session = session.id, .member = "member-1"};

Event decide_reserve(Instant now) {
  check(request).value();
  session.check_party(exhibition, request.places, now).value();
  const auto taken = session.reserve_places(request.places, 0).value();
  const auto made = make_reservation(ReservationId{1'000'000}, request, exhibition, now).value();
  return facts::made({made, taken, exhibition});
}

nlohmann::json tree_of(const ReservationFacts& facts) {
  return {{"reservation", facts.reservation.value()},
          {"exhibition", facts.exhibition.value()},
          {"session", facts.session.value()},
          {"member", facts.member},
          {"places", facts.places},
          {"title", facts.title},
          {"kind", facts.kind},
          {"starts_at", facts.starts_at.time_since_epoch().count()}};
}

struct Variant {
  std::string name;
  std::function<void(benchmark::State&)> measure;
};

/// `part()` again and again.
template <class Part>
Variant repeat(std::string name, Part part) {
  return {std::move(name), [part](benchmark::State& state) {
            for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(part());
          }};
}

/// The variants, in the order in which they are shown.
struct Row {
  enum { clock, decision, encoding, tree_encoding, decoding, tree_decoding };
};

std::vector<Variant> variants() {
  const auto now = SystemClock{}.now();
  const Event event = decide_reserve(now);
  const std::string payload = codec::encode(event);
  const auto& facts = std::get<ReservationConfirmed>(event);
  return {
      repeat("clock", [] { return SystemClock{}.now(); }),
      repeat("decision", [now] { return decide_reserve(now); }),
      repeat("encoding", [event] { return codec::encode(event); }),
      repeat("tree_encoding", [facts] { return tree_of(facts).dump(); }),
      repeat("decoding",
             [payload] { return codec::decode(ReservationConfirmed::type, 1, payload); }),
      repeat("tree_decoding", [payload] { return nlohmann::json::parse(payload); }),
  };
}

struct Cost {
  double ns = 0;
};

/// Keeps what was measured last, in place of printing it.
class Kept final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    last_.ns = runs.front().GetAdjustedCPUTime();
  }
  [[nodiscard]] Cost last() const { return last_; }

 private:
  Cost last_;
};

Report report(const Options& options) {
  const auto all = variants();
  const std::chrono::duration<double> time = std::chrono::milliseconds{options.amount};
  for (const auto& [name, measure] : all) {
    benchmark::RegisterBenchmark(name.c_str(), measure)->MinTime(time.count());
  }
  const auto measured = interleave("parts", options.rounds, all, [&](const Variant& variant) {
    Kept kept;
    benchmark::RunSpecifiedBenchmarks(&kept, '^' + variant.name + '/');
    return kept.last();
  });
  benchmark::Shutdown();

  Report report;
  report.limit("read the clock", "ns", measured[Row::clock].median(&Cost::ns));
  report.limit("decide: rules, session, reservation", "ns",
               measured[Row::decision].median(&Cost::ns));
  report.compare("encode the payload of an event / a tree of nlohmann/json", "ns",
                 measured[Row::encoding], measured[Row::tree_encoding], &Cost::ns);
  report.compare("decode the payload of an event / a tree of nlohmann/json", "ns",
                 measured[Row::decoding], measured[Row::tree_decoding], &Cost::ns);
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "parts",
       .about = "The CPU time of the parts of a reserve that have nothing to do with SQLite, "
                "beside a tree of\nnlohmann/json for the event's payload.",
       .unit = "milliseconds",
       .amount = 50,
       .measure = report},
      argc, argv);
}
