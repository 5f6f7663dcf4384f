#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

/// A reserve as one would write it with SQLite's C API and nothing else, as fast as we can make it:
/// the same rows in the same tables of the same file, as durable. It knows no holds, no rules, no
/// idempotency keys and no other process, and believes whatever it is given.

namespace exhibition::benchmarks::floor {

/// Reserves places of one session.
/// Threads: one at a time.
class Reserving {
 public:
  /// On a booking file that the library has made, and has closed again. `first` is the id of the first
  /// reservation.
  /// Errors: std::runtime_error, as every call.
  Reserving(const std::filesystem::path& file, std::int64_t session, std::int64_t first);
  ~Reserving();
  Reserving(const Reserving&) = delete;
  Reserving& operator=(const Reserving&) = delete;

  /// One place, in a transaction of its own. False when there is none.
  bool reserve(std::string_view member);

  /// Whether there is a place; only reads.
  [[nodiscard]] bool has_places();

  /// A transaction of many.
  void begin();
  bool reserve_in_batch(std::string_view member);
  void commit();

 private:
  struct Statements;

  std::unique_ptr<Statements> statements_;
  std::int64_t session_;
  std::int64_t next_;
};

}  // namespace exhibition::benchmarks::floor
