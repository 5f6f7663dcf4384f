#include "statement.hpp"

#include <sqlite3.h>

namespace exhibition::sqlite {

void Row::take(std::int64_t& value) { value = sqlite3_column_int64(statement_, column_++); }

std::string_view Row::view() {
  const int column = column_++;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Row::is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }

void Row::fail(const std::string& why) const {
  sqlite3* database = sqlite3_db_handle(statement_);
  throw PortError(std::string(sqlite3_db_filename(database, "main")) + ": damaged: " + why +
                  " (in: " + sqlite3_sql(statement_) + ")");
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::prepare() {
  if (statement_) return;
  if (sqlite3_prepare_v3(database_.handle(), sql_, -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                         nullptr) != SQLITE_OK) {
    database_.fail(sql_);
  }
}

/// Its parameters stay bound to what is gone: the next run binds all of them before they are looked at.
void Statement::reset() noexcept { sqlite3_reset(statement_); }

bool Statement::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: database_.fail(sql_);
  }
}

std::int64_t Statement::changes() const { return sqlite3_changes64(database_.handle()); }

void Statement::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) database_.fail(sql_);
}

void Statement::bind(int index, std::string_view value) {
  // Not copied: the caller's text outlives the run.
  const char* bytes = value.data() ? value.data() : "";
  if (sqlite3_bind_text64(statement_, index, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8) !=
      SQLITE_OK) {
    database_.fail(sql_);
  }
}

void Statement::bind_null(int index) {
  if (sqlite3_bind_null(statement_, index) != SQLITE_OK) database_.fail(sql_);
}

}  // namespace exhibition::sqlite
