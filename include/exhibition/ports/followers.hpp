#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/core/time.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/ids.hpp"

/// What a durable follower of the log keeps, in whichever store has its effect.

namespace exhibition {

/// The event that a follower could not take so far.
struct Failure {
  Position at;
  int attempts = 1;  ///< that failed
  Instant retry_at;  ///< none is made before
  std::string error = {};

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// Which of the engines that share a storage runs a follower.
struct Lease {
  std::string owner = {};  ///< that has it, or had it last
  std::int64_t epoch = 0;  ///< one more with every new owner: none writes what an earlier one has
                           ///< done
  std::chrono::milliseconds until{0};  ///< by Peers::time(); others may have it then

  friend bool operator==(const Lease&, const Lease&) = default;
};

/// How far a follower has come.
struct Checkpoint {
  Position position = {};  ///< up to here every event has had its effect, or is a dead letter
  Position begun = {};  ///< where the batch ends that was begun last; past `position` until it is
                        ///< done
  std::uint64_t proof = 0;      ///< of the event at `position`: EventLog::proof; 0 of none
  std::int64_t generation = 1;  ///< of its read model: one more with every rebuild
  std::int64_t unknown = 0;     ///< events that were skipped, for their types are not known
  std::optional<Failure> failure = std::nullopt;
  Lease lease = {};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

enum class DeadLetterReason : std::uint8_t { failed, behind };

[[nodiscard]] constexpr std::string_view to_string(DeadLetterReason reason) {
  switch (reason) {
    case DeadLetterReason::failed: return "failed";
    case DeadLetterReason::behind: return "behind";
  }
  return "unknown";
}

/// An event that a follower has laid aside: it failed too often, or it waits behind one of its
/// stream that did. It is a copy: the log may forget the event.
struct DeadLetter {
  Envelope envelope;
  DeadLetterReason reason = DeadLetterReason::failed;
  int attempts = 0;  ///< that failed
  std::string error = {};
  Instant parked_at;

  friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
};

/// How far each follower is, and its dead letters: a collection of a store, read and written in its
/// transactions. const members may be called in a read as well.
/// Errors: PortError when the store fails.
/// Threads: one, the one that runs the transaction or the read.
class Followers {
 public:
  virtual ~Followers() = default;
  /// Those that have saved a checkpoint, in the order of their names.
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  /// None for a follower that has not saved a checkpoint yet.
  [[nodiscard]] virtual std::optional<Checkpoint> find(std::string_view follower) const = 0;
  virtual void save(std::string_view follower, const Checkpoint& checkpoint) = 0;
  /// Forgets its checkpoint; its dead letters stay.
  virtual void forget(std::string_view follower) = 0;

  /// Dead letters in the order of their positions; `limit` is at least 1.
  [[nodiscard]] virtual std::vector<DeadLetter> dead_letters(std::string_view follower,
                                                             Position after,
                                                             std::size_t limit) const = 0;
  /// Those of one stream.
  [[nodiscard]] virtual std::vector<DeadLetter> dead_letters_of(std::string_view follower,
                                                                const Stream& stream,
                                                                std::size_t limit) const = 0;
  [[nodiscard]] virtual std::int64_t count_dead_letters(std::string_view follower) const = 0;
  /// Adds it, or replaces the one at its position.
  virtual void park(std::string_view follower, const DeadLetter& letter) = 0;
  virtual void remove(std::string_view follower, Position dead_letter) = 0;
};

}  // namespace exhibition
