#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

/// Reads as one would write them with SQLite's C API and nothing else: each is one statement that is
/// prepared, and looks at every column of its rows.

namespace exhibition::benchmarks::floor {

/// Reads my page and what a session has to give.
/// Threads: one at a time.
class Reading {
 public:
  /// On the files of a booking store and of its my page, which somebody may have open.
  /// Errors: std::runtime_error, as every call.
  Reading(const std::filesystem::path& bookings, const std::filesystem::path& pages);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// The number of entries of the member's page, 100 at most.
  [[nodiscard]] std::size_t my_page(std::string_view member);

  /// The places of the session that are in force.
  [[nodiscard]] std::int64_t in_force(std::int64_t session);

 private:
  struct Statements;
  std::unique_ptr<Statements> statements_;
};

}  // namespace exhibition::benchmarks::floor
