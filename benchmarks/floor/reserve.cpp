#include "floor/reserve.hpp"

#include <sqlite3.h>

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>

namespace exhibition::benchmarks::floor {
namespace {

/// A prepared statement whose parameters are bound from left to right.
class Prepared {
 public:
  Prepared(sqlite3* connection, const char* sql) : connection_(connection) {
    if (sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) !=
        SQLITE_OK) {
      fail();
    }
  }
  ~Prepared() { sqlite3_finalize(statement_); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  Prepared& operator<<(std::int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Prepared& operator<<(std::string_view value) {
    sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
    return *this;
  }

  /// Whether there is a row, which is there until `reset`.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
    return code == SQLITE_ROW;
  }
  [[nodiscard]] std::int64_t integer(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string_view text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  void reset() {
    sqlite3_reset(statement_);
    bound_ = 0;
  }
  void run() {
    step();
    reset();
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(connection_)); }

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

void append(std::string& text, std::int64_t number) {
  char digits[20];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::int64_t now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

struct Reserving::Statements {
  explicit Statements(sqlite3* connection)
      : begin(connection, "BEGIN IMMEDIATE"),
        commit(connection, "COMMIT"),
        find(connection,
             "SELECT s.exhibition, s.starts_at, e.title, e.kind FROM session AS s"
             " JOIN exhibition AS e ON e.id = s.exhibition WHERE s.id = ?1"),
        look(connection, "SELECT capacity IS NULL OR taken < capacity FROM session WHERE id = ?1"),
        take(connection,
             "UPDATE session SET taken = taken + 1, version = version + 1"
             " WHERE id = ?1 AND (capacity IS NULL OR taken < capacity)"),
        add(connection,
            "INSERT INTO reservation VALUES(?1, ?2, ?3, ?4, 1, 'confirmed', NULL, NULL, ?5, 0, 1)"),
        append(connection,
               "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
               " schema_version, occurred_at, correlation_id, actor, payload)"
               " VALUES('reservation', ?1, 'Reservation', ?1, 1, 'ReservationConfirmed', 1, ?2, '',"
               " '', ?3)") {}

  Prepared begin, commit, find, look, take, add, append;
  std::string payload;  // its memory, for the next one
};

Reserving::Reserving(const std::filesystem::path& file, std::int64_t session, std::int64_t first)
    : session_(session), next_(first) {
  if (sqlite3_open_v2(file.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK ||
      sqlite3_exec(
          connection_,
          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = OFF;"
          "PRAGMA mmap_size = 0",
          nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(connection_));
  }
  statements_ = std::make_unique<Statements>(connection_);
}

Reserving::~Reserving() {
  statements_.reset();
  sqlite3_close(connection_);
}

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
  auto& [begin, commit, find, look, take, add, append_event, payload] = *statements_;
  (take << session_).run();
  if (sqlite3_changes(connection_) == 0) return false;

  const auto id = next_++;
  const auto at = now();
  find << session_;
  find.step();
  const auto exhibition = find.integer(0);
  payload = "{\"reservation\":";
  append(payload, id);
  payload += ",\"exhibition\":";
  append(payload, exhibition);
  payload += ",\"session\":";
  append(payload, session_);
  payload += ",\"member\":\"";
  payload += member;
  payload += "\",\"places\":1,\"title\":\"";
  payload += find.text(2);
  payload += "\",\"kind\":\"";
  payload += find.text(3);
  payload += "\",\"starts_at\":";
  append(payload, find.integer(1));
  payload += '}';
  find.reset();

  (add << id << exhibition << session_ << member << at).run();
  (append_event << id << at << std::string_view(payload)).run();
  return true;
}

}  // namespace exhibition::benchmarks::floor
