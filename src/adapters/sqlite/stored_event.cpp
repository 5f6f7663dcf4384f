#include "stored_event.hpp"

#include <string>
#include <string_view>
#include <variant>

#include "exhibition/codec/json.hpp"

namespace exhibition::sqlite {

StoredEvent next_event(Row& row, const Database& database, const EventTypes& wanted) {
  StoredEvent stored;
  Envelope& found = stored.envelope;
  found.position = row.next<Position>();
  found.stream.kind = row.next<StreamKind>();
  found.stream.id = row.next<std::int64_t>();
  found.aggregate.kind = row.next<AggregateKind>();
  found.aggregate.id = row.next<std::int64_t>();
  found.version = row.next<std::int64_t>();
  const auto type = row.next<std::string_view>();
  found.schema_version = row.next<int>();
  found.occurred_at = row.next<Instant>();
  found.headers.correlation_id = row.next<std::string>();
  found.headers.actor = row.next<std::string>();
  const auto payload = row.next<std::string_view>();
  stored.is_wanted = wanted.contains(type);
  if (!stored.is_wanted) return stored;
  try {
    found.event = codec::decode(type, found.schema_version, payload);
  } catch (const PortError& damage) {
    throw PortError(database.path().string() + ": damaged: at position " +
                    to_string(found.position) + ", " + damage.what());
  }
  if (!std::holds_alternative<UnknownEvent>(found.event)) {
    found.schema_version = codec::schema_version(type);
  }
  return stored;
}

}  // namespace exhibition::sqlite
