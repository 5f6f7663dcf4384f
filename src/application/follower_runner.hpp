#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exhibition/application/effect.hpp"
#include "exhibition/application/follower.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// How much one run may do, and what time it is.
struct Run {
  Instant now;
  std::size_t max_events;
  std::chrono::steady_clock::time_point ends_at;  ///< no batch begins later, or lasts longer
};

/// What a run did, and what keeps it from doing more.
struct Progress {
  std::size_t followed = 0;  ///< events that it took, passed or parked
  bool more = false;         ///< the budget was used up
  std::optional<Instant> retry_at = std::nullopt;
  std::optional<Error> halted = std::nullopt;
};

/// A durable follower on its way through the log: reads, has the effect take what is read, keeps
/// the checkpoint, and deals with what cannot be taken.
///
/// A batch is marked as begun before it is taken, so that one in which the process died is known
/// for it: it is taken again in halves, down to the event that kills, which has then failed once
/// more.
/// Threads: one at a time.
/// Errors: PortError when a store fails; that counts as no attempt.
class FollowerRunner {
 public:
  FollowerRunner(const Storage& storage, RandomSource& random, std::string name,
                 const FollowerOptions& options, std::unique_ptr<Effect> effect)
      : storage_(storage),
        random_(random),
        name_(std::move(name)),
        options_(options),
        effect_(std::move(effect)) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Keeps where it begins, unless it has followed before.
  /// Errors: invalid_argument{start}; PortError.
  Result<void> begin();

  /// Goes to where the log ends now; later events are left for another run.
  /// Errors: PortError when a store fails; that counts as no attempt.
  [[nodiscard]] Progress run(const Run& run);

  /// Gives dead letters, of one stream or of all, to the effect once more, the oldest first, until
  /// one fails; lets a halted follower go on.
  [[nodiscard]] RetryReport retry(const std::optional<Stream>& stream, Instant now);

  /// Drops one dead letter; false when there is none at the position.
  [[nodiscard]] bool discard(Position dead_letter);

  /// Threads: any, beside all the others.
  [[nodiscard]] std::vector<DeadLetter> dead_letters(Position after, std::size_t limit) const;

  /// Threads: any, beside all the others.
  [[nodiscard]] FollowerStatus status(Instant now) const;

 private:
  /// What is to be done next: some events are to be taken, others wait behind a dead letter.
  struct Slice {
    Checkpoint from;
    std::vector<Envelope> events = {};
    std::vector<Envelope> behind = {};
    Position end = {};
    std::size_t seen = 0;

    void keep(std::size_t count);
  };

  [[nodiscard]] Progress follow(const Run& run);
  [[nodiscard]] Checkpoint load();
  [[nodiscard]] Position head() const;
  [[nodiscard]] Position passed() const;
  [[nodiscard]] std::optional<Error> halted() const;
  void halt(const Error& why);
  void note_store_failure(std::string why);
  [[nodiscard]] Slice read_slice(const Checkpoint& from, std::size_t limit) const;
  [[nodiscard]] bool died_in(const Slice& slice) const;
  std::size_t take(const Slice& slice, const Run& run);
  void mark(const Slice& slice);
  void settle(Followers& followers, const Slice& slice, std::size_t count, Instant now) const;
  void fail(const Slice& slice, const Envelope& event, const std::string& error, Instant now);
  void pass(const Slice& slice);

  const Storage& storage_;
  RandomSource& random_;
  std::string name_;
  FollowerOptions options_;
  std::unique_ptr<Effect> effect_;
  std::optional<Position> ended_;  // the batch that this object has begun last, and seen to its end
  mutable std::mutex mutex_;
  Position passed_;  // guarded by mutex_; the checkpoint as it was seen last, and what was not
                     // wanted since, which needs no checkpoint each time
  std::optional<Error> halted_;  // guarded by mutex_
  std::string store_failure_;    // guarded by mutex_; of the last run
};

}  // namespace exhibition
