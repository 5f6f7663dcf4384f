#include "history.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace exhibition {

History::Part History::read(Position after, std::size_t limit, const EventTypes& wanted) const {
  Part part;
  Position floor;
  std::string log;
  storage_.read([&](const ReadView& view) {
    floor = view.log().floor();
    if (after < floor) {
      log = view.log().id();
      return;
    }
    part.slice = view.log().slice(after, limit, wanted);
    part.proof = view.log().proof(part.slice.end).value_or(0);
  });
  return after < floor ? read_archive(log, after, floor, limit, wanted) : part;
}

History::Part History::read_archive(const std::string& log, Position after, Position floor,
                                    std::size_t limit, const EventTypes& wanted) const {
  auto events = archive_ ? archive_->read(log, after, limit) : std::vector<Envelope>();
  if (events.empty() || events.front().position.value() != after.value() + 1) {
    return {{{}, after}, 0, refusal::HistoryTruncated{after.value(), floor.value()}};
  }
  Part part{.slice = {{}, events.back().position, events.size()}};
  std::erase_if(events, [&](const Envelope& event) { return !wanted.contains(event.event); });
  part.slice.events = std::move(events);
  return part;
}

}  // namespace exhibition
