#pragma once

#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <filesystem>

#include "support/museum.hpp"

namespace exhibition::benchmarks {

/// A museum with a log of reservations and their vouchers, which nobody adds to any more.
class Log {
 public:
  /// Of so many events, or a few more.
  explicit Log(std::size_t events);

  [[nodiscard]] const Museum& museum() const { return museum_; }
  [[nodiscard]] std::size_t events() const { return events_; }

  /// Lets a projection follow from the beginning, in a file that it makes.
  void project(Engine& engine, const std::filesystem::path& model, std::size_t batch) const;

  /// Errors: std::runtime_error when the read model does not have every event once.
  void check(const std::filesystem::path& model) const;

  static constexpr const char* follower = "visits";

 private:
  Museum museum_;
  std::size_t events_;
};

}  // namespace exhibition::benchmarks
