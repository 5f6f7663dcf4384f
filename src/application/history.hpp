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
/// it.
/// Threads: any.
class History {
 public:
  History(const Storage& storage, const Archive* archive) : storage_(storage), archive_(archive) {}

  struct Part {
    LogSlice slice;
    std::uint64_t proof = 0;  ///< of the event at its end; 0 below the floor, where there is none
    std::optional<Error> missing = std::nullopt;  ///< why it has nothing: history_truncated
  };

  /// As EventLog::slice.
  /// Errors: PortError.
  [[nodiscard]] Part read(Position after, std::size_t limit, const EventTypes& wanted) const;

 private:
  /// Of a log.
  struct Floor {
    Position at = {};
    std::uint64_t proof = 0;
    std::string log = {};
  };

  [[nodiscard]] Part read_archive(const Floor& floor, Position after, std::size_t limit,
                                  const EventTypes& wanted) const;

  const Storage& storage_;
  const Archive* archive_;  // none without
};

}  // namespace exhibition
