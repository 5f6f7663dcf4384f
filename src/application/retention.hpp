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
/// kept in the booking store are their own marks. The archive has a mark as well, from when it is
/// first used: what is not in it stays, whoever prunes.
/// Threads: any.
class Retention {
 public:
  Retention(Storage& storage, Archive* archive, const Clock& clock)
      : storage_(storage), archive_(archive), clock_(clock) {}

  /// Whose mark is that of the archive.
  static constexpr std::string_view archive_name = "archive";

  /// What a rebuild needs of the log is marked under its own name: meanwhile others go on following
  /// for the model that serves.
  static constexpr std::string_view rebuild_of = "rebuild of ";
  [[nodiscard]] static std::string mark_of_rebuild(std::string_view follower) {
    return std::string(rebuild_of) += follower;
  }

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

  /// A prune on its way.
  struct Pruning {
    Instant old_events_end;
    Instant old_keys_end;
    Position up_to;
    PruneReport report = {};
    StoredKey last_key = {};
    bool has_more_events = true;
    bool has_more_keys = true;

    [[nodiscard]] bool is_over() const { return !has_more_events && !has_more_keys; }
  };

  /// Errors: invalid_argument{older_than, up_to}; PortError.
  Result<Pruning> begin(const PruneOptions& options) const;

  /// Does a part of it.
  /// Errors: history_truncated when the archive lacks events that the log has forgotten, or that it
  /// had; log_diverged when it has other ones; PortError.
  Result<void> go_on(Pruning& pruning);

  /// Archives some; false when there is nothing left.
  /// Errors: invalid_argument{archive}; as above.
  Result<bool> archive(ArchiveReport& report);

 private:
  struct Forgotten {
    std::int64_t events = 0;
    Position floor;
    std::optional<std::string> held_by;
  };

  /// What the archive has been checked for: it has no more of the log than the log itself,
  /// everything that it ever had, and all that the log has forgotten since it begins.
  struct Archived {
    std::string log;
    std::optional<Position> end;
  };

  [[nodiscard]] std::vector<ArchivedEvent> old_events(Instant before, Position up_to) const;
  [[nodiscard]] std::vector<ArchivedEvent> provable(const EventLog& log,
                                                    std::vector<Envelope> events) const;
  Result<Archived> check_archive() const;
  Result<void> check_same(const Archived& archived, const std::vector<ArchivedEvent>& events) const;
  Result<std::int64_t> archive_all(const std::vector<ArchivedEvent>& events);
  Result<Forgotten> forget(Position up_to);
  Result<void> forget_some(Pruning& pruning);
  void remove_some_keys(Pruning& pruning);

  Storage& storage_;
  Archive* archive_;  // none without
  const Clock& clock_;
  std::vector<std::string> required_;  // before others know of this object
};

}  // namespace exhibition
