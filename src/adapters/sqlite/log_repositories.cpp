#include <utility>

#include "exhibition/codec/json.hpp"
#include "repositories.hpp"

namespace exhibition::sqlite {
namespace {

Envelope envelope_of(Row& row, const Database& database) {
  Envelope found;
  found.position = row.next<Position>();
  found.stream.kind = row.next<StreamKind>();
  found.stream.id = row.next<std::int64_t>();
  found.aggregate.kind = row.next<AggregateKind>();
  found.aggregate.id = row.next<std::int64_t>();
  found.version = row.next<std::int64_t>();
  const auto type = row.next<std::string>();
  found.schema_version = row.next<int>();
  found.occurred_at = row.next<Instant>();
  found.headers.correlation_id = row.next<std::string>();
  found.headers.actor = row.next<std::string>();
  try {
    found.event = codec::decode(type, row.next<std::string>());
  } catch (const PortError& damage) {
    throw PortError(database.path().string() + ": damaged: at position " +
                    to_string(found.position) + ", " + damage.what());
  }
  return found;
}

}  // namespace

SqliteLog::SqliteLog(Database& database)
    : database_(database),
      read_(database,
            "SELECT position, stream, stream_id, aggregate, aggregate_id, version, type,"
            " schema_version, occurred_at, correlation_id, actor, payload"
            " FROM event_log WHERE position > ?1 ORDER BY position LIMIT ?2"),
      head_(database, "SELECT coalesce(max(position), 0) FROM event_log"),
      append_(database,
              "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
              " schema_version, occurred_at, correlation_id, actor, payload)"
              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)") {}

void SqliteLog::append(const NewEvent& event) {
  const Stream stream = stream_of(event.event);
  const Aggregate aggregate = aggregate_of(event.event);
  append_.run(stream.kind, stream.id, aggregate.kind, aggregate.id, event.version,
              type_of(event.event), codec::schema_version, event.occurred_at,
              event.headers.correlation_id, event.headers.actor, codec::encode(event.event));
}

std::vector<Envelope> SqliteLog::read(Position after, std::size_t limit) const {
  return read_.all([&](Row& row) { return envelope_of(row, database_); }, after, limit);
}

Position SqliteLog::head() const {
  return head_.one([](Row& row) { return row.next<Position>(); }).value_or(Position{});
}

SqliteFollowers::SqliteFollowers(Database& database)
    : position_(database, "SELECT position FROM follower WHERE name = ?1"),
      save_position_(database,
                     "INSERT INTO follower VALUES(?1, ?2)"
                     " ON CONFLICT(name) DO UPDATE SET position = excluded.position") {}

Position SqliteFollowers::position(std::string_view follower) const {
  return position_.one([](Row& row) { return row.next<Position>(); }, follower)
      .value_or(Position{});
}

void SqliteFollowers::save_position(std::string_view follower, Position position) {
  save_position_.run(follower, position);
}

}  // namespace exhibition::sqlite
