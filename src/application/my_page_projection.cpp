#include "my_page_projection.hpp"

#include <algorithm>
#include <variant>

namespace exhibition {
namespace {

constexpr std::size_t slice = 256;

void apply(MyPagesUnit& unit, const Envelope& envelope) {
  if (const auto* added = std::get_if<SessionAdded>(&envelope.event)) {
    unit.save_session({added->session, added->times.starts_at, added->times.ends_at});
  } else if (const auto* updated = std::get_if<SessionUpdated>(&envelope.event)) {
    unit.save_session({updated->session, updated->times.starts_at, updated->times.ends_at});
  } else if (envelope.stream.kind == StreamKind::reservation) {
    const ReservationId id{envelope.stream.id};
    if (const auto entry = fold(unit.find(id), envelope)) unit.save(*entry);
  }
}

}  // namespace

std::size_t MyPageProjection::run(Position until, std::size_t at_most) {
  std::size_t followed = 0;
  while (followed < at_most) {
    std::size_t applied = 0;
    pages_.transact([&](MyPagesUnit& unit) {
      applied = follow(unit, until, std::min(slice, at_most - followed));
    });
    if (applied == 0) break;
    followed += applied;
  }
  return followed;
}

std::size_t MyPageProjection::follow(MyPagesUnit& unit, Position until, std::size_t at_most) const {
  auto events = read(storage_, [after = unit.position(), at_most](const ReadView& view) {
    return view.log().read(after, at_most);
  });
  std::erase_if(events, [&](const Envelope& envelope) { return envelope.position > until; });
  for (const auto& envelope : events) apply(unit, envelope);
  if (!events.empty()) unit.save_position(events.back().position);
  return events.size();
}

}  // namespace exhibition
