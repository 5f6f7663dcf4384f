#include <string>
#include <utility>

#include "exhibition/codec/json.hpp"
#include "exhibition/ports/event_proof.hpp"
#include "repositories.hpp"
#include "stored_event.hpp"

namespace exhibition::sqlite {

SqliteLog::SqliteLog(Database& database)
    : database_(database),
      read_(database,
            "SELECT position, stream, stream_id, aggregate, aggregate_id, version, type,"
            " schema_version, occurred_at, correlation_id, actor, payload"
            " FROM event_log WHERE position > ?1 ORDER BY position LIMIT ?2"),
      head_(database,
            "SELECT coalesce((SELECT max(position) FROM event_log),"
            " (SELECT floor FROM log WHERE one = 1))"),
      floor_(database, "SELECT floor, floor_proof FROM log WHERE one = 1"),
      backlog_(database,
               "SELECT type, occurred_at FROM event_log WHERE position > ?1 ORDER BY position"),
      id_(database, "SELECT id FROM log WHERE one = 1"),
      at_(database,
          "SELECT aggregate, aggregate_id, version, occurred_at, payload FROM event_log"
          " WHERE position = ?1"),
      append_(database,
              "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
              " schema_version, occurred_at, correlation_id, actor, payload)"
              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
      raise_(database, "UPDATE log SET floor = ?1, floor_proof = ?2 WHERE one = 1"),
      forget_(database, "DELETE FROM event_log WHERE position <= ?1") {}

void SqliteLog::append(const NewEvent& event) {
  const Stream stream = stream_of(event.event);
  const Aggregate aggregate = aggregate_of(event.event);
  append_.run(stream.kind, stream.id, aggregate.kind, aggregate.id, event.version,
              type_of(event.event), codec::schema_version(type_of(event.event)), event.occurred_at,
              event.headers.correlation_id, event.headers.actor, codec::encode(event.event));
}

LogSlice SqliteLog::slice(Position after, std::size_t limit, const EventTypes& wanted) const {
  LogSlice found{{}, after};
  read_.each(
      [&](Row& row) {
        auto stored = next_event(row, database_, wanted);
        found.end = stored.envelope.position;
        ++found.seen;
        if (stored.is_wanted) found.events.push_back(std::move(stored.envelope));
      },
      after, limit);
  return found;
}

Position SqliteLog::head() const {
  return head_.one([](Row& row) { return row.next<Position>(); }).value_or(Position{});
}

SqliteLog::Floor SqliteLog::lowest() const {
  return floor_
      .one([](Row& row) {
        const auto at = row.next<Position>();
        return Floor{at, static_cast<std::uint64_t>(row.next<std::int64_t>())};
      })
      .value_or(Floor{});
}

Position SqliteLog::floor() const { return lowest().at; }

void SqliteLog::forget(Position up_to) {
  if (up_to <= floor()) return;
  raise_.run(up_to, proof(up_to).value_or(0));
  forget_.run(up_to);
}

std::string SqliteLog::id() const {
  return id_.one([](Row& row) { return row.next<std::string>(); }).value_or("");
}

std::optional<std::uint64_t> SqliteLog::proof(Position at) const {
  const auto found = at_.one(
      [&](Row& row) {
        const auto aggregate = row.next<AggregateKind>();
        const auto of = row.next<std::int64_t>();
        const auto version = row.next<std::int64_t>();
        const Envelope known{.position = at,
                             .stream = {},
                             .aggregate = {aggregate, of},
                             .version = version,
                             .occurred_at = row.next<Instant>(),
                             .headers = {},
                             .event = {}};
        return event_proof(id(), known.key(), known.occurred_at, row.next<std::string>());
      },
      at);
  if (found || at <= Position{}) return found;
  const auto floor = lowest();
  return at == floor.at ? std::optional(floor.proof) : std::nullopt;
}

Backlog SqliteLog::backlog(Position after, const EventTypes& wanted) const {
  Backlog found;
  backlog_.each(
      [&](Row& row) {
        if (!wanted.contains(row.next<std::string_view>())) return;
        if (found.events++ == 0) found.since = row.next<Instant>();
      },
      after);
  return found;
}

}  // namespace exhibition::sqlite
