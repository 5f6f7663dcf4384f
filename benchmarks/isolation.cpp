/// What bookings notice of a follower of the host that sleeps or throws for ever. The floor is the
/// same engine without it: there the worker runs too, for vouchers and my page.

#include <chrono>
#include <cstddef>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <functional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/load.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr double least_ratio = 0.67;
constexpr double most_p99_ratio = 1.5;

/// On a new SQLite file, with a session that has room for everyone.
struct Museum {
  testing::TemporaryFolder folder;
  Engine engine = Engine::open({.storage = sqlite::storage(folder.path() / "museum.db")}).value();
  SessionId session =
      engine.catalogue()
          .register_exhibition(
              {.title = "Monet", .sessions = {{.starts_at = SystemClock{}.now() + 24h}}})
          .value()
          .sessions.front();

  void reserve(std::size_t number) {
    const auto member = "member-" + std::to_string(number);
    engine.bookings().reserve({.session = session, .member = member}).value();
  }
};

/// What a handler does with every event that it is given.
using Habit = std::function<void()>;

void sleep() { std::this_thread::sleep_for(50ms); }

[[noreturn]] void fail() { throw std::runtime_error("this handler always throws"); }

void follow(Museum& museum, const Habit& habit) {
  museum.engine.events()
      .follow("host", EventTypes::all(), [habit](const Delivery&) { habit(); })
      .value();
}

void project(Museum& museum, const Habit& habit) {
  museum.engine.events()
      .project("host", sqlite::projection_file(museum.folder.path() / "read-model.db"),
               [habit](sqlite::Transaction& transaction, const Envelope& envelope) {
                 transaction.execute("CREATE TABLE IF NOT EXISTS seen (position INTEGER)");
                 transaction.execute("INSERT INTO seen VALUES (?1)", {envelope.position.value()});
                 habit();
               })
      .value();
}

struct Variant {
  std::string name;
  std::function<void(Museum&, const Habit&)> attach = {};  ///< none: no follower of the host
  Habit habit = {};
};

/// One caller, who competes with the worker alone: of several, the slowest calls tell how fair they
/// are to each other, which no follower changes.
Throughput measure(const Variant& variant, std::size_t bookings) {
  std::counting_semaphore<> handled{0};
  Museum museum;
  if (variant.attach) {
    variant.attach(museum, [&] {
      handled.release();
      variant.habit();
    });
  }
  museum.engine.events().start();
  museum.reserve(bookings);
  if (variant.attach && !handled.try_acquire_for(10s)) {
    throw std::runtime_error(variant.name + ": its handler was not called");
  }
  return load(bookings, [&](std::size_t number) { museum.reserve(number); });
}

Report report(const Options& options) {
  const std::vector<Variant> variants{
      {"no follower of the host"},
      {"a follower that sleeps", follow, sleep},
      {"a follower that throws", follow, fail},
      {"a projection that sleeps", project, sleep},
      {"a projection that throws", project, fail},
  };
  const auto measured =
      interleave("isolation", options.rounds, variants,
                 [&](const Variant& variant) { return measure(variant, options.amount); });

  Report report;
  const auto& floor = measured.front();
  for (std::size_t at = 1; at < variants.size(); ++at) {
    const auto what = "reserve, beside " + variants[at].name;
    report.compare(what + " / without it", "/s", measured[at], floor, &Throughput::per_second,
                   least_ratio);
    report.limit(what + ": p99 / without it", "",
                 measured[at].median_ratio(&Throughput::p99_ms, floor), most_p99_ratio);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "isolation",
              .about = "What bookings on an SQLite file notice of a follower of the host that "
                       "sleeps or throws for\never, as ratios to bookings without it.\n\n"
                       "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
              .unit = "bookings",
              .amount = 4000,
              .measure = report},
             argc, argv);
}
