#include "database.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>

#include "exhibition/core/error.hpp"
#include "statement.hpp"

namespace exhibition::sqlite {

Database::Database(std::filesystem::path path, Access access,
                   std::chrono::milliseconds busy_timeout)
    : path_(std::move(path)) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                    (access == Access::create ? SQLITE_OPEN_CREATE : 0);
  // Absolute, so that it is never taken for a URI, and stays the same file when the host changes
  // its folder.
  const auto absolute = std::filesystem::absolute(path_);
  if (sqlite3_open_v2(absolute.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    const std::string cause = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    sqlite3_close_v2(handle_);
    throw PortError(path_.string() + ": cannot be opened: " + cause);
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout.count()));
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

std::int64_t Database::integer(const char* sql) {
  Statement statement(*this, sql);
  return statement.one([](Row& row) { return row.next<std::int64_t>(); }).value_or(0);
}

bool Database::is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool Database::is_read_only() const { return sqlite3_db_readonly(handle_, "main") != 0; }

void Database::roll_back() noexcept {
  if (is_in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::fail(std::string_view attempt) const {
  const int code = sqlite3_extended_errcode(handle_);
  std::string text = path_.string() + ": " + sqlite3_errmsg(handle_);
  if ((code & 0xFF) == SQLITE_BUSY) text += ": another process holds it for too long";
  text += " (SQLite error " + std::to_string(code) + " in: " + std::string(attempt) + ")";
  throw PortError(text);
}

}  // namespace exhibition::sqlite
