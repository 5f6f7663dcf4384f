#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

#include "forks.hpp"

struct sqlite3;

namespace exhibition::sqlite {

/// A connection to one SQLite file, closed when this object ends. Everything that fails throws
/// PortError naming the file, what was tried, and what SQLite said.
/// Threads: one at a time.
class Database {
 public:
  enum class Access { read_write, create };

  Database(std::filesystem::path path, Access access, std::chrono::milliseconds busy_timeout);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// How long a statement waits for another connection that has the file locked.
  void wait_for_locks(std::chrono::milliseconds at_most);

  /// Runs statements that give no rows.
  void execute(const char* sql);

  /// The integer that a pragma or a query of one row gives.
  [[nodiscard]] std::int64_t integer(const char* sql);

  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_; }

  /// Ends a transaction that failed, if SQLite has not done so itself.
  void roll_back() noexcept;

  [[noreturn]] void fail(std::string_view attempt) const;

 private:
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
  OpenFile file_;
};

}  // namespace exhibition::sqlite
