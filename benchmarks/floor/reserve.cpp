#include "floor/reserve.hpp"

#include <sqlite3.h>

#include <string>

#include "floor/connection.hpp"
#include "floor/facts.hpp"

namespace exhibition::benchmarks::floor {
struct Reserving::Statements {
  explicit Statements(const std::filesystem::path& file)
      : connection(file),
        begin(connection.handle(), "BEGIN IMMEDIATE"),
        commit(connection.handle(), "COMMIT"),
        find(connection.handle(),
             "SELECT s.exhibition, s.starts_at, e.title, e.kind FROM session AS s"
             " JOIN exhibition AS e ON e.id = s.exhibition WHERE s.id = ?1"),
        look(connection.handle(),
             "SELECT capacity IS NULL OR taken < capacity FROM session WHERE id = ?1"),
        take(connection.handle(),
             "UPDATE session SET taken = taken + 1, version = version + 1"
             " WHERE id = ?1 AND (capacity IS NULL OR taken < capacity)"),
        add(connection.handle(),
            "INSERT INTO reservation VALUES(?1, ?2, ?3, ?4, 1, 'confirmed', NULL, NULL, ?5, 0, 1)"),
        append(connection.handle(),
               "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
               " schema_version, occurred_at, correlation_id, actor, payload)"
               " VALUES('reservation', ?1, 'Reservation', ?1, 1, 'ReservationConfirmed', 1, ?2, '',"
               " '', ?3)") {}

  Connection connection;
  Prepared begin, commit, find, look, take, add, append;
  std::string payload;  // its memory, for the next one
};

Reserving::Reserving(const std::filesystem::path& file, std::int64_t session, std::int64_t first)
    : session_(session), next_(first) {
  statements_ = std::make_unique<Statements>(file);
}

Reserving::~Reserving() = default;

bool Reserving::reserve(std::string_view member) {
  begin();
  const bool is_taken = reserve_in_batch(member);
  commit();
  return is_taken;
}

bool Reserving::has_places() {
  auto& look = statements_->look;
  look << session_;
  look.step();
  const bool has_places = look.integer(0) != 0;
  look.reset();
  return has_places;
}

void Reserving::begin() { statements_->begin.run(); }
void Reserving::commit() { statements_->commit.run(); }

bool Reserving::reserve_in_batch(std::string_view member) {
  auto& [connection, begin, commit, find, look, take, add, append_event, payload] = *statements_;
  (take << session_).run();
  if (sqlite3_changes(connection.handle()) == 0) return false;

  const auto id = next_++;
  const auto at = now();
  find << session_;
  find.step();
  const auto exhibition = find.integer(0);
  payload = "{";
  append_facts(payload,
               {id, exhibition, session_, member, find.text(2), find.text(3), find.integer(1)});
  payload += '}';
  find.reset();

  (add << id << exhibition << session_ << member << at).run();
  (append_event << id << at << std::string_view(payload)).run();
  return true;
}

}  // namespace exhibition::benchmarks::floor
