#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
#include "follower_ledger.hpp"
#include "history.hpp"
#include "retention.hpp"

namespace exhibition {

/// How much one run may do, and what time it is.
struct Run {
  Instant now;
  std::size_t max_events;
  std::chrono::steady_clock::time_point ends_at;  ///< no batch begins later, or lasts longer
  std::optional<Position> until = std::nullopt;   ///< where it ends, if not at the end of the log
};

/// What a run did, and what keeps it from doing more.
struct Progress {
  std::size_t followed = 0;  ///< events that it took, passed or parked
  bool more = false;         ///< the budget was used up
  std::optional<Instant> retry_at = std::nullopt;
  std::optional<Error> failed = std::nullopt;  ///< why it has halted, or what is away
};

/// What came of a part of a rebuild.
struct RebuildStep {
  bool is_over = false;
  bool is_in_place = false;  ///< else it was cancelled, when it is over
  RebuildProgress progress = {};
  std::optional<Instant> retry_at = std::nullopt;
};

/// A durable follower on its way through the log: reads, has the effect take what is read, keeps
/// the checkpoint, and deals with what cannot be taken.
///
/// A batch is marked as begun before it is taken, so that one in which the process died is known
/// for it: it is taken again in parts, each half of what is left of it, down to the event that
/// kills, which has then failed once more.
///
/// When a store fails, or what the handler talks to is away, that counts as no attempt; if it stays
/// away, it is asked less and less often.
///
/// While another engine that shares the storage runs the follower, this one leaves it alone.
/// Threads: one at a time.
class FollowerRunner {
 public:
  FollowerRunner(const Storage& storage, const History& history, RandomSource& random,
                 std::string name, const FollowerOptions& options, std::unique_ptr<Effect> effect,
                 std::chrono::milliseconds lease)
      : storage_(storage),
        history_(history),
        random_(random),
        options_(options),
        effect_(std::move(effect)),
        ledger_(*effect_, storage.peers(), std::move(name), lease) {}

  [[nodiscard]] const std::string& name() const { return ledger_.name(); }

  /// Keeps where it begins, unless it has followed before.
  /// Errors: invalid_argument{start}; PortError.
  Result<void> begin();

  /// Goes to where the log ends now, or to where `run` says; later events are left for another run.
  /// Does nothing while it rests.
  [[nodiscard]] Progress run(const Run& run);

  /// Gives dead letters, of one stream or of all, to the effect once more, in the order of each
  /// stream until one of it fails. For all, lets a halted follower go on first.
  /// Errors: PortError.
  [[nodiscard]] RetryReport retry(const std::optional<Stream>& stream, Instant now);

  /// Drops one dead letter, or the event that the follower has halted at, or everything that it
  /// misses up to the floor of the log; false when there is none at the position.
  /// Errors: PortError.
  [[nodiscard]] bool discard(Position position, Instant now);

  /// Has the log keep what it needs, from now on.
  /// Errors: PortError.
  void introduce(Retention& retention);

  /// Lets the log forget what it no longer needs, if that are so many events more than before.
  /// Errors: PortError.
  void let_go(Retention& retention, std::int64_t at_least);

  /// The same, however few they are, and with those that it has passed over and not kept yet.
  /// Errors: PortError.
  void let_all_go(Retention& retention);

  /// Errors: PortError.
  /// Threads: any, beside all the others.
  [[nodiscard]] std::vector<DeadLetter> dead_letters(Position after, std::size_t limit) const;

  /// Threads: any, beside all the others.
  [[nodiscard]] FollowerStatus status(Instant now) const;

  /// Does a part of a rebuild, which begins with the first one or goes on where it was left;
  /// `generation` is that of the model in the making: none at first.
  /// Errors: invalid_argument{follower}; what keeps the rebuild from going on; PortError.
  Result<RebuildStep> rebuild(const Run& run, std::optional<std::int64_t>& generation);

  /// Whether a rebuild is to go on.
  [[nodiscard]] bool is_rebuilding() const { return next_ != nullptr; }

  /// Ends a rebuild and lets go of what it has made; false when there is none.
  /// Errors: PortError.
  bool cancel_rebuild();

 private:
  using Then = FollowerLedger::Then;

  static constexpr int max_attempts = 8;
  static constexpr std::chrono::milliseconds longest_pause{60'000};

  /// Where a batch ends that was begun, and by whom.
  struct Mark {
    Position at;
    std::int64_t epoch = 0;

    friend bool operator==(const Mark&, const Mark&) = default;
  };

  /// What is to be done next: some events are to be taken, others wait behind a dead letter.
  struct Slice {
    Checkpoint from;
    std::vector<Envelope> events = {};
    std::vector<Envelope> behind = {};
    std::vector<Position> unknown = {};  // events to be skipped
    Position end = {};
    std::uint64_t proof = 0;  // of the event at `end`
    std::size_t seen = 0;
    bool is_last = false;     // of this run
    bool is_suspect = false;  // a process died in the batch that `from` marks
    std::optional<Error> unreadable = std::nullopt;  // why it ends where it does

    void keep(std::size_t count);
    [[nodiscard]] bool is_empty() const;
    [[nodiscard]] std::int64_t unknown_between(Position after, Position up_to) const;
  };

  void follow(const Run& run, Progress& progress);
  void rest_after(Error failure, const Run& run, Progress& progress);
  [[nodiscard]] Checkpoint load();
  [[nodiscard]] Position head() const;
  [[nodiscard]] std::uint64_t proof_of(Position at) const;
  [[nodiscard]] Position passed() const;
  [[nodiscard]] std::optional<Error> halted(const Checkpoint& checkpoint) const;
  bool resume(Instant now);
  void note_away(std::string why);
  void note_unreadable(std::optional<Error> why);
  [[nodiscard]] Slice read_slice(const Checkpoint& from, Position until, std::size_t limit) const;
  [[nodiscard]] Position target();
  [[nodiscard]] std::unique_ptr<FollowerRunner> anew();
  [[nodiscard]] std::optional<Checkpoint> kept() const;
  void begin_as(std::int64_t generation);
  bool put_in_place(const Run& run, Progress& progress);
  [[nodiscard]] std::unique_ptr<FollowerRunner> left_over();
  [[nodiscard]] bool goes_on(const Checkpoint& left, std::int64_t generation) const;
  void discard() noexcept { effect_->discard(); }
  void forget_rebuild() noexcept;
  [[nodiscard]] bool is_blamed(const Slice& slice) const;
  [[nodiscard]] bool is_truncated_at(Position floor) const;
  [[nodiscard]] bool seems_held(const Checkpoint& checkpoint) const;
  void take(const Slice& slice, const Run& run, Progress& progress);
  [[nodiscard]] Taken have_taken(
      const Batch& batch, FunctionRef<Then(Followers&, Checkpoint&, std::size_t count)> settle);
  void mark(const Slice& slice);
  void unmark(const Slice& slice) noexcept;
  [[nodiscard]] Then settle(Followers& followers, Checkpoint& current, const Slice& slice,
                            std::size_t count, Instant now) const;
  void fail(const Slice& slice, const Envelope& event, const std::string& error, Instant now);
  void pass(const Slice& slice);
  void keep_passed();

  const Storage& storage_;
  const History& history_;
  RandomSource& random_;
  FollowerOptions options_;
  std::unique_ptr<Effect> effect_;
  FollowerLedger ledger_;
  std::optional<Mark> begun_;        // the mark that this object has made last: of no death
  std::optional<Position> suspect_;  // the mark of a batch that it is taking in parts
  std::optional<Position> marked_;   // how far the log may forget for all this object knows
  int times_away_ = 0;               // in a row
  Instant rests_until_;
  std::optional<Error> away_;  // why it rests
  mutable std::mutex mutex_;
  std::int64_t generation_ = 0;  // guarded by mutex_; that `passed_` is of
  Position passed_;  // guarded by mutex_; the checkpoint as it was seen last, and what was not
                     // wanted since, which needs no checkpoint each time
  std::uint64_t passed_proof_ = 0;   // of the event at `passed_`; of the thread that runs
  std::optional<Error> stuck_;       // guarded by mutex_; why it has halted, if that is not kept
  std::optional<Error> unreadable_;  // guarded by mutex_; what the last run ended before
  std::string store_failure_;        // guarded by mutex_; what was away at the last run
  std::optional<RebuildProgress> rebuild_;  // guarded by mutex_
  std::unique_ptr<FollowerRunner> next_;    // that makes the read model anew; ends before the rest
};

}  // namespace exhibition
