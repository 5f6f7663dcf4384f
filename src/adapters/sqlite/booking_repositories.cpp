#include "repositories.hpp"

namespace exhibition::sqlite {
namespace {

// The partial indexes of the schema serve these queries: their conditions are repeated word for
// word.

Reservation reservation_of(Row& row) {
  Reservation found;
  found.id = row.next<ReservationId>();
  found.exhibition = row.next<ExhibitionId>();
  found.session = row.next<SessionId>();
  found.member = row.next<std::string>();
  found.places = row.next<std::uint32_t>();
  found.status = row.next<ReservationStatus>();
  found.expires_at = row.next<std::optional<Instant>>();
  found.reason = row.next<std::optional<CancelReason>>();
  found.created_at = row.next<Instant>();
  found.under_member_limit = row.next<bool>();
  found.version = row.next<std::int64_t>();
  return found;
}

std::int64_t write(Statement& statement, const Reservation& row) {
  return statement.run(row.id, row.exhibition, row.session, row.member, row.places, row.status,
                       row.expires_at, row.reason, row.created_at, row.under_member_limit,
                       row.version);
}

constexpr auto first_number = [](Row& row) { return row.next<std::int64_t>(); };

}  // namespace

SqliteReservations::SqliteReservations(Database& database)
    : find_(database,
            "SELECT id, exhibition, session, member, places, status, expires_at, reason,"
            " created_at, under_member_limit, version FROM reservation WHERE id = ?1"),
      list_(database,
            "SELECT id, exhibition, session, member, places, status, expires_at, reason,"
            " created_at, under_member_limit, version FROM reservation"
            " WHERE id > ?1 ORDER BY id LIMIT ?2"),
      list_of_(database,
               "SELECT id, exhibition, session, member, places, status, expires_at, reason,"
               " created_at, under_member_limit, version FROM reservation"
               " WHERE session = ?1 AND id > ?2 ORDER BY id LIMIT ?3"),
      holds_past_(database,
                  "SELECT id, exhibition, session, member, places, status, expires_at, reason,"
                  " created_at, under_member_limit, version FROM reservation"
                  " WHERE status = 'held' AND expires_at <= ?1 ORDER BY expires_at, id LIMIT ?2"),
      holds_past_of_(database,
                     "SELECT id, exhibition, session, member, places, status, expires_at, reason,"
                     " created_at, under_member_limit, version FROM reservation"
                     " WHERE status = 'held' AND session = ?1 AND expires_at <= ?2"
                     " ORDER BY expires_at, id LIMIT ?3"),
      places_past_of_(database,
                      "SELECT coalesce(sum(places), 0) FROM reservation"
                      " WHERE status = 'held' AND session = ?1 AND expires_at <= ?2"),
      limited_places_(database,
                      "SELECT coalesce(sum(r.places), 0) FROM reservation AS r"
                      " JOIN session AS s ON s.id = r.session"
                      " WHERE r.under_member_limit = 1 AND r.status IN ('held', 'confirmed')"
                      " AND r.exhibition = ?1 AND r.member = ?2"
                      " AND (r.status = 'confirmed' OR r.expires_at > ?3)"
                      " AND s.cancelled_at IS NULL"),
      add_(database,
           "INSERT INTO reservation VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
      save_in_place_(database,
                     "UPDATE reservation SET status = ?6, expires_at = ?7, reason = ?8,"
                     " version = ?11"
                     " WHERE id = ?1 AND +exhibition = ?2 AND +session = ?3 AND +member = ?4"
                     " AND places = ?5 AND created_at = ?9 AND under_member_limit = ?10"),
      save_(database,
            "UPDATE reservation SET exhibition = ?2, session = ?3, member = ?4, places = ?5,"
            " status = ?6, expires_at = ?7, reason = ?8, created_at = ?9, under_member_limit = ?10,"
            " version = ?11 WHERE id = ?1") {}

std::optional<Reservation> SqliteReservations::find(ReservationId id) const {
  return find_.one(reservation_of, id);
}
std::optional<Reservation> SqliteReservations::find_for_update(ReservationId id) {
  return find(id);
}
std::vector<Reservation> SqliteReservations::list(ReservationId after, std::size_t limit) const {
  return list_.all(reservation_of, after, limit);
}
std::vector<Reservation> SqliteReservations::list_of(SessionId session, ReservationId after,
                                                     std::size_t limit) const {
  return list_of_.all(reservation_of, session, after, limit);
}
std::vector<Reservation> SqliteReservations::holds_past(Instant now, std::size_t limit) const {
  return holds_past_.all(reservation_of, now, limit);
}
std::vector<Reservation> SqliteReservations::holds_past_of(SessionId session, Instant now,
                                                           std::size_t limit) const {
  return holds_past_of_.all(reservation_of, session, now, limit);
}
std::int64_t SqliteReservations::places_past_of(SessionId session, Instant now) const {
  return places_past_of_.one(first_number, session, now).value_or(0);
}
std::int64_t SqliteReservations::limited_places(ExhibitionId exhibition, std::string_view member,
                                                Instant now) const {
  return limited_places_.one(first_number, exhibition, member, now).value_or(0);
}
void SqliteReservations::add(const Reservation& made) { write(add_, made); }

/// As SqliteSessions::save.
void SqliteReservations::save(const Reservation& changed) {
  if (write(save_in_place_, changed) == 0) write(save_, changed);
}

SqliteKeys::SqliteKeys(Database& database)
    : find_(database,
            "SELECT fingerprint, aggregate FROM idempotency_key WHERE command = ?1 AND key = ?2"),
      old_(database,
           "SELECT command, key FROM idempotency_key"
           " WHERE (command, key) > (?2, ?3) AND applied_at < ?1 ORDER BY command, key LIMIT ?4"),
      add_(database, "INSERT INTO idempotency_key VALUES(?1, ?2, ?3, ?4, ?5)"),
      remove_(database, "DELETE FROM idempotency_key WHERE command = ?1 AND key = ?2") {}

std::optional<KnownCommand> SqliteKeys::find(std::string_view command, std::string_view key) const {
  return find_.one(
      [](Row& row) {
        const auto fingerprint = static_cast<std::uint64_t>(row.next<std::int64_t>());
        return KnownCommand{fingerprint, row.next<std::int64_t>()};
      },
      command, key);
}
void SqliteKeys::add(std::string_view command, std::string_view key, const KnownCommand& applied,
                     Instant now) {
  add_.run(command, key, applied.fingerprint, applied.aggregate, now);
}
std::vector<StoredKey> SqliteKeys::applied_before(Instant before, const StoredKey& after,
                                                  std::size_t limit) const {
  return old_.all(
      [](Row& row) {
        auto command = row.next<std::string>();
        return StoredKey{std::move(command), row.next<std::string>()};
      },
      before, after.command, after.key, limit);
}
void SqliteKeys::remove(const StoredKey& key) { remove_.run(key.command, key.key); }

}  // namespace exhibition::sqlite
