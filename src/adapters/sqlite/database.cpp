#include "database.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "exhibition/core/error.hpp"
#include "statement.hpp"

namespace exhibition::sqlite {

using namespace std::chrono_literals;

namespace {

using std::filesystem::absolute;  // what SQLite never takes for a URI

int flags_for(Database::Access access) {
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
         (access == Database::Access::create ? SQLITE_OPEN_CREATE : 0);
}

/// What SQLite's own message leaves open.
std::string hint(int code) {
  if (code == SQLITE_READONLY_DIRECTORY) return ": its folder cannot be written";
  if (code == SQLITE_IOERR_SHMSIZE) return ": no room for its side files, the disk is full";
  if ((code & 0xFF) == SQLITE_BUSY) return ": another process holds it for too long";
  return "";
}

/// What the operating system said, if it was asked.
std::string system_cause(sqlite3* database) {
  const int cause = sqlite3_system_errno(database);
  return cause == 0 ? "" : std::string(": ") + std::strerror(cause);
}

/// Why a file cannot be opened for writing, or made: SQLite tries again for reading only, and then
/// the system's first answer is gone.
std::string why_not(const std::filesystem::path& file) {
  const bool is_there = ::access(file.c_str(), F_OK) == 0;
  const auto asked = is_there ? file : file.parent_path();
  return ::access(asked.c_str(), W_OK) == 0 ? "" : std::string(": ") + std::strerror(errno);
}

}  // namespace

Database::Database(std::filesystem::path path, Access access,
                   std::chrono::milliseconds busy_timeout)
    : path_(std::move(path)), file_(absolute(path_), flags_for(access), &handle_) {
  if (file_.answer() != SQLITE_OK) {
    const std::string cause = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    sqlite3_close_v2(handle_);
    throw PortError(path_.string() + ": cannot be opened: " + cause + why_not(absolute(path_)));
  }
  sqlite3_extended_result_codes(handle_, 1);
  wait_for_locks(busy_timeout);
}

void Database::wait_for_locks(std::chrono::milliseconds at_most) {
  constexpr std::chrono::milliseconds longest{std::numeric_limits<int>::max()};
  sqlite3_busy_timeout(handle_, static_cast<int>(std::clamp(at_most, 0ms, longest).count()));
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
  const int kind = code & 0xFF;  // other kinds leave the system's error as it was
  const bool is_of_the_system = kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR;
  throw PortError(path_.string() + ": " + sqlite3_errmsg(handle_) + hint(code) +
                  (is_of_the_system ? system_cause(handle_) : "") + " (SQLite error " +
                  std::to_string(code) + " in: " + std::string(attempt) + ")");
}

}  // namespace exhibition::sqlite
