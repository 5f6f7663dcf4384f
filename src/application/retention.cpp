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

Result<PruneReport> Retention::prune(const PruneOptions& options) {
  if (options.older_than < std::chrono::milliseconds{0}) {
    return refusal::InvalidArgument{"older_than", "must not be negative"};
  }
  if (options.up_to && *options.up_to < Position{}) {
    return refusal::InvalidArgument{"up_to", "must not be negative"};
  }
  const Instant now = clock_.now();
  const Instant old_events_end = ago(options.older_than, now);
  const Instant old_keys_end =
      ago(std::max<std::chrono::milliseconds>(options.older_than, youngest_key), now);
  const Position up_to = options.up_to.value_or(Position{std::numeric_limits<std::int64_t>::max()});
  PruneReport report;
  report.floor = read(storage_, [](const ReadView& view) { return view.log().floor(); });
  StoredKey last_key;
  bool has_more_keys = true;
  bool has_more_events = true;
  while ((has_more_events || has_more_keys) && !options.stop.stop_requested()) {
    if (has_more_events) {
      const auto events = old_events(old_events_end, up_to);
      const auto archived = archive_all(events);
      if (!archived) return archived.error();
      report.archived += *archived;
      const auto forgotten = forget(events.empty() ? report.floor : events.back().position);
      if (!forgotten) return forgotten.error();
      report.events += forgotten->events;
      report.floor = forgotten->floor;
      report.held_by = forgotten->held_by;
      has_more_events = forgotten->events > 0 && !forgotten->held_by;
    }
    if (has_more_keys) {
      const auto removed = remove_keys(old_keys_end, last_key);
      report.keys += removed;
      has_more_keys = removed > 0;
    }
    if (options.on_progress) options.on_progress(report);
  }
  return report;
}

Result<ArchiveReport> Retention::archive(const ArchiveOptions& options) {
  if (!archive_) {
    return refusal::InvalidArgument{"archive", "must be there: see EngineOptions::archive"};
  }
  const auto log = read(storage_, [](const ReadView& view) { return view.log().id(); });
  ArchiveReport report;
  while (!options.stop.stop_requested()) {
    const auto end = archive_->end(log);
    const auto events = read(storage_, [&](const ReadView& view) {
      return view.log().read(end.value_or(view.log().floor()), forgotten_at_once);
    });
    report.end = end.value_or(Position{});
    if (events.empty()) break;
    const auto archived = archive_all(events);
    if (!archived) return archived.error();
    report.events += *archived;
    report.end = events.back().position;
    if (options.on_progress) options.on_progress(report);
  }
  return report;
}

/// The next ones that are old enough, in the order of the log: the first that is too young ends it.
std::vector<Envelope> Retention::old_events(Instant before, Position up_to) const {
  auto events = read(storage_, [](const ReadView& view) {
    return view.log().read(view.log().floor(), forgotten_at_once);
  });
  const auto first_to_stay = std::find_if(events.begin(), events.end(), [&](const Envelope& event) {
    return event.occurred_at > before || event.position > up_to;
  });
  events.erase(first_to_stay, events.end());
  return events;
}

/// Gives the number of those that it did not have.
Result<std::int64_t> Retention::archive_all(const std::vector<Envelope>& events) {
  if (!archive_ || events.empty()) return 0;
  const auto [log, floor] = read(storage_, [](const ReadView& view) {
    return std::pair(view.log().id(), view.log().floor());
  });
  const auto end = archive_->end(log);
  if (end && *end < events.front().position &&
      end->value() + 1 != events.front().position.value()) {
    return refusal::HistoryTruncated{end->value(), floor.value()};
  }
  archive_->append(log, events);
  return std::count_if(events.begin(), events.end(),
                       [&](const Envelope& event) { return !end || event.position > *end; });
}

/// As far as all marks have passed, which are looked at in the unit that forgets.
Result<Retention::Forgotten> Retention::forget(Position up_to) {
  return transact(storage_, [&](UnitOfWork& unit) -> Result<Forgotten> {
    Forgotten forgotten;
    forgotten.floor = unit.log().floor();
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

std::int64_t Retention::remove_keys(Instant before, StoredKey& after) {
  const auto old = read(storage_, [&](const ReadView& view) {
    return view.keys().applied_before(before, after, keys_at_once);
  });
  if (old.empty()) return 0;
  expect(transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    for (const auto& key : old) unit.keys().remove(key);
    return {};
  }));
  after = old.back();
  return static_cast<std::int64_t>(old.size());
}

}  // namespace exhibition
