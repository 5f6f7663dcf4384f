#include <algorithm>
#include <utility>
#include <variant>

#include "follower_runner.hpp"
#include "thrown.hpp"

// What a follower does about events that it could not take, and what it tells of itself.

namespace exhibition {
namespace {

constexpr std::chrono::milliseconds first_pause{100};

/// 100 ms, doubling up to `longest`, more or less by a fifth: `share` is a random number in [0, 1).
std::chrono::milliseconds pause_after(int attempts, std::chrono::milliseconds longest,
                                      double share) {
  const auto doubled = first_pause * (std::int64_t{1} << std::min(attempts - 1, 16));
  const auto pause = std::min<std::chrono::milliseconds>(doubled, longest);
  return std::chrono::milliseconds{
      static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.8 + 0.4 * share))};
}

}  // namespace

void FollowerRunner::fail(const Slice& slice, const Envelope& event, const std::string& error,
                          Instant now) {
  const double share = static_cast<double>(random_.bits() >> 11U) * 0x1p-53;  // of 1
  const auto& known = slice.from.failure;
  const bool is_last = known && known->at == event.position && known->attempts + 1 >= max_attempts;
  Position before;  // of those that wait, and are parked with it
  for (const auto& waiting : slice.behind) {
    if (waiting.position < event.position) before = waiting.position;
  }
  const auto proof = proof_of(event.position);
  const auto proof_before = proof_of(before);
  try {
    ledger_.write([&](Followers& followers, Checkpoint& current) {
      if (current.position >= event.position) throw Overtaken{};
      const Position from = current.position;
      const bool is_known = current.failure && current.failure->at == event.position;
      const int attempts = is_known ? current.failure->attempts + 1 : 1;
      for (const auto& waiting : slice.behind) {
        if (waiting.position <= current.position || waiting.position > event.position) continue;
        followers.park(name(), {waiting, DeadLetterReason::behind, 0, {}, now});
        current.position = waiting.position;
        current.proof = proof_before;
      }
      if (attempts >= max_attempts && options_.on_failure == OnFailure::park_stream) {
        followers.park(name(), {event, DeadLetterReason::failed, attempts, error, now});
        current.position = event.position;
        current.proof = proof;
        current.failure = std::nullopt;
      } else {
        current.failure = Failure{event.position, attempts,
                                  now + pause_after(attempts, longest_pause, share), error};
      }
      current.begun = current.position;
      current.unknown += slice.unknown_between(from, current.position);
      return Then::release;
    });
  } catch (const PortError& failure) {
    if (!is_last || options_.on_failure == OnFailure::halt) throw;
    const std::lock_guard lock(mutex_);
    stuck_ = refusal::StorageFailure{"halted: the dead letter of " + event.key() +
                                     " cannot be written: " + failure.what()};
  }
}

RetryReport FollowerRunner::retry(const std::optional<Stream>& stream, Instant now) {
  const Tenure tenure(ledger_);
  RetryReport report;
  if (!stream) report.resumed = resume(now);
  Position after;
  for (;;) {
    std::vector<DeadLetter> next;
    effect_->read([&](const Followers& followers) {
      next = stream ? followers.dead_letters_of(name(), *stream, 1)
                    : followers.dead_letters(name(), after, 1);
    });
    if (next.empty()) return report;
    auto& letter = next.front();
    after = letter.envelope.position;
    const bool waits = std::any_of(report.failed.begin(), report.failed.end(), [&](const auto& of) {
      return of.envelope.stream == letter.envelope.stream;
    });
    if (waits) continue;
    if (std::holds_alternative<UnknownEvent>(letter.envelope.event)) {
      letter.error =
          "this version of the library does not know events of its type or schema version";
      report.failed.push_back(std::move(letter));
      if (stream) return report;
      continue;
    }
    const auto taken = have_taken({.events = {&letter.envelope, 1},
                                   .attempt = letter.attempts + 1,
                                   .ends_at = std::chrono::steady_clock::time_point::max()},
                                  [&](Followers& followers, Checkpoint&, std::size_t) {
                                    followers.remove(name(), after);
                                    return Then::keep;
                                  });
    if (taken.away) std::rethrow_exception(taken.away);
    if (!taken.error) {
      ++report.replayed;
      continue;
    }
    letter.reason = DeadLetterReason::failed;
    letter.error = text_of(taken.error);
    ++letter.attempts;
    letter.parked_at = now;
    ledger_.write([&](Followers& followers, Checkpoint&) {
      followers.park(name(), letter);
      return Then::keep;
    });
    report.failed.push_back(std::move(letter));
    if (stream) return report;
  }
}

bool FollowerRunner::discard(Position position, Instant now) {
  if (position <= Position{}) return false;
  const Tenure tenure(ledger_);
  const auto proof = proof_of(position);
  const bool is_floor = is_truncated_at(position);
  bool was_there = false;
  bool was_halted = false;
  ledger_.write([&](Followers& followers, Checkpoint& current) {
    const auto next = followers.dead_letters(name(), Position{position.value() - 1}, 1);
    was_there = !next.empty() && next.front().envelope.position == position;
    const bool is_halted_at =
        current.failure && current.failure->at == position && halted(current).has_value();
    const bool is_below = is_floor && current.position < position;
    was_halted = !was_there && (is_halted_at || is_below);
    if (was_there) followers.remove(name(), position);
    if (was_halted) {
      current.position = position;
      current.proof = proof;
      current.begun = position;
      current.failure = std::nullopt;
    }
    return Then::keep;
  });
  if (was_halted) {
    resume(now);
    note_unreadable(std::nullopt);
  }
  return was_there || was_halted;
}

/// Whether it has halted because everything up to there was forgotten.
bool FollowerRunner::is_truncated_at(Position floor) const {
  const std::lock_guard lock(mutex_);
  if (!unreadable_) return false;
  const auto* truncated = std::get_if<refusal::HistoryTruncated>(&unreadable_->detail);
  return truncated && truncated->floor == floor.value();
}

std::vector<DeadLetter> FollowerRunner::dead_letters(Position after, std::size_t limit) const {
  std::vector<DeadLetter> found;
  effect_->read(
      [&](const Followers& followers) { found = followers.dead_letters(name(), after, limit); });
  return found;
}

/// An archive that is away keeps nobody from looking.
bool FollowerRunner::seems_held(const Checkpoint& checkpoint) const {
  try {
    return history_.holds(checkpoint);
  } catch (const PortError&) {
    return true;
  }
}

FollowerStatus FollowerRunner::status(Instant now) const {
  FollowerStatus status;
  status.name = name();
  std::optional<Error> unreadable;
  Position passed;
  std::int64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    passed = passed_;
    generation = generation_;
    status.store_failure = store_failure_;
    unreadable = unreadable_;
    status.rebuild = rebuild_;
  }
  Checkpoint checkpoint;
  try {
    effect_->read([&](const Followers& followers) {
      checkpoint = followers.find(name()).value_or(Checkpoint{});
      status.parked = followers.count_dead_letters(name());
    });
  } catch (const PortError& failure) {
    status.store_failure = failure.what();
  }
  const bool is_same = generation == checkpoint.generation;
  status.position = is_same ? std::max(passed, checkpoint.position) : checkpoint.position;
  status.generation = checkpoint.generation;
  status.failure = checkpoint.failure;
  status.unknown = checkpoint.unknown;
  status.owner = checkpoint.lease.owner;
  status.epoch = checkpoint.lease.epoch;
  const bool is_held = seems_held(checkpoint);
  storage_.read([&](const ReadView& view) {
    status.head = view.log().head();
    status.floor = view.log().floor();
    const auto backlog = view.log().backlog(is_held ? status.position : Position{}, options_.types);
    const auto forgotten =
        std::max<std::int64_t>(status.floor.value() - status.position.value(), 0);
    status.lag_events =
        is_held ? backlog.events + forgotten : std::max<std::int64_t>(backlog.events, 1);
    if (backlog.since) status.lag = now - *backlog.since;
  });
  if (!is_held) {
    status.state = FollowerState::diverged;
  } else if (const auto why = halted(checkpoint)) {
    status.state = FollowerState::halted;
    status.halted_by = why;
  } else if (unreadable) {
    status.state = FollowerState::halted;
    status.halted_by = unreadable;
  } else if (status.failure) {
    status.state = FollowerState::backoff;
  } else if (!status.store_failure.empty()) {
    status.state = FollowerState::waiting;
  }
  return status;
}

}  // namespace exhibition
