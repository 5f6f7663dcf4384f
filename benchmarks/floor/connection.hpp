#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

/// SQLite's C API, with no more around it than its lifetimes need. Errors: std::runtime_error.

namespace exhibition::benchmarks::floor {

/// A connection as fast as a durable one can be.
/// Threads: one at a time.
class Connection {
 public:
  /// What a commit survives.
  enum class Durability { of_the_disk, of_the_process };

  explicit Connection(const std::filesystem::path& file,
                      Durability durability = Durability::of_the_disk) {
    if (sqlite3_open_v2(file.c_str(), &handle_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK) {
      const std::string why = sqlite3_errmsg(handle_);
      sqlite3_close(handle_);
      throw std::runtime_error(why);
    }
    execute(
        "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = OFF;"
        "PRAGMA mmap_size = 0");
    execute(durability == Durability::of_the_disk ? "PRAGMA synchronous = FULL"
                                                  : "PRAGMA synchronous = NORMAL");
  }
  ~Connection() { sqlite3_close(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] sqlite3* handle() const { return handle_; }

  /// Statements that have no parameters.
  void execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(handle_));
    }
  }

 private:
  sqlite3* handle_ = nullptr;
};

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
  /// The bytes of the row's columns, each of which it looks at.
  [[nodiscard]] std::size_t size() const {
    std::size_t bytes = 0;
    for (int column = 0; column < sqlite3_data_count(statement_); ++column) {
      if (sqlite3_column_type(statement_, column) == SQLITE_INTEGER) {
        bytes += integer(column) == 0 ? 1 : sizeof(std::int64_t);
      } else {
        bytes += text(column).size();
      }
    }
    return bytes;
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

}  // namespace exhibition::benchmarks::floor
