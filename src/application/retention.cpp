#include "retention.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "thrown.hpp"

namespace exhibition {
namespace {

/// What others may have to wait for.
constexpr std::size_t forgotten_at_once = 1000;
constexpr std::size_t keys_at_once = 500;

/// Who repeats a command has at least so long for it.
constexpr std::chrono::hours youngest_key{24};

/// Everything up to there is in the archive.
void raise_mark(Followers& marks, Position archived) {
  const auto known = marks.find(Retention::archive_name);
  if (known && known->position >= archived) return;
  marks.save(Retention::archive_name, {.position = archived, .begun = archived});
}

/// So long ago, or the beginning of time.
Instant ago(std::chrono::milliseconds age, Instant now) {
  return now > Instant::min() + age ? now - age : Instant::min();
}

}  // namespace

Position Retention::introduce(std::string_view follower) {
  if (const auto known = marked(follower)) return *known;
  const bool is_required =
      std::find(required_.begin(), required_.end(), follower) != required_.end();
  if (!is_required) mark(follower, Position{});
  return Position{};
}

void Retention::mark(std::string_view follower, Position passed) {
  if (marked(follower) == passed) return;
  expect(transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    unit.followers().save(follower, {.position = passed, .begun = passed});
    return {};
  }));
}

std::optional<Position> Retention::marked(std::string_view follower) const {
  return read(storage_, [&](const ReadView& view) -> std::optional<Position> {
    const auto known = view.followers().find(follower);
    if (!known) return std::nullopt;
    return known->position;
  });
}

bool Retention::abandon(std::string_view follower) {
  if (!marked(follower)) return false;
  expect(transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    unit.followers().forget(follower);
    return {};
  }));
  return true;
}

Result<Retention::Pruning> Retention::begin(const PruneOptions& options) const {
  if (options.older_than < std::chrono::milliseconds{0}) {
    return refusal::InvalidArgument{"older_than", "must not be negative"};
  }
  if (options.up_to && *options.up_to < Position{}) {
    return refusal::InvalidArgument{"up_to", "must not be negative"};
  }
  const Instant now = clock_.now();
  // Of no age at all is everything, even what a clock that was wrong has dated in the future.
  const bool is_all = options.older_than == std::chrono::milliseconds{0};
  Pruning pruning{
      .old_events_end = is_all ? Instant::max() : ago(options.older_than, now),
      .old_keys_end =
          ago(std::max<std::chrono::milliseconds>(options.older_than, youngest_key), now),
      .up_to = options.up_to.value_or(Position{std::numeric_limits<std::int64_t>::max()})};
  pruning.report.floor = read(storage_, [](const ReadView& view) { return view.log().floor(); });
  return pruning;
}

Result<void> Retention::go_on(Pruning& pruning) {
  if (pruning.has_more_events) {
    if (const auto forgotten = forget_some(pruning); !forgotten) return forgotten;
  }
  if (pruning.has_more_keys) remove_some_keys(pruning);
  return {};
}

Result<bool> Retention::archive(ArchiveReport& report) {
  if (!archive_) {
    return refusal::InvalidArgument{"archive", "must be given when the engine is opened"};
  }
  const auto known = check_archive();
  if (!known) return known.error();
  report.end = known->end.value_or(Position{});
  // With the last one that it has, to see that it is the same.
  const auto events = read(storage_, [&](const ReadView& view) {
    const Position floor = view.log().floor();
    const Position after = std::max(floor, Position{report.end.value() - 1});
    return provable(view.log(), view.log().read(after, forgotten_at_once));
  });
  const auto archived = archive_all(events);
  if (!archived) return archived.error();
  if (*archived == 0) return false;
  report.events += *archived;
  report.end = events.back().envelope.position;
  mark(archive_name, report.end);
  return true;
}

Result<void> Retention::forget_some(Pruning& pruning) {
  auto& report = pruning.report;
  const auto events = old_events(pruning.old_events_end, pruning.up_to);
  const auto archived = archive_all(events);
  if (!archived) return archived.error();
  report.archived += *archived;
  const auto forgotten = forget(events.empty() ? report.floor : events.back().envelope.position);
  if (!forgotten) return forgotten.error();
  report.events += forgotten->events;
  report.floor = forgotten->floor;
  report.held_by = forgotten->held_by;
  pruning.has_more_events = forgotten->events > 0 && !forgotten->held_by;
  return {};
}

/// The next ones that are old enough, in the order of the log: the first that is too young ends it.
std::vector<ArchivedEvent> Retention::old_events(Instant before, Position up_to) const {
  return read(storage_, [&](const ReadView& view) {
    auto events = view.log().read(view.log().floor(), forgotten_at_once);
    const auto first_to_stay =
        std::find_if(events.begin(), events.end(), [&](const Envelope& event) {
          return event.occurred_at > before || event.position > up_to;
        });
    events.erase(first_to_stay, events.end());
    return provable(view.log(), std::move(events));
  });
}

/// With what an archive keeps of them; without one nobody asks.
std::vector<ArchivedEvent> Retention::provable(const EventLog& log,
                                               std::vector<Envelope> events) const {
  std::vector<ArchivedEvent> found;
  found.reserve(events.size());
  for (auto& event : events) {
    const auto proof = archive_ ? log.proof(event.position).value_or(0) : 0;
    found.push_back({std::move(event), proof});
  }
  return found;
}

/// A log that was restored from a copy has the archive's past, or a part of it, and another future.
Result<Retention::Archived> Retention::check_archive() const {
  Archived archived;
  archived.log = read(storage_, [](const ReadView& view) { return view.log().id(); });
  archived.end = archive_->end(archived.log);  // before the head is read, which may be ahead of it
  const auto [head, needed] = read(storage_, [&](const ReadView& view) {
    const auto mark = view.followers().find(archive_name);
    const Position had = mark ? mark->position : Position{};
    // One that has nothing yet may begin where the log does.
    return std::pair(view.log().head(), archived.end ? std::max(had, view.log().floor()) : had);
  });
  const Position end = archived.end.value_or(Position{});
  if (end > head) return refusal::LogDiverged{end.value()};
  if (end < needed) return refusal::HistoryTruncated{end.value(), needed.value()};
  return archived;
}

/// Those that it has already are there, can be read, and are the same.
Result<void> Retention::check_same(const Archived& archived,
                                   const std::vector<ArchivedEvent>& events) const {
  Position at{events.front().envelope.position.value() - 1};
  const Position last = std::min(archived.end.value_or(at), events.back().envelope.position);
  if (last <= at) return {};
  const auto count = static_cast<std::size_t>(last.value() - at.value());
  const auto theirs = archive_->read(archived.log, at, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i == theirs.size()) return refusal::HistoryTruncated{at.value(), last.value()};
    at = events[i].envelope.position;
    if (theirs[i].proof != events[i].proof) return refusal::LogDiverged{at.value()};
  }
  return {};
}

/// Gives the number of those that it did not have.
Result<std::int64_t> Retention::archive_all(const std::vector<ArchivedEvent>& events) {
  if (!archive_) return 0;
  const auto archived = check_archive();
  if (!archived) return archived.error();
  if (events.empty()) return 0;
  const auto& end = archived->end;
  const Position before{events.front().envelope.position.value() - 1};
  if (end && *end < before) return refusal::HistoryTruncated{end->value(), before.value()};
  if (const auto same = check_same(*archived, events); !same) return same.error();
  archive_->append(archived->log, events);
  return std::count_if(events.begin(), events.end(), [&](const ArchivedEvent& event) {
    return !end || event.envelope.position > *end;
  });
}

/// As far as all marks have passed, which are looked at in the unit that forgets.
Result<Retention::Forgotten> Retention::forget(Position up_to) {
  return transact(storage_, [&](UnitOfWork& unit) -> Result<Forgotten> {
    Forgotten forgotten;
    forgotten.floor = unit.log().floor();
    if (archive_ && up_to > forgotten.floor) raise_mark(unit.followers(), up_to);
    auto needed = unit.followers().names();
    needed.insert(needed.end(), required_.begin(), required_.end());
    Position lowest = up_to;
    for (const auto& follower : needed) {
      const auto passed = unit.followers().find(follower).value_or(Checkpoint{}).position;
      if (passed >= lowest) continue;
      lowest = passed;
      forgotten.held_by = follower;
    }
    if (lowest <= forgotten.floor) return forgotten;
    unit.log().forget(lowest);
    forgotten.events = lowest.value() - forgotten.floor.value();
    forgotten.floor = lowest;
    return forgotten;
  });
}

void Retention::remove_some_keys(Pruning& pruning) {
  const auto next = [&](const IdempotencyKeys& keys) {
    return keys.applied_before(pruning.old_keys_end, pruning.last_key, keys_at_once);
  };
  pruning.has_more_keys =
      !read(storage_, [&](const ReadView& view) { return next(view.keys()); }).empty();
  if (!pruning.has_more_keys) return;
  std::vector<StoredKey> old;
  expect(transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    // Once more: since then one may have been removed by others, and used anew.
    old = next(unit.keys());
    for (const auto& key : old) unit.keys().remove(key);
    return {};
  }));
  if (!old.empty()) pruning.last_key = old.back();
  pruning.report.keys += static_cast<std::int64_t>(old.size());
}

}  // namespace exhibition
