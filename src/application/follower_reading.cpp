#include <algorithm>
#include <utility>
#include <variant>

#include "follower_runner.hpp"
#include "unreadable.hpp"

// What a follower takes next of the log: read, looked through, and cut to what may be taken at once.

namespace exhibition {
namespace {

/// Leaves of a slice what lies before the first event that nobody can read, and tells of that.
std::optional<Error> end_before_unreadable(LogSlice& slice, Position after) {
  for (std::size_t i = 0; i < slice.events.size(); ++i) {
    auto why = unreadable(slice.events[i]);
    if (!why) continue;
    slice.end = i == 0 ? after : slice.events[i - 1].position;
    slice.events.resize(i);
    slice.seen = i;
    return why;
  }
  return std::nullopt;
}

/// Leaves of a slice what lies up to there.
void end_at(LogSlice& slice, Position until) {
  if (slice.end <= until) return;
  slice.end = until;
  std::erase_if(slice.events, [&](const Envelope& event) { return event.position > until; });
  slice.seen = std::max<std::size_t>(slice.events.size(), 1);
}

}  // namespace

/// Only the first `count` events, and what lies before them.
void FollowerRunner::Slice::keep(std::size_t count) {
  if (count >= events.size()) return;
  events.resize(count);
  end = events.back().position;
  std::erase_if(behind, [&](const Envelope& envelope) { return envelope.position > end; });
  seen = events.size() + behind.size();
  is_last = false;
}

/// Nothing in it is anybody's business.
bool FollowerRunner::Slice::is_empty() const {
  return events.empty() && behind.empty() && unknown.empty();
}

std::int64_t FollowerRunner::Slice::unknown_between(Position after, Position up_to) const {
  return std::count_if(unknown.begin(), unknown.end(),
                       [&](Position position) { return position > after && position <= up_to; });
}

FollowerRunner::Slice FollowerRunner::read_slice(const Checkpoint& from, Position until,
                                                 std::size_t limit) const {
  const Position after = std::max(from.position, passed());
  auto read = history_.read(after, std::min(limit, options_.batch), options_.types);
  LogSlice& found = read.slice;
  const Position read_up_to = found.end;
  const auto unreadable = read.missing ? read.missing : end_before_unreadable(found, after);
  end_at(found, until);
  Slice slice{.from = from,
              .end = found.end,
              .proof = read.proof,
              .seen = found.seen,
              .is_last = unreadable || found.end >= until || found.seen >= limit,
              .is_suspect = from.begun > from.position &&
                            begun_ != Mark{from.begun, from.lease.epoch} &&
                            ledger_.has_died(from.lease),
              .unreadable = unreadable};
  std::erase_if(found.events, [&](const Envelope& event) {
    const bool is_unknown = std::holds_alternative<UnknownEvent>(event.event);
    if (is_unknown) slice.unknown.push_back(event.position);
    return is_unknown;
  });
  effect_->read([&](const Followers& followers) {
    const bool has_dead_letters = followers.count_dead_letters(name()) > 0;
    for (auto& event : found.events) {
      const bool waits =
          has_dead_letters && !followers.dead_letters_of(name(), event.stream, 1).empty();
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
  if (slice.end != read_up_to) slice.proof = proof_of(slice.end);
  return slice;
}

/// Whether its one event was alone when a process died. The last part of a batch that is taken in
/// parts is alone for the first time.
bool FollowerRunner::is_blamed(const Slice& slice) const {
  return slice.is_suspect && slice.events.size() == 1 &&
         slice.events.front().position == slice.from.begun && suspect_ != slice.from.begun;
}

}  // namespace exhibition
