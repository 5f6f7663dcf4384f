/// How often one caller reads my page, and what a session has to give, alone and beside somebody who
/// reserves all the time. The floor reads the same rows with SQLite's C API, each with one statement.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "floor/reading.hpp"
#include "support/crowd.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr double least_ratio = 0.7;
constexpr std::size_t members = 2000;
constexpr std::size_t visits = 5;  ///< of each member

enum class What { my_page, availability };

struct Variant {
  What what;
  bool is_beside_a_writer;
  bool is_floor;
};

struct Figures {
  double per_second = 0;
};

/// Two thousand members with five reservations each, on files that are open.
class Readers {
 public:
  Readers() {
    take_reservations(engine_, museum_.session, members * visits, members);
    let_follow(engine_);
    floor_.emplace(museum_.file, std::filesystem::path(museum_.file.string() + "-my-page"));
  }

  Figures measure(const Variant& variant, std::size_t amount) {
    std::optional<Writer> writer;
    if (variant.is_beside_a_writer) writer.emplace(engine_, museum_.session);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < amount; ++i) read(variant, member(i % members));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return {static_cast<double>(amount) / took.count()};
  }

 private:
  /// Reserves without a pause, on a thread of its own.
  class Writer {
   public:
    Writer(Engine& engine, SessionId session)
        : thread_([&engine, session](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
              engine.bookings().reserve({.session = session, .member = "writer"}).value();
            }
          }) {}

   private:
    std::jthread thread_;
  };

  void read(const Variant& variant, const std::string& who) {
    if (variant.what == What::my_page) {
      const auto rows =
          variant.is_floor ? floor_->my_page(who) : engine_.my_page().of(who).value().items.size();
      if (rows != visits) throw std::runtime_error("a page has not what it should have");
    } else {
      const auto in_force = variant.is_floor
                                ? floor_->in_force(museum_.session.value())
                                : engine_.bookings().availability(museum_.session).value().in_force;
      if (in_force < last_seen_)
        throw std::runtime_error("places were freed that nobody gave back");
      last_seen_ = in_force;
    }
  }

  Museum museum_;
  Engine engine_ = museum_.open();
  std::optional<floor::Reading> floor_;
  std::int64_t last_seen_ = members * visits;
};

Report report(const Options& options) {
  std::vector<Variant> variants;
  for (const auto what : {What::my_page, What::availability}) {
    for (const bool is_beside_a_writer : {false, true}) {
      variants.push_back({what, is_beside_a_writer, false});
      variants.push_back({what, is_beside_a_writer, true});
    }
  }
  Readers readers;
  const auto measured = interleave("reads", options.rounds, variants, [&](const Variant& variant) {
    return readers.measure(variant, options.amount);
  });

  Report report;
  for (std::size_t at = 0; at < variants.size(); at += 2) {
    const auto& [what, is_beside_a_writer, is_floor] = variants[at];
    report.compare(std::string(what == What::my_page ? "my page" : "availability") +
                       (is_beside_a_writer ? ", beside a writer" : "") + " / raw",
                   "/s", measured[at], measured[at + 1], &Figures::per_second, least_ratio);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "reads",
       .about = "How often one caller reads my page of five reservations, and what a session "
                "has to give, beside the same\nreads with SQLite's C API.\n\n"
                "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
       .unit = "reads",
       .amount = 20000,
       .measure = report},
      argc, argv);
}
