#include "history.hpp"

#include <algorithm>
#include <utility>

namespace exhibition {

History::Part History::read(Position after, std::size_t limit, const EventTypes& wanted) const {
  Part part;
  Log forgotten;
  storage_.read([&](const ReadView& view) {
    const auto& log = view.log();
    if (after < log.floor()) {
      forgotten = {log.id(), log.floor()};
      return;
    }
    part.slice = log.slice(after, limit, wanted);
    part.proof = log.proof(part.slice.end).value_or(0);
  });
  return after < forgotten.floor ? read_archive(forgotten, after, limit, wanted) : part;
}

bool History::holds(const Checkpoint& checkpoint) const {
  const Position at = checkpoint.position;
  const auto proof = checkpoint.proof;
  if (at == Position{}) return true;
  bool is_held = false;
  Log forgotten;
  storage_.read([&](const ReadView& view) {
    const auto& log = view.log();
    if (at < log.floor()) forgotten = {log.id(), log.floor()};
    is_held = proof == 0 ? at <= log.head() : log.proof(at) == proof;
  });
  if (at >= forgotten.floor) return is_held;
  if (proof == 0 || wrong_archive(forgotten)) return true;
  const auto archived = archive_->read(forgotten.id, Position{at.value() - 1}, 1);
  return archived.empty() || archived.front().proof == proof;
}

/// Why nothing in it can be taken for this log's: the last event that both have is not the same.
std::optional<Error> History::wrong_archive(const Log& log) const {
  const Position end = archive_ ? archive_->end(log.id).value_or(Position{}) : Position{};
  if (end < log.floor) return refusal::HistoryTruncated{end.value(), log.floor.value()};
  Position common;
  std::uint64_t proof = 0;
  storage_.read([&](const ReadView& view) {
    common = std::min(end, view.log().head());
    proof = view.log().proof(common).value_or(0);
  });
  const auto archived = archive_->read(log.id, Position{common.value() - 1}, 1);
  if (archived.empty()) return refusal::HistoryTruncated{common.value() - 1, common.value()};
  if (archived.front().proof != proof) return refusal::LogDiverged{common.value()};
  return std::nullopt;
}

/// No further than to the floor, from where the log has the rest.
History::Part History::read_archive(const Log& log, Position after, std::size_t limit,
                                    const EventTypes& wanted) const {
  Part part{.slice = {{}, after}};
  const auto wrong = wrong_archive(log);
  if (!wrong) {
    const auto left = static_cast<std::size_t>(log.floor.value() - after.value());
    for (auto& [event, proof] : archive_->read(log.id, after, std::min(limit, left))) {
      if (event.position.value() != part.slice.end.value() + 1) break;
      part.slice.end = event.position;
      part.proof = proof;
      ++part.slice.seen;
      if (wanted.contains(event.event)) part.slice.events.push_back(std::move(event));
    }
  }
  if (wrong && wrong->code == Errc::log_diverged) {
    part.missing = wrong;
  } else if (part.slice.seen == 0) {
    part.missing = refusal::HistoryTruncated{after.value(), log.floor.value()};
  }
  return part;
}

}  // namespace exhibition
