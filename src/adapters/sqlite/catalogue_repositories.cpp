#include "repositories.hpp"

namespace exhibition::sqlite {
namespace {

Exhibition exhibition_of(Row& row) {
  Exhibition found;
  found.id = row.next<ExhibitionId>();
  found.title = row.next<std::string>();
  found.kind = row.next<std::string>();
  found.status = row.next<ExhibitionStatus>();
  found.rules.hold_ttl = row.next<std::chrono::milliseconds>();
  found.rules.hold_max = row.next<std::chrono::milliseconds>();
  found.rules.max_places_per_reservation = row.next<std::uint32_t>();
  found.rules.max_places_per_member = row.next<std::uint32_t>();
  found.rules.cancel_cutoff = row.next<std::chrono::milliseconds>();
  found.withdrawn_at = row.next<std::optional<Instant>>();
  found.version = row.next<std::int64_t>();
  return found;
}

void write(Statement& statement, const Exhibition& row) {
  statement.run(row.id, row.title, row.kind, row.status, row.rules.hold_ttl, row.rules.hold_max,
                row.rules.max_places_per_reservation, row.rules.max_places_per_member,
                row.rules.cancel_cutoff, row.withdrawn_at, row.version);
}

Session session_of(Row& row) {
  Session found;
  found.id = row.next<SessionId>();
  found.exhibition = row.next<ExhibitionId>();
  found.times.starts_at = row.next<Instant>();
  found.times.ends_at = row.next<std::optional<Instant>>();
  found.times.sales_from = row.next<std::optional<Instant>>();
  found.times.sales_until = row.next<std::optional<Instant>>();
  found.capacity = row.next<std::optional<std::uint32_t>>();
  found.taken = row.next<std::int64_t>();
  found.status = row.next<SessionStatus>();
  found.cancelled_at = row.next<std::optional<Instant>>();
  found.overbooked = row.next<bool>();
  found.version = row.next<std::int64_t>();
  return found;
}

std::int64_t write(Statement& statement, const Session& row) {
  return statement.run(row.id, row.exhibition, row.times.starts_at, row.times.ends_at,
                       row.times.sales_from, row.times.sales_until, row.capacity, row.taken,
                       row.status, row.cancelled_at, row.overbooked, row.version);
}

}  // namespace

SqliteExhibitions::SqliteExhibitions(Database& database)
    : find_(database,
            "SELECT id, title, kind, status, hold_ttl_ms, hold_max_ms, max_places_per_reservation,"
            " max_places_per_member, cancel_cutoff_ms, withdrawn_at, version"
            " FROM exhibition WHERE id = ?1"),
      list_(database,
            "SELECT id, title, kind, status, hold_ttl_ms, hold_max_ms, max_places_per_reservation,"
            " max_places_per_member, cancel_cutoff_ms, withdrawn_at, version"
            " FROM exhibition WHERE id > ?1 ORDER BY id LIMIT ?2"),
      add_(database, "INSERT INTO exhibition VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
      save_(database,
            "UPDATE exhibition SET title = ?2, kind = ?3, status = ?4, hold_ttl_ms = ?5,"
            " hold_max_ms = ?6, max_places_per_reservation = ?7, max_places_per_member = ?8,"
            " cancel_cutoff_ms = ?9, withdrawn_at = ?10, version = ?11 WHERE id = ?1") {}

std::optional<Exhibition> SqliteExhibitions::find(ExhibitionId id) const {
  return kept_.find(id.value(), [&] { return find_.one(exhibition_of, id); });
}
std::optional<Exhibition> SqliteExhibitions::find_for_update(ExhibitionId id) { return find(id); }
std::vector<Exhibition> SqliteExhibitions::list(ExhibitionId after, std::size_t limit) const {
  return list_.all(exhibition_of, after, limit);
}
void SqliteExhibitions::add(const Exhibition& made) { write(add_, made); }
void SqliteExhibitions::save(const Exhibition& changed) {
  write(save_, changed);
  kept_.keep(changed);
}

SqliteSessions::SqliteSessions(Database& database)
    : find_(database,
            "SELECT id, exhibition, starts_at, ends_at, sales_from, sales_until, capacity, taken,"
            " status, cancelled_at, overbooked, version FROM session WHERE id = ?1"),
      list_(database,
            "SELECT id, exhibition, starts_at, ends_at, sales_from, sales_until, capacity, taken,"
            " status, cancelled_at, overbooked, version FROM session"
            " WHERE exhibition = ?1 AND (starts_at, id) > (?2, ?3) AND starts_at < ?4"
            " ORDER BY starts_at, id LIMIT ?5"),
      add_(database,
           "INSERT INTO session VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"),
      save_in_place_(database,
                     "UPDATE session SET ends_at = ?4, sales_from = ?5, sales_until = ?6,"
                     " capacity = ?7, taken = ?8, status = ?9, cancelled_at = ?10,"
                     " overbooked = ?11, version = ?12"
                     " WHERE id = ?1 AND +exhibition = ?2 AND +starts_at = ?3"),
      save_(database,
            "UPDATE session SET exhibition = ?2, starts_at = ?3, ends_at = ?4, sales_from = ?5,"
            " sales_until = ?6, capacity = ?7, taken = ?8, status = ?9, cancelled_at = ?10,"
            " overbooked = ?11, version = ?12 WHERE id = ?1") {}

std::optional<Session> SqliteSessions::find(SessionId id) const {
  return kept_.find(id.value(), [&] { return find_.one(session_of, id); });
}
std::optional<Session> SqliteSessions::find_for_update(SessionId id) { return find(id); }
std::vector<Session> SqliteSessions::list(ExhibitionId of, SessionCursor after, Instant until,
                                          std::size_t limit) const {
  return list_.all(session_of, of, after.starts_at, after.id, until, limit);
}
void SqliteSessions::add(const Session& made) { write(add_, made); }

/// What an index or a foreign key is on is only written when it has changed: written as it was, it
/// would cost as much. (`+` has the row looked up by its id, not by an index.)
void SqliteSessions::save(const Session& changed) {
  if (write(save_in_place_, changed) == 0) write(save_, changed);
  kept_.keep(changed);
}

}  // namespace exhibition::sqlite
