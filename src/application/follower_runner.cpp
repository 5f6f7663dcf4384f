#include "follower_runner.hpp"

#include <algorithm>
#include <utility>

#include "thrown.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;

constexpr int max_attempts = 8;
constexpr std::chrono::milliseconds first_pause = 100ms;
constexpr std::chrono::milliseconds longest_pause = 60s;
constexpr std::chrono::milliseconds first_rest = 200ms;
constexpr std::chrono::milliseconds longest_rest = 10s;
constexpr std::chrono::milliseconds max_batch_time = 20ms;
constexpr std::int64_t passed_at_most = 1024;

/// Somebody else has moved the checkpoint: what was read is no longer what is next.
struct Overtaken {};

/// 100 ms, doubling up to a minute, more or less by a fifth: `share` is a random number in [0, 1).
std::chrono::milliseconds pause_after(int attempts, double share) {
  const auto doubled = first_pause * (std::int64_t{1} << std::min(attempts - 1, 16));
  const auto pause = std::min<std::chrono::milliseconds>(doubled, longest_pause);
  return std::chrono::milliseconds{
      static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.8 + 0.4 * share))};
}

/// Whether it is not yet time; a clock that steps back makes nobody wait for longer than `longest`.
bool lies_ahead(Instant at, Instant now, std::chrono::milliseconds longest) {
  return at > now && at - now <= longest;
}

Checkpoint checkpoint_in(const Followers& followers, std::string_view name) {
  return followers.find(name).value_or(Checkpoint{});
}

}  // namespace

/// Only the first `count` events, and what lies before them.
void FollowerRunner::Slice::keep(std::size_t count) {
  if (count >= events.size()) return;
  events.resize(count);
  end = events.back().position;
  std::erase_if(behind, [&](const Envelope& envelope) { return envelope.position > end; });
  seen = events.size() + behind.size();
}

Result<void> FollowerRunner::begin() {
  const auto start = options_.start.position();
  if (start == Position{}) return {};
  const Position end = head();
  const Position position = start.value_or(end);
  if (position < Position{} || position > end) {
    return refusal::InvalidArgument{"start", "must be a position that the log has reached"};
  }
  effect_->transact_durably([&](Followers& followers) {
    if (!followers.find(name_)) followers.save(name_, {.position = position, .begun = position});
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
  const Position until = head();
  std::optional<Position> overtaken_at;
  Position kept;
  while (!halted()) {
    const Checkpoint from = load();
    kept = from.position;
    const auto& failure = from.failure;
    if (failure && failure->attempts >= max_attempts) {
      halt(refusal::StorageFailure{"halted at position " + to_string(failure->at) + ": " +
                                   failure->error});
      break;
    }
    if (failure && lies_ahead(failure->retry_at, run.now, 2 * longest_pause)) {
      progress.retry_at = failure->retry_at;
      break;
    }
    progress.more = progress.followed >= run.max_events;
    if (progress.more || std::max(from.position, passed()) >= until) break;
    progress.more = progress.followed > 0 && std::chrono::steady_clock::now() >= run.ends_at;
    if (progress.more) break;

    const auto slice = read_slice(from, run.max_events - progress.followed);
    if (slice.seen == 0) break;
    try {
      if (slice.events.empty() && slice.behind.empty()) {
        pass(slice);
        progress.followed += slice.seen;
      } else if (is_blamed(slice)) {
        fail(slice, slice.events.front(), "the process ended while it was taken", run.now);
      } else {
        take(slice, run, progress);
      }
    } catch (const Overtaken&) {
      if (overtaken_at == from.position) {
        throw PortError(name_ +
                        ": its checkpoint cannot be moved: the store that is written is not the "
                        "one that is read; was its file replaced while it was open?");
      }
      overtaken_at = from.position;
    }
  }
  progress.failed = halted();
  if (progress.more && passed() > kept) keep_passed();
}

Position FollowerRunner::head() const {
  return read(storage_, [](const ReadView& view) { return view.log().head(); });
}

Position FollowerRunner::passed() const {
  const std::lock_guard lock(mutex_);
  return passed_;
}

std::optional<Error> FollowerRunner::halted() const {
  const std::lock_guard lock(mutex_);
  return halted_;
}

void FollowerRunner::halt(const Error& why) {
  const std::lock_guard lock(mutex_);
  halted_ = why;
}

/// Lets it go on that has halted, and try again at once that waits or backs off; true if it had
/// halted.
bool FollowerRunner::resume(Instant now) {
  bool was_halted = halted().has_value();
  effect_->transact([&](Followers& followers) {
    Checkpoint current = checkpoint_in(followers, name_);
    if (!current.failure) return;
    was_halted |= current.failure->attempts >= max_attempts;
    if (was_halted) {
      current.failure = std::nullopt;
      current.begun = current.position;
    } else {
      current.failure->retry_at = std::min(current.failure->retry_at, now);
    }
    followers.save(name_, current);
  });
  times_away_ = 0;
  const std::lock_guard lock(mutex_);
  halted_ = std::nullopt;
  return was_halted;
}

void FollowerRunner::note_away(std::string why) {
  const std::lock_guard lock(mutex_);
  store_failure_ = std::move(why);
}

Checkpoint FollowerRunner::load() {
  Checkpoint found;
  effect_->read([&](const Followers& followers) { found = checkpoint_in(followers, name_); });
  const std::lock_guard lock(mutex_);
  passed_ = std::max(passed_, found.position);
  return found;
}

FollowerRunner::Slice FollowerRunner::read_slice(const Checkpoint& from, std::size_t limit) const {
  const Position after = std::max(from.position, passed());
  limit = std::min(limit, options_.batch);
  auto found = read(storage_, [&](const ReadView& view) {
    return view.log().slice(after, limit, options_.types);
  });
  Slice slice{.from = from,
              .end = found.end,
              .seen = found.seen,
              .is_suspect = from.begun > from.position && from.begun != begun_};
  effect_->read([&](const Followers& followers) {
    const bool has_dead_letters = followers.count_dead_letters(name_) > 0;
    for (auto& event : found.events) {
      const bool waits =
          has_dead_letters && !followers.dead_letters_of(name_, event.stream, 1).empty();
      (waits ? slice.behind : slice.events).push_back(std::move(event));
    }
  });
  const auto suspects =
      slice.is_suspect
          ? std::count_if(slice.events.begin(), slice.events.end(),
                          [&](const Envelope& event) { return event.position <= from.begun; })
          : 0;
  if (from.failure) {
    slice.keep(1);
  } else if (suspects > 0) {
    slice.keep((static_cast<std::size_t>(suspects) + 1) / 2);
  }
  return slice;
}

/// Whether its one event was alone when a process died. The last part of a batch that is taken in
/// parts is alone for the first time.
bool FollowerRunner::is_blamed(const Slice& slice) const {
  return slice.is_suspect && slice.events.size() == 1 &&
         slice.events.front().position == slice.from.begun && suspect_ != slice.from.begun;
}

void FollowerRunner::take(const Slice& slice, const Run& run, Progress& progress) {
  Taken taken;
  if (slice.events.empty()) {
    effect_->transact([&](Followers& followers) { settle(followers, slice, 0, run.now); });
  } else {
    if (slice.is_suspect) suspect_ = slice.from.begun;
    if (effect_->runs_host_code()) mark(slice);
    const auto& failure = slice.from.failure;
    const bool is_retry = failure && failure->at == slice.events.front().position;
    try {
      taken = effect_->take(
          {.events = slice.events,
           .attempt = is_retry ? failure->attempts + 1 : 1,
           .ends_at = std::min(run.ends_at, std::chrono::steady_clock::now() + max_batch_time)},
          [&](Followers& followers, std::size_t count) {
            settle(followers, slice, count, run.now);
          });
    } catch (...) {
      if (effect_->runs_host_code()) unmark(slice);
      throw;
    }
  }
  progress.followed += taken.count == slice.events.size() ? slice.seen : taken.count;
  if (taken.error) fail(slice, slice.events[taken.count], text_of(taken.error), run.now);
  if (!taken.away) return;
  if (taken.count == 0) unmark(slice);
  std::rethrow_exception(taken.away);
}

void FollowerRunner::mark(const Slice& slice) {
  const Position last = slice.events.back().position;
  effect_->transact([&](Followers& followers) {
    Checkpoint current = checkpoint_in(followers, name_);
    if (current.position != slice.from.position) throw Overtaken{};
    current.begun = last;
    followers.save(name_, current);
  });
  begun_ = last;
}

/// The batch has ended without its effect, but not by a death.
void FollowerRunner::unmark(const Slice& slice) noexcept {
  try {
    effect_->transact([&](Followers& followers) {
      Checkpoint current = checkpoint_in(followers, name_);
      if (current.position != slice.from.position || current.begun != begun_) return;
      // An event that was alone, and has thrown, kills nobody.
      const bool are_suspect = slice.is_suspect && slice.events.size() > 1;
      current.begun = are_suspect ? slice.from.begun : current.position;
      followers.save(name_, current);
    });
  } catch (...) {  // NOLINT(bugprone-empty-catch): this object knows its mark, and what has failed
  }
}

void FollowerRunner::settle(Followers& followers, const Slice& slice, std::size_t count,
                            Instant now) const {
  if (checkpoint_in(followers, name_).position != slice.from.position) throw Overtaken{};
  const bool is_whole = count == slice.events.size();
  Position end = is_whole ? slice.end : slice.from.position;
  if (!is_whole && count > 0) end = slice.events[count - 1].position;
  for (const auto& event : slice.behind) {
    if (!is_whole && event.position > slice.events[count].position) break;
    end = std::max(end, event.position);
    followers.park(name_, {event, DeadLetterReason::behind, 0, {}, now});
  }
  const Position begun = slice.is_suspect ? std::max(end, slice.from.begun) : end;
  followers.save(name_, {.position = end, .begun = begun});
}

void FollowerRunner::fail(const Slice& slice, const Envelope& event, const std::string& error,
                          Instant now) {
  const double share = static_cast<double>(random_.bits() >> 11U) * 0x1p-53;  // of 1
  const auto& known = slice.from.failure;
  const bool is_last = known && known->at == event.position && known->attempts + 1 >= max_attempts;
  const auto write = [&](Followers& followers) {
    Checkpoint current = checkpoint_in(followers, name_);
    if (current.position >= event.position) throw Overtaken{};
    const bool is_known = current.failure && current.failure->at == event.position;
    const int attempts = is_known ? current.failure->attempts + 1 : 1;
    for (const auto& waiting : slice.behind) {
      if (waiting.position <= current.position || waiting.position > event.position) continue;
      followers.park(name_, {waiting, DeadLetterReason::behind, 0, {}, now});
      current.position = waiting.position;
    }
    current.begun = current.position;
    current.failure = Failure{event.position, attempts, now + pause_after(attempts, share), error};
    if (attempts >= max_attempts && options_.on_failure == OnFailure::park_stream) {
      followers.park(name_, {event, DeadLetterReason::failed, attempts, error, now});
      current = {.position = event.position, .begun = event.position};
    }
    followers.save(name_, current);
  };
  try {
    effect_->transact(write);
  } catch (const PortError& failure) {
    if (!is_last || options_.on_failure == OnFailure::halt) throw;
    halt(refusal::StorageFailure{"halted: the dead letter of " + event.key() +
                                 " cannot be written: " + failure.what()});
  }
}

void FollowerRunner::pass(const Slice& slice) {
  {
    const std::lock_guard lock(mutex_);
    passed_ = slice.end;
  }
  if (slice.end.value() - slice.from.position.value() >= passed_at_most) keep_passed();
}

/// What was passed over as not wanted, so that a process that does no more does it but once.
void FollowerRunner::keep_passed() {
  const Position reached = passed();
  effect_->transact([&](Followers& followers) {
    Checkpoint current = checkpoint_in(followers, name_);
    if (current.failure || current.position >= reached) return;
    current.position = reached;
    current.begun = std::max(current.begun, reached);
    followers.save(name_, current);
  });
}

RetryReport FollowerRunner::retry(const std::optional<Stream>& stream, Instant now) {
  RetryReport report;
  if (!stream) report.resumed = resume(now);
  Position after;
  for (;;) {
    std::vector<DeadLetter> next;
    effect_->read([&](const Followers& followers) {
      next = stream ? followers.dead_letters_of(name_, *stream, 1)
                    : followers.dead_letters(name_, after, 1);
    });
    if (next.empty()) return report;
    auto& letter = next.front();
    after = letter.envelope.position;
    const bool waits = std::any_of(report.failed.begin(), report.failed.end(), [&](const auto& of) {
      return of.envelope.stream == letter.envelope.stream;
    });
    if (waits) continue;
    const auto taken =
        effect_->take({.events = {&letter.envelope, 1},
                       .attempt = letter.attempts + 1,
                       .ends_at = std::chrono::steady_clock::time_point::max()},
                      [&](Followers& followers, std::size_t) { followers.remove(name_, after); });
    if (taken.away) std::rethrow_exception(taken.away);
    if (!taken.error) {
      ++report.replayed;
      continue;
    }
    letter.reason = DeadLetterReason::failed;
    letter.error = text_of(taken.error);
    ++letter.attempts;
    letter.parked_at = now;
    effect_->transact([&](Followers& followers) { followers.park(name_, letter); });
    report.failed.push_back(std::move(letter));
    if (stream) return report;
  }
}

bool FollowerRunner::discard(Position position, Instant now) {
  bool was_there = false;
  bool was_halted = false;
  if (position <= Position{}) return was_there;
  effect_->transact([&](Followers& followers) {
    const auto next = followers.dead_letters(name_, Position{position.value() - 1}, 1);
    was_there = !next.empty() && next.front().envelope.position == position;
    if (was_there) {
      followers.remove(name_, position);
      return;
    }
    const auto failure = checkpoint_in(followers, name_).failure;
    was_halted = failure && failure->at == position &&
                 (failure->attempts >= max_attempts || halted().has_value());
    if (was_halted) followers.save(name_, {.position = position, .begun = position});
  });
  if (was_halted) resume(now);
  return was_there || was_halted;
}

std::vector<DeadLetter> FollowerRunner::dead_letters(Position after, std::size_t limit) const {
  std::vector<DeadLetter> found;
  effect_->read(
      [&](const Followers& followers) { found = followers.dead_letters(name_, after, limit); });
  return found;
}

FollowerStatus FollowerRunner::status(Instant now) const {
  FollowerStatus status;
  status.name = name_;
  {
    const std::lock_guard lock(mutex_);
    status.position = passed_;
    status.store_failure = store_failure_;
  }
  try {
    effect_->read([&](const Followers& followers) {
      const auto checkpoint = checkpoint_in(followers, name_);
      status.position = std::max(status.position, checkpoint.position);
      status.failure = checkpoint.failure;
      status.parked = followers.count_dead_letters(name_);
    });
  } catch (const PortError& failure) {
    status.store_failure = failure.what();
  }
  storage_.read([&](const ReadView& view) {
    status.head = view.log().head();
    const auto backlog = view.log().backlog(status.position, options_.types);
    status.lag_events = backlog.events;
    if (backlog.since) status.lag = now - *backlog.since;
  });
  if (const auto why = halted()) {
    status.state = FollowerState::halted;
    status.halted_by = why->message();
  } else if (status.failure && status.failure->attempts >= max_attempts) {
    status.state = FollowerState::halted;
    status.halted_by = status.failure->error;
  } else if (status.failure) {
    status.state = FollowerState::backoff;
  } else if (!status.store_failure.empty()) {
    status.state = FollowerState::waiting;
  }
  return status;
}

}  // namespace exhibition
