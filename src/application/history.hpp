#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "exhibition/core/error.hpp"
#include "exhibition/domain/event_types.hpp"
#include "exhibition/ports/archive.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// All events that there have been: the log, and what it has forgotten as far as the archive has
/// it, which is believed once the last event that it and the log have in common is the same.
/// Threads: any.
class History {
 public:
  History(const Storage& storage, const Archive* archive) : storage_(storage), archive_(archive) {}

  struct Part {
    LogSlice slice;
    std::uint64_t proof = 0;                      ///< of the event at its end
    std::optional<Error> missing = std::nullopt;  ///< why it has nothing: history_truncated, or
                                                  ///< log_diverged of an archive of another log
  };

  /// As EventLog::slice.
  /// Errors: PortError.
  [[nodiscard]] Part read(Position after, std::size_t limit, const EventTypes& wanted) const;

  /// Whether it still has what was followed last. Of what was written before there were proofs, and
  /// of what neither log nor archive have, nothing is claimed.
  /// Errors: PortError.
  [[nodiscard]] bool holds(const Checkpoint& checkpoint) const;

 private:
  /// What the archive is asked for.
  struct Log {
    std::string id = {};
    Position floor = {};
  };

  [[nodiscard]] std::optional<Error> wrong_archive(const Log& log) const;
  [[nodiscard]] Part read_archive(const Log& log, Position after, std::size_t limit,
                                  const EventTypes& wanted) const;

  const Storage& storage_;
  const Archive* archive_;  // none without
};

}  // namespace exhibition
