#include "history.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace exhibition {

History::Part History::read(Position after, std::size_t limit, const EventTypes& wanted) const {
  Part part;
  Floor floor;
  storage_.read([&](const ReadView& view) {
    floor.at = view.log().floor();
    if (after < floor.at) {
      floor.log = view.log().id();
      floor.proof = view.log().proof(floor.at).value_or(0);
      return;
    }
    part.slice = view.log().slice(after, limit, wanted);
    part.proof = view.log().proof(part.slice.end).value_or(0);
  });
  return after < floor.at ? read_archive(floor, after, limit, wanted) : part;
}

/// No further than to the floor, where the log can prove the rest.
History::Part History::read_archive(const Floor& floor, Position after, std::size_t limit,
                                    const EventTypes& wanted) const {
  const auto left = static_cast<std::size_t>(floor.at.value() - after.value());
  auto events =
      archive_ ? archive_->read(floor.log, after, std::min(limit, left)) : std::vector<Envelope>();
  std::int64_t end = after.value();
  for (const auto& event : events) {
    if (event.position.value() != end + 1) break;
    ++end;
  }
  events.resize(static_cast<std::size_t>(end - after.value()));
  if (events.empty()) {
    return {{{}, after}, 0, refusal::HistoryTruncated{after.value(), floor.at.value()}};
  }
  Part part{.slice = {{}, events.back().position, events.size()}};
  if (part.slice.end == floor.at) part.proof = floor.proof;
  std::erase_if(events, [&](const Envelope& event) { return !wanted.contains(event.event); });
  part.slice.events = std::move(events);
  return part;
}

}  // namespace exhibition
