#include "my_page_projection.hpp"

#include <variant>

namespace exhibition::my_page {

void project(MyPagesUnit& unit, const Envelope& envelope) {
  if (const auto* added = std::get_if<SessionAdded>(&envelope.event)) {
    unit.save_session({added->session, added->times.starts_at, added->times.ends_at});
  } else if (const auto* updated = std::get_if<SessionUpdated>(&envelope.event)) {
    unit.save_session({updated->session, updated->times.starts_at, updated->times.ends_at});
  } else if (envelope.stream.kind == StreamKind::reservation) {
    const ReservationId id{envelope.stream.id};
    if (const auto entry = fold(unit.find(id), envelope)) unit.save(*entry);
  }
}

}  // namespace exhibition::my_page
