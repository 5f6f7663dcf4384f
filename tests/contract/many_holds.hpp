#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "support/museum.hpp"

namespace exhibition::tests {

/// So many holds of one place, past their time or not, written as the desk would have, but in one
/// unit and without their events.
inline void add_holds(Storage& storage, SessionId session, std::int64_t count, Instant expires_at) {
  const auto first = storage.draw_ids(IdKind::reservation, count).first;
  transact(storage, [&](UnitOfWork& unit) -> Result<void> {
    auto changed = *unit.sessions().find_for_update(session);
    for (std::int64_t i = 0; i < count; ++i) {
      unit.reservations().add({.id = ReservationId{first + i},
                               .exhibition = changed.exhibition,
                               .session = session,
                               .member = "many",
                               .status = ReservationStatus::held,
                               .expires_at = expires_at,
                               .created_at = morning});
      ++changed.taken;
    }
    unit.sessions().save(changed);
    return {};
  }).value();
}

}  // namespace exhibition::tests
