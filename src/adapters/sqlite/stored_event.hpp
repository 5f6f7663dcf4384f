#pragma once

#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/event_types.hpp"
#include "statement.hpp"

/// The columns that keep an event, in the log and among the dead letters: position, stream,
/// stream_id, aggregate, aggregate_id, version, type, schema_version, occurred_at, correlation_id,
/// actor, payload.

namespace exhibition::sqlite {

/// The event whose columns come next in the row; with an undecoded payload, and no event, when its
/// type is not wanted.
struct StoredEvent {
  Envelope envelope;
  bool is_wanted = true;
};

/// Errors: PortError naming the position of an event that cannot be decoded.
[[nodiscard]] StoredEvent next_event(Row& row, const Database& database, const EventTypes& wanted);

}  // namespace exhibition::sqlite
