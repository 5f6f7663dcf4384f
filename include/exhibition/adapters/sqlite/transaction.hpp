#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;

namespace exhibition::sqlite {

class CommitGuard;
class Database;
class HostStatement;

/// NULL, INTEGER, REAL, TEXT or BLOB.
using Value =
    std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::byte>>;

/// A statement that SQLite refuses whatever the state of the disk: a mistake in it, or a constraint
/// that it breaks. What the store is to blame for is a PortError.
class [[gnu::visibility("default")]] StatementError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The transaction of a projection file that a handler writes through. It is begun before the
/// handler runs and committed after it. Nobody else can commit it; a handler in which it ends, or
/// which leaves a deferred foreign key broken, has failed, whatever it has caught.
/// Threads: the one that runs the handler.
class [[gnu::visibility("default")]] Transaction {
 public:
  Transaction(Database& database, CommitGuard& guard);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Runs one statement with its parameters ?1, ?2, ... and gives the number of rows that it
  /// changed. It is compiled once and kept.
  /// Errors: StatementError; PortError.
  std::int64_t execute(std::string_view sql, const std::vector<Value>& parameters = {});

  /// The rows of one statement, column by column.
  /// Errors: StatementError; PortError.
  [[nodiscard]] std::vector<std::vector<Value>> query(std::string_view sql,
                                                      const std::vector<Value>& parameters = {});

  /// The connection, for what has no place here. It is the library's to close, and so are its hooks
  /// of commit and rollback.
  [[nodiscard]] sqlite3* handle() const;

 private:
  HostStatement& prepare(std::string_view sql);

  Database& database_;
  CommitGuard& guard_;
  std::map<std::string, std::unique_ptr<HostStatement>, std::less<>> statements_;
};

}  // namespace exhibition::sqlite
