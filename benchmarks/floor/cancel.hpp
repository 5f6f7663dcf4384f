#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

/// A cancel as one would write it with SQLite's C API and nothing else: the same rows in the same tables
/// of the same file, as durable. It knows no cut-off, no holds, no idempotency keys and no other process.

namespace exhibition::benchmarks::floor {

/// Cancels confirmed reservations of one place.
/// Threads: one at a time.
class Cancelling {
 public:
  /// On a booking file that the library has made, and has closed again.
  /// Errors: std::runtime_error, as every call.
  explicit Cancelling(const std::filesystem::path& file);
  ~Cancelling();
  Cancelling(const Cancelling&) = delete;
  Cancelling& operator=(const Cancelling&) = delete;

  /// In a transaction of its own. False when it is not confirmed.
  bool cancel(std::int64_t reservation);

  /// A transaction of many.
  void begin();
  bool cancel_in_batch(std::int64_t reservation);
  void commit();

 private:
  struct Statements;

  std::unique_ptr<Statements> statements_;
};

}  // namespace exhibition::benchmarks::floor
