#include "followers.hpp"

#include <string>

#include "exhibition/codec/json.hpp"
#include "stored_event.hpp"

namespace exhibition::sqlite {
namespace {

Checkpoint checkpoint_of(Row& row) {
  Checkpoint found;
  found.position = row.next<Position>();
  found.begun = row.next<Position>();
  found.proof = static_cast<std::uint64_t>(row.next<std::int64_t>());
  found.generation = row.next<std::int64_t>();
  found.unknown = row.next<std::int64_t>();
  found.lease.owner = row.next<std::string>();
  found.lease.epoch = row.next<std::int64_t>();
  found.lease.until = row.next<std::chrono::milliseconds>();
  if (const auto at = row.next<std::optional<Position>>()) {
    Failure failure{.at = *at, .retry_at = {}};
    failure.attempts = row.next<int>();
    failure.retry_at = row.next<Instant>();
    failure.error = row.next<std::string>();
    found.failure = failure;
  }
  return found;
}

DeadLetter letter_of(Row& row, const Database& database) {
  DeadLetter found;
  found.envelope = next_event(row, database, EventTypes::all()).envelope;
  found.reason = row.next<DeadLetterReason>();
  found.attempts = row.next<int>();
  found.error = row.next<std::string>();
  found.parked_at = row.next<Instant>();
  return found;
}

}  // namespace

SqliteFollowers::SqliteFollowers(Database& database)
    : database_(database),
      names_(database, "SELECT name FROM exhibition_follower ORDER BY name"),
      find_(
          database,
          "SELECT position, begun, proof, generation, unknown, owner, epoch, lease_until,"
          " failing_position, attempts, retry_at, error FROM exhibition_follower WHERE name = ?1"),
      list_(database,
            "SELECT position, stream, stream_id, aggregate, aggregate_id, version, type,"
            " schema_version, occurred_at, correlation_id, actor, payload, reason, attempts, error,"
            " parked_at FROM exhibition_dead_letter"
            " WHERE follower = ?1 AND position > ?2 ORDER BY position LIMIT ?3"),
      list_of_(database,
               "SELECT position, stream, stream_id, aggregate, aggregate_id, version, type,"
               " schema_version, occurred_at, correlation_id, actor, payload, reason, attempts,"
               " error, parked_at FROM exhibition_dead_letter"
               " WHERE follower = ?1 AND stream = ?2 AND stream_id = ?3"
               " ORDER BY position LIMIT ?4"),
      count_(database, "SELECT count(*) FROM exhibition_dead_letter WHERE follower = ?1"),
      save_(database,
            "INSERT OR REPLACE INTO exhibition_follower(name, position, begun, proof, generation,"
            " unknown, owner, epoch, lease_until, failing_position, attempts, retry_at, error)"
            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
      park_(database,
            "INSERT OR REPLACE INTO exhibition_dead_letter VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
            " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"),
      forget_(database, "DELETE FROM exhibition_follower WHERE name = ?1"),
      remove_(database,
              "DELETE FROM exhibition_dead_letter WHERE follower = ?1 AND position = ?2") {}

std::vector<std::string> SqliteFollowers::names() const {
  return names_.all([](Row& row) { return row.next<std::string>(); });
}

std::optional<Checkpoint> SqliteFollowers::find(std::string_view follower) const {
  return find_.one(checkpoint_of, follower);
}

void SqliteFollowers::save(std::string_view follower, const Checkpoint& checkpoint) {
  const auto& failure = checkpoint.failure;
  const auto& lease = checkpoint.lease;
  save_.run(follower, checkpoint.position, checkpoint.begun, checkpoint.proof,
            checkpoint.generation, checkpoint.unknown, lease.owner, lease.epoch, lease.until,
            failure ? std::optional(failure->at) : std::nullopt, failure ? failure->attempts : 0,
            failure ? failure->retry_at : Instant{}, failure ? failure->error : "");
}

void SqliteFollowers::forget(std::string_view follower) { forget_.run(follower); }

std::vector<DeadLetter> SqliteFollowers::dead_letters(std::string_view follower, Position after,
                                                      std::size_t limit) const {
  return list_.all([&](Row& row) { return letter_of(row, database_); }, follower, after, limit);
}

std::vector<DeadLetter> SqliteFollowers::dead_letters_of(std::string_view follower,
                                                         const Stream& stream,
                                                         std::size_t limit) const {
  return list_of_.all([&](Row& row) { return letter_of(row, database_); }, follower, stream.kind,
                      stream.id, limit);
}

std::int64_t SqliteFollowers::count_dead_letters(std::string_view follower) const {
  return count_.one([](Row& row) { return row.next<std::int64_t>(); }, follower).value_or(0);
}

void SqliteFollowers::park(std::string_view follower, const DeadLetter& letter) {
  const Envelope& event = letter.envelope;
  park_.run(follower, event.position, event.stream.kind, event.stream.id, event.aggregate.kind,
            event.aggregate.id, event.version, type_of(event.event), event.schema_version,
            event.occurred_at, event.headers.correlation_id, event.headers.actor,
            codec::encode(event.event), letter.reason, letter.attempts, letter.error,
            letter.parked_at);
}

void SqliteFollowers::remove(std::string_view follower, Position dead_letter) {
  remove_.run(follower, dead_letter);
}

}  // namespace exhibition::sqlite
