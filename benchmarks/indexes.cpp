/// What each index of the booking file costs: the CPU time of a row that goes into all indexes of its
/// table, and of the same without one of them. Which query an index is for, docs/performance.md says.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/connection.hpp"
#include "support/cpu.hpp"
#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

/// n(i): 1, 2, ... up to the parameter.
constexpr const char* numbers =
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) ";

/// Rows of a table that all of its indexes take, for the museum's only session.
struct Rows {
  std::string_view table;
  const char* before;  ///< what they refer to; null for nothing
  const char* insert;
};
constexpr const char* reservations =
    "INSERT INTO reservation SELECT i, 1, 1, 'member-' || (i * 7919 % 20000), 1, 'held',"
    " i * 1000, NULL, i, 1, 1 FROM n";
constexpr Rows tables[] = {
    {"session", nullptr,
     "INSERT INTO session SELECT i + 1, 1, i * 7919 % 100000, NULL, NULL, NULL, 40, 0, 'open',"
     " NULL, 0, 1 FROM n"},
    {"reservation", nullptr, reservations},
    {"voucher", reservations,
     "INSERT INTO voucher SELECT i, i, hex(randomblob(13)), 1, 0, 'active', 1 FROM n"}};

struct Variant {
  const Rows* rows;
  std::string without;  ///< an index; empty for none
};

struct Figures {
  double cpu_us = 0;  ///< of a row
};

std::vector<Variant> variants_of(const Rows& rows) {
  const Museum museum;
  const floor::Connection connection(museum.file);
  floor::Prepared indexes(connection.handle(),
                          "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1"
                          " AND sql IS NOT NULL ORDER BY rowid");
  indexes << rows.table;
  std::vector<Variant> variants = {{&rows, ""}};
  while (indexes.step()) variants.push_back({&rows, std::string(indexes.text(0))});
  return variants;
}

Figures measure(const Variant& variant, std::size_t amount) {
  const Museum museum;
  const floor::Connection connection(museum.file);
  const auto run = [&](const char* sql) {
    floor::Prepared statement(connection.handle(), (std::string(numbers) + sql).c_str());
    (statement << static_cast<std::int64_t>(amount)).run();
  };
  if (!variant.without.empty()) {
    floor::Prepared(connection.handle(), ("DROP INDEX " + variant.without).c_str()).run();
  }
  if (variant.rows->before) run(variant.rows->before);
  const auto cpu = cpu_time();
  run(variant.rows->insert);
  const std::chrono::duration<double, std::micro> used = cpu_time() - cpu;
  return {used.count() / static_cast<double>(amount)};
}

Report report(const Options& options) {
  std::vector<Variant> variants;
  for (const auto& rows : tables) {
    for (auto& variant : variants_of(rows)) variants.push_back(std::move(variant));
  }
  const auto measured =
      interleave("indexes", options.rounds, variants,
                 [&](const Variant& variant) { return measure(variant, options.amount); });

  Report report;
  std::size_t all = 0;
  for (std::size_t at = 0; at < variants.size(); ++at) {
    if (variants[at].without.empty()) {
      all = at;
    } else {
      report.limit(
          "a row of " + std::string(variants[at].rows->table) + ", for " + variants[at].without,
          "us", measured[all].median_difference(&Figures::cpu_us, measured[at]));
    }
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run({.name = "indexes",
              .about = "What each index of the booking file costs a row that goes into it, in CPU "
                       "time.\n\n"
                       "The files are made in TMPDIR, or else in /tmp.",
              .unit = "rows",
              .amount = 20000,
              .measure = report},
             argc, argv);
}
