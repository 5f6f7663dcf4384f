#include "floor/cancel.hpp"

#include <sqlite3.h>

#include <string>

#include "floor/connection.hpp"
#include "floor/facts.hpp"

namespace exhibition::benchmarks::floor {

struct Cancelling::Statements {
  explicit Statements(const std::filesystem::path& file)
      : connection(file),
        begin(connection.handle(), "BEGIN IMMEDIATE"),
        commit(connection.handle(), "COMMIT"),
        cancel(connection.handle(),
               "UPDATE reservation SET status = 'cancelled', reason = 'member',"
               " version = version + 1 WHERE id = ?1 AND status = 'confirmed'"),
        find(connection.handle(),
             "SELECT r.exhibition, r.session, r.member, e.title, e.kind, s.starts_at, r.version"
             " FROM reservation AS r JOIN session AS s ON s.id = r.session"
             " JOIN exhibition AS e ON e.id = r.exhibition WHERE r.id = ?1"),
        free(connection.handle(),
             "UPDATE session SET taken = taken - 1, version = version + 1 WHERE id = ?1"),
        append(connection.handle(),
               "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
               " schema_version, occurred_at, correlation_id, actor, payload)"
               " VALUES('reservation', ?1, 'Reservation', ?1, ?2, 'ReservationCancelled', 1, ?3,"
               " '', '', ?4)") {}

  Connection connection;
  Prepared begin, commit, cancel, find, free, append;
  std::string payload;  // its memory, for the next one
};

Cancelling::Cancelling(const std::filesystem::path& file)
    : statements_(std::make_unique<Statements>(file)) {}

Cancelling::~Cancelling() = default;

bool Cancelling::cancel(std::int64_t reservation) {
  begin();
  const bool is_cancelled = cancel_in_batch(reservation);
  commit();
  return is_cancelled;
}

void Cancelling::begin() { statements_->begin.run(); }
void Cancelling::commit() { statements_->commit.run(); }

bool Cancelling::cancel_in_batch(std::int64_t reservation) {
  auto& [connection, begin, commit, cancel, find, free, append, payload] = *statements_;
  (cancel << reservation).run();
  if (sqlite3_changes(connection.handle()) == 0) return false;

  find << reservation;
  find.step();
  const auto session = find.integer(1);
  const auto version = find.integer(6);
  payload = "{";
  append_facts(payload, {reservation, find.integer(0), session, find.text(2), find.text(3),
                         find.text(4), find.integer(5)});
  payload += ",\"reason\":\"member\"}";
  find.reset();

  (free << session).run();
  (append << reservation << version << now() << std::string_view(payload)).run();
  return true;
}

}  // namespace exhibition::benchmarks::floor
