#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/core/error.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/event_types.hpp"
#include "exhibition/ports/followers.hpp"

/// Durable followers of the log: what a host says of one, and what it is told of it.

namespace exhibition {

/// What becomes of an event that a follower has failed to take eight times, the tries being 100 ms,
/// 200 ms, ... and at most 60 s apart.
enum class OnFailure : std::uint8_t {
  park_stream,  ///< it goes to the dead letters and later events of its stream queue behind it;
                ///< other streams go on
  halt,         ///< the follower stops there until `retry`: for those that need the order of all
};

/// Where a follower begins that has never followed; later it goes on from where it was.
class StartAt {
 public:
  [[nodiscard]] static StartAt beginning() { return StartAt(Position{}); }
  /// The end of the log, when the follower is first made known.
  [[nodiscard]] static StartAt now() { return StartAt(std::nullopt); }
  [[nodiscard]] static StartAt after(Position position) { return StartAt(position); }

  [[nodiscard]] std::optional<Position> position() const { return position_; }

 private:
  explicit StartAt(std::optional<Position> position) : position_(position) {}
  std::optional<Position> position_;
};

struct FollowerOptions {
  EventTypes types = EventTypes::all();
  StartAt start = StartAt::beginning();
  std::size_t batch = 256;  ///< events taken at once: one transaction, or one checkpoint
  OnFailure on_failure = OnFailure::park_stream;
};

/// An event on its way to a follower. To one whose effect is outside it comes at least once: what the
/// handler does it should do only once for each `key()`.
struct Delivery {
  const Envelope& envelope;
  int attempt = 1;         ///< 1 for the first try
  bool replaying = false;  ///< in a rebuild: it is to change the read model, and nothing else

  [[nodiscard]] std::string key() const { return envelope.key(); }
};

enum class FollowerState : std::uint8_t {
  running,
  backoff,  ///< the event it is at has failed, and is tried again later
  waiting,  ///< its store, or what its handler talks to, is away, and is asked again later
  halted,   ///< it stands still until `retry`
  diverged  ///< the log is not the one that it has followed: another, or an older copy
};

[[nodiscard]] constexpr std::string_view to_string(FollowerState state) {
  switch (state) {
    case FollowerState::running: return "running";
    case FollowerState::backoff: return "backoff";
    case FollowerState::waiting: return "waiting";
    case FollowerState::halted: return "halted";
    case FollowerState::diverged: return "diverged";
  }
  return "unknown";
}

/// How far a rebuild has come on its way to where the read model is that serves.
struct RebuildProgress {
  Position position;
  Position target;

  friend bool operator==(const RebuildProgress&, const RebuildProgress&) = default;
};

struct RebuildOptions {
  std::function<void(const RebuildProgress&)> on_progress = nullptr;  ///< with no lock held
  std::stop_token stop = {};  ///< what is made is kept for the next call
};

/// Where a follower is, and how far behind.
struct FollowerStatus {
  std::string name;
  FollowerState state = FollowerState::running;
  Position position;
  Position head;                     ///< of the log
  Position floor;                    ///< likewise: the last position that it has forgotten
  std::int64_t lag_events = 0;       ///< events of its types that it has not followed; all that
                                     ///< there are, and at least one, when the log has diverged;
                                     ///< of forgotten ones, those of all types
  std::chrono::milliseconds lag{0};  ///< since the first of them; negative when the clock has
                                     ///< stepped back behind it
  std::optional<Failure> failure = std::nullopt;  ///< of the event it is at
  std::int64_t parked = 0;                        ///< dead letters
  std::int64_t unknown = 0;     ///< events that were skipped, for their types are not known
  std::int64_t generation = 1;  ///< of its read model: one more with every rebuild
  std::optional<RebuildProgress> rebuild = std::nullopt;  ///< of this engine, that is not over
  std::optional<Error> halted_by = std::nullopt;          ///< why it has halted
  std::string owner = {};  ///< the process that runs it, or ran it last: host, process, number
  std::int64_t epoch = 0;  ///< how many times that has been another one
  std::string store_failure = {};  ///< why its last run ended early: its store or another port, or
                                   ///< what its handler talks to, was away; empty when none was
};

/// What retrying dead letters came to.
struct RetryReport {
  bool resumed = false;  ///< the follower had halted, and goes on with the next pump
  std::size_t replayed = 0;
  std::vector<DeadLetter> failed = {};  ///< of each stream the one that has failed again
};

}  // namespace exhibition
