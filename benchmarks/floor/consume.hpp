#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

/// A consumer of the log as one would write it with SQLite's C API and nothing else: it reads a batch,
/// has the library's codec decode it, and writes a row for each event and its own position in one
/// transaction. It knows no lease, no failing event, no truncated log and no other process.

namespace exhibition::benchmarks::floor {

/// Counts the events of each reservation.
/// Threads: one at a time.
class Consuming {
 public:
  /// Makes the read model at `model`, to follow the log of a booking file.
  /// Errors: std::runtime_error, as every call.
  Consuming(const std::filesystem::path& bookings, const std::filesystem::path& model);
  ~Consuming();
  Consuming(const Consuming&) = delete;
  Consuming& operator=(const Consuming&) = delete;

  /// Takes the next events, as many at most, and says how many.
  std::size_t take(std::size_t batch);

 private:
  struct Statements;

  std::unique_ptr<Statements> statements_;
  std::int64_t position_ = 0;
};

}  // namespace exhibition::benchmarks::floor
