/// What one caller gets from `bookings().reserve`, in memory and on an SQLite file: the floor of
/// package.py, which asks for the same from Python. It claims nothing itself.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/adapters/memory.hpp>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

using namespace std::chrono_literals;

/// In memory, reserving so few takes too short a time to be measured.
constexpr std::size_t more_in_memory = 10;

struct Variant {
  std::string name;
  std::size_t times;  ///< as many bookings as the command line says
  std::function<Result<std::unique_ptr<Storage>>(const std::filesystem::path&)> storage;
};

struct Speed {
  double per_second = 0;
};

/// An engine with a session that has so many places.
struct Museum {
  Museum(Result<std::unique_ptr<Storage>> storage, std::size_t places)
      : engine(Engine::open({.storage = std::move(storage)}).value()),
        session(engine.catalogue()
                    .register_exhibition(
                        {.title = "Monet",
                         .sessions = {{.starts_at = SystemClock{}.now() + 24h,
                                       .capacity = static_cast<std::uint32_t>(places)}}})
                    .value()
                    .sessions.front()),
        head(engine.events().head().value()) {}

  Result<Reserved> reserve(const std::string& member, const std::string& key) {
    return engine.bookings().reserve({.session = session, .member = member},
                                     {.idempotency_key = key});
  }

  Engine engine;
  SessionId session;
  Position head;  // of the log, before the first reservation
};

void expect(bool is_so, const Variant& variant, const std::string& what) {
  if (!is_so) throw std::runtime_error(variant.name + ": " + what);
}

/// After a run in which every place was sold: nothing is worth its speed that breaks its word.
void check(const Variant& variant, Museum& museum, std::size_t sold) {
  const auto number = static_cast<std::int64_t>(sold);
  const auto last = std::to_string(sold - 1);
  const auto again = museum.reserve("member-" + last, "request-" + last);
  expect(again && again->replayed, variant, "a request that was sent again was not replayed");
  const auto more = museum.reserve("one-more", "one-more");
  expect(!more && more.error().code == Errc::sold_out, variant, "it is not sold out");
  const auto seen = museum.engine.bookings().availability(museum.session).value();
  expect(seen.in_force == number, variant, "other places are taken than were sold");
  const auto events = museum.engine.events().head().value().value() - museum.head.value();
  expect(events == number, variant, "the log has other events than were caused");
  expect(museum.engine.audit().value().empty(), variant, "the audit found differences");
}

Speed measure(const Variant& variant, std::size_t bookings) {
  const testing::TemporaryFolder folder;
  Museum museum(variant.storage(folder.path() / "museum.db"), bookings);
  std::vector<std::pair<std::string, std::string>> requests;  // members and keys
  for (std::size_t i = 0; i < bookings; ++i) {
    requests.emplace_back("member-" + std::to_string(i), "request-" + std::to_string(i));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& [member, key] : requests) museum.reserve(member, key).value();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  check(variant, museum, bookings);
  return {static_cast<double>(bookings) / took.count()};
}

Report report(const Options& options) {
  const std::vector<Variant> variants{
      {"reserve with a key, in memory", more_in_memory,
       [](const auto&) { return memory::storage(); }},
      {"reserve with a key, on an SQLite file", 1,
       [](const auto& path) { return sqlite::storage(path); }},
  };
  const auto measured = interleave(
      "reserve", options.rounds, variants,
      [&](const Variant& variant) { return measure(variant, variant.times * options.amount); });

  Report report;
  for (std::size_t at = 0; at < variants.size(); ++at) {
    report.limit(variants[at].name, "/s", measured[at].median(&Speed::per_second));
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "reserve",
              .about = "What one caller gets from reserve, each time for another member and under "
                       "a key of its own, in\nmemory and on an SQLite file.\n\n"
                       "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
              .unit = "bookings",
              .amount = 2000,
              .measure = report},
             argc, argv);
}
