#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "exhibition/domain/envelope.hpp"

namespace exhibition {

/// An event as an archive keeps it.
struct ArchivedEvent {
  Envelope envelope;
  std::uint64_t proof = 0;  ///< what proved that the log had it: EventLog::proof

  friend bool operator==(const ArchivedEvent&, const ArchivedEvent&) = default;
};

/// Where the beginning of a log goes before the log forgets it. What is in it has no gaps, and
/// stays. Logs are told apart by EventLog::id; several engines may have one archive.
/// Threads: any, several at once.
class Archive {
 public:
  virtual ~Archive() = default;

  /// The position of the last event that is in it; none when there is none of that log.
  /// Errors: PortError.
  [[nodiscard]] virtual std::optional<Position> end(std::string_view log) const = 0;

  /// Adds the events that come after its end, which the first of them may lie before; they are in
  /// the order of their positions and without gaps. It has them for good when this returns.
  /// Errors: PortError, also when events between its end and the first one are missing.
  virtual void append(std::string_view log, std::span<const ArchivedEvent> events) = 0;

  /// The events that come right after, `limit` of them; fewer only where the next one is missing.
  /// Errors: PortError.
  [[nodiscard]] virtual std::vector<ArchivedEvent> read(std::string_view log, Position after,
                                                        std::size_t limit) const = 0;
};

}  // namespace exhibition
