#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/application/retention.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/archive.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// Forgets the beginning of the log, as far as nobody needs it any more.
///
/// How far each follower is, is known where its effect is, which may be another file, and of
/// another process. So the booking store has a mark of each: a position that it is known to have
/// passed. What a mark has not passed is not forgotten, and both are one unit. Followers that are
/// kept in the booking store are their own marks.
/// Threads: any.
class Retention {
 public:
  Retention(Storage& storage, Archive* archive, const Clock& clock)
      : storage_(storage), archive_(archive), clock_(clock) {}

  /// A mark is raised when it is so far behind.
  static constexpr std::int64_t marked_every = 1024;

  /// What a follower of the library's own needs stays even before it has a mark.
  void require(std::string_view follower) { required_.emplace_back(follower); }

  /// Where the mark of a follower is, which has one from now on; at the beginning if it is new.
  /// Errors: PortError.
  Position introduce(std::string_view follower);

  /// Sets the mark of a follower, where it has another one.
  /// Errors: PortError.
  void mark(std::string_view follower, Position passed);

  /// Where its mark is; none when it has none.
  /// Errors: PortError.
  [[nodiscard]] std::optional<Position> marked(std::string_view follower) const;

  /// Takes the mark of a follower that will not come back; false when there is none.
  /// Errors: PortError.
  bool abandon(std::string_view follower);

  /// Errors: invalid_argument{older_than, up_to}; history_truncated when the archive lacks events
  /// that the log has forgotten; PortError; what `on_progress` throws.
  Result<PruneReport> prune(const PruneOptions& options);

  /// Errors: invalid_argument{archive}; as prune.
  Result<ArchiveReport> archive(const ArchiveOptions& options);

 private:
  struct Forgotten {
    std::int64_t events = 0;
    Position floor;
    std::optional<std::string> held_by;
  };

  [[nodiscard]] std::vector<Envelope> old_events(Instant before, Position up_to) const;
  Result<std::int64_t> archive_all(const std::vector<Envelope>& events);
  Result<Forgotten> forget(Position up_to);
  std::int64_t remove_keys(Instant before, StoredKey& after);

  Storage& storage_;
  Archive* archive_;  // none without
  const Clock& clock_;
  std::vector<std::string> required_;  // before others know of this object
};

}  // namespace exhibition
