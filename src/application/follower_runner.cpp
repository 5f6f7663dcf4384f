#include "follower_runner.hpp"

#include <algorithm>
#include <utility>

#include "lease_renewal.hpp"
#include "thrown.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds first_rest = 200ms;
constexpr std::chrono::milliseconds longest_rest = 10s;
constexpr std::chrono::milliseconds max_batch_time = 20ms;
constexpr std::int64_t passed_at_most = 1024;

/// Whether it is not yet time; a clock that steps back makes nobody wait for longer than `longest`.
bool lies_ahead(Instant at, Instant now, std::chrono::milliseconds longest) {
  return at > now && at - now <= longest;
}

}  // namespace

Result<void> FollowerRunner::begin() {
  const auto start = options_.start.position();
  if (start == Position{}) return {};
  const Position end = head();
  const Position position = start.value_or(end);
  if (position < Position{} || position > end) {
    return refusal::InvalidArgument{"start", "must be a position that the log has reached"};
  }
  const auto proof = proof_of(position);
  effect_->transact_durably([&](Followers& followers) {
    if (followers.find(name())) return;
    followers.save(name(), {.position = position, .begun = position, .proof = proof});
  });
  return {};
}

Progress FollowerRunner::run(const Run& run) {
  Progress progress;
  // What is away for the first time may be back at once.
  if (times_away_ > 1 && lies_ahead(rests_until_, run.now, longest_rest)) {
    progress.retry_at = rests_until_;
    progress.failed = away_;
    return progress;
  }
  try {
    follow(run, progress);
    note_away({});
    times_away_ = 0;
  } catch (...) {
    rest_after(error_of(std::current_exception()), run, progress);
  }
  ledger_.release();
  return progress;
}

/// What has let some events through is not away for long.
void FollowerRunner::rest_after(Error failure, const Run& run, Progress& progress) {
  if (progress.followed > 0) times_away_ = 0;
  note_away(failure.message());
  away_ = std::move(failure);
  rests_until_ =
      run.now + std::min<std::chrono::milliseconds>(
                    first_rest * (std::int64_t{1} << std::min(times_away_, 16)), longest_rest);
  ++times_away_;
  progress.retry_at = rests_until_;
  progress.failed = away_;
}

void FollowerRunner::follow(const Run& run, Progress& progress) {
  Checkpoint from = load();
  if (!history_.holds(from)) {
    progress.failed = refusal::LogDiverged{from.position.value()};
    return;
  }
  const Position until = std::min(head(), run.until.value_or(Position{INT64_MAX}));
  std::optional<Checkpoint> overtaken_at;
  Position kept;
  note_unreadable(std::nullopt);
  for (;; from = load()) {
    kept = from.position;
    progress.failed = halted(from);
    if (progress.failed) break;
    if (from.failure && lies_ahead(from.failure->retry_at, run.now, 2 * longest_pause)) {
      progress.retry_at = from.failure->retry_at;
      break;
    }
    progress.more = progress.followed >= run.max_events;
    if (progress.more || std::max(from.position, passed()) >= until) break;
    progress.more = progress.followed > 0 && std::chrono::steady_clock::now() >= run.ends_at;
    if (progress.more) break;
    if (const auto left = ledger_.elsewhere(from.lease)) {
      progress.retry_at = run.now + *left;
      break;
    }

    const auto slice = read_slice(from, until, run.max_events - progress.followed);
    if (slice.seen == 0) {
      note_unreadable(progress.failed = slice.unreadable);
      break;
    }
    try {
      if (slice.is_empty()) {
        pass(slice);
        progress.followed += slice.seen;
      } else if (is_blamed(slice)) {
        fail(slice, slice.events.front(), "the process ended while it was taken", run.now);
      } else {
        take(slice, run, progress);
      }
    } catch (const Overtaken&) {
      ledger_.lose();
      if (overtaken_at == from) {
        throw PortError(name() +
                        ": its checkpoint cannot be moved: the store that is written is not the "
                        "one that is read; was its file replaced while it was open?");
      }
      overtaken_at = from;
    }
  }
  if (!progress.more || passed() <= kept) return;
  try {
    keep_passed();
  } catch (const Overtaken&) {
    ledger_.lose();  // another has passed it as well
  }
}

Position FollowerRunner::head() const {
  return read(storage_, [](const ReadView& view) { return view.log().head(); });
}

std::uint64_t FollowerRunner::proof_of(Position at) const {
  return read(storage_, [&](const ReadView& view) { return view.log().proof(at).value_or(0); });
}

Position FollowerRunner::passed() const {
  const std::lock_guard lock(mutex_);
  return passed_;
}

std::optional<Error> FollowerRunner::halted(const Checkpoint& checkpoint) const {
  const auto& failure = checkpoint.failure;
  if (failure && failure->attempts >= max_attempts) {
    return refusal::StorageFailure{"halted at position " + to_string(failure->at) + ": " +
                                   failure->error};
  }
  const std::lock_guard lock(mutex_);
  return stuck_;
}

/// Lets it go on that has halted, and try again at once that waits or backs off; true if it had
/// halted.
bool FollowerRunner::resume(Instant now) {
  bool was_halted = false;
  ledger_.write([&](Followers&, Checkpoint& current) {
    was_halted = halted(current).has_value();
    if (current.failure && was_halted) {
      current.failure = std::nullopt;
      current.begun = current.position;
    } else if (current.failure) {
      current.failure->retry_at = std::min(current.failure->retry_at, now);
    }
    return Then::keep;
  });
  times_away_ = 0;
  const std::lock_guard lock(mutex_);
  stuck_ = std::nullopt;
  return was_halted;
}

void FollowerRunner::note_away(std::string why) {
  const std::lock_guard lock(mutex_);
  store_failure_ = std::move(why);
}

void FollowerRunner::note_unreadable(std::optional<Error> why) {
  const std::lock_guard lock(mutex_);
  unreadable_ = std::move(why);
}

Checkpoint FollowerRunner::load() {
  Checkpoint found = ledger_.read();
  const std::lock_guard lock(mutex_);
  // In another generation what was passed in this one says nothing.
  const bool is_another = std::exchange(generation_, found.generation) != found.generation;
  passed_ = is_another ? found.position : std::max(passed_, found.position);
  return found;
}

void FollowerRunner::take(const Slice& slice, const Run& run, Progress& progress) {
  if (slice.events.empty()) {
    ledger_.write([&](Followers& followers, Checkpoint& current) {
      return settle(followers, current, slice, 0, run.now);
    });
    progress.followed += slice.seen;
    return;
  }
  if (slice.is_suspect) suspect_ = slice.from.begun;
  if (effect_->runs_host_code()) mark(slice);
  const auto& failure = slice.from.failure;
  const bool is_retry = failure && failure->at == slice.events.front().position;
  Taken taken;
  try {
    taken = have_taken(
        {.events = slice.events,
         .attempt = is_retry ? failure->attempts + 1 : 1,
         .ends_at = std::min(run.ends_at, std::chrono::steady_clock::now() + max_batch_time)},
        [&](Followers& followers, Checkpoint& current, std::size_t count) {
          return settle(followers, current, slice, count, run.now);
        });
  } catch (...) {
    if (effect_->runs_host_code()) unmark(slice);
    throw;
  }
  progress.followed += taken.count == slice.events.size() ? slice.seen : taken.count;
  if (taken.error) fail(slice, slice.events[taken.count], text_of(taken.error), run.now);
  if (!taken.away) return;
  if (taken.count == 0) unmark(slice);
  std::rethrow_exception(taken.away);
}

/// Has the effect take events, under the lease for as long as it takes.
Taken FollowerRunner::have_taken(
    const Batch& batch, FunctionRef<Then(Followers&, Checkpoint&, std::size_t count)> settle) {
  std::optional<Lease> written;
  Taken taken;
  {
    const auto renewal = effect_->is_transactional() ? nullptr : LeaseRenewal::of(ledger_);
    taken = effect_->take(batch, [&](Followers& followers, std::size_t count) {
      written = ledger_.write(followers, [&](Followers& same, Checkpoint& current) {
        return settle(same, current, count);
      });
    });
  }
  if (written) ledger_.wrote(*written);
  return taken;
}

void FollowerRunner::mark(const Slice& slice) {
  Mark made{slice.events.back().position};
  ledger_.write([&](Followers&, Checkpoint& current) {
    if (current.position != slice.from.position) throw Overtaken{};
    current.begun = made.at;
    made.epoch = current.lease.epoch;
    return Then::keep;
  });
  begun_ = made;
}

/// The batch has ended without its effect, but not by a death.
void FollowerRunner::unmark(const Slice& slice) noexcept {
  try {
    ledger_.write([&](Followers&, Checkpoint& current) {
      const bool is_mine = begun_ == Mark{current.begun, current.lease.epoch};
      if (current.position == slice.from.position && is_mine) {
        // An event that was alone, and has thrown, kills nobody.
        const bool are_suspect = slice.is_suspect && slice.events.size() > 1;
        current.begun = are_suspect ? slice.from.begun : current.position;
      }
      return Then::release;
    });
  } catch (...) {  // NOLINT(bugprone-empty-catch): this object knows its mark, and what has failed
  }
}

FollowerRunner::Then FollowerRunner::settle(Followers& followers, Checkpoint& current,
                                            const Slice& slice, std::size_t count,
                                            Instant now) const {
  if (current.position != slice.from.position) throw Overtaken{};
  const bool is_whole = count == slice.events.size();
  Position end = is_whole ? slice.end : slice.from.position;
  if (!is_whole && count > 0) end = slice.events[count - 1].position;
  for (const auto& event : slice.behind) {
    if (!is_whole && event.position > slice.events[count].position) break;
    end = std::max(end, event.position);
    followers.park(name(), {event, DeadLetterReason::behind, 0, {}, now});
  }
  current.position = end;
  current.proof = is_whole ? slice.proof : proof_of(end);
  current.unknown += slice.unknown_between(slice.from.position, end);
  current.begun = slice.is_suspect ? std::max(end, slice.from.begun) : end;
  current.failure = std::nullopt;
  const bool is_over = is_whole && slice.is_last;
  // Where the lease was taken in this very transaction, it is given back in it.
  return is_over || !effect_->runs_host_code() ? Then::release : Then::keep;
}

void FollowerRunner::pass(const Slice& slice) {
  {
    const std::lock_guard lock(mutex_);
    passed_ = slice.end;
  }
  passed_proof_ = slice.proof;
  if (slice.end.value() - slice.from.position.value() >= passed_at_most) keep_passed();
}

/// What was passed over as not wanted, so that a process that does no more does it but once.
void FollowerRunner::keep_passed() {
  const Position reached = passed();
  ledger_.write([&](Followers&, Checkpoint& current) {
    if (!current.failure && current.position < reached) {
      current.position = reached;
      current.proof = passed_proof_;
      current.begun = std::max(current.begun, reached);
    }
    return Then::release;
  });
}

}  // namespace exhibition
