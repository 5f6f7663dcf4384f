#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "exhibition/domain/ids.hpp"

/// How the log is kept from growing for ever.

namespace exhibition {

/// What forgetting has come to.
struct PruneReport {
  std::int64_t events = 0;    ///< that the log has forgotten
  std::int64_t archived = 0;  ///< of all, those that went to the archive before
  std::int64_t keys = 0;      ///< idempotency keys that were removed
  Position floor;             ///< of the log now: the last position that it has forgotten
  std::optional<std::string> held_by = std::nullopt;  ///< the follower that needs what comes next,
                                                      ///< where that kept it from forgetting more

  friend bool operator==(const PruneReport&, const PruneReport&) = default;
};

struct PruneOptions {
  /// What is younger stays. Idempotency keys stay for a day at least.
  std::chrono::milliseconds older_than = std::chrono::hours{24 * 30};
  /// Events after this position stay as well.
  std::optional<Position> up_to = std::nullopt;
  std::function<void(const PruneReport&)> on_progress = nullptr;  ///< with no lock held
  std::stop_token stop = {};
};

/// What archiving has come to.
struct ArchiveReport {
  std::int64_t events = 0;  ///< that went to the archive
  Position end;             ///< of the archive now

  friend bool operator==(const ArchiveReport&, const ArchiveReport&) = default;
};

struct ArchiveOptions {
  std::function<void(const ArchiveReport&)> on_progress = nullptr;  ///< with no lock held
  std::stop_token stop = {};
};

}  // namespace exhibition
