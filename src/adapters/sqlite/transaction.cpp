#include "exhibition/adapters/sqlite/transaction.hpp"

#include <sqlite3.h>

#include "database.hpp"

namespace exhibition::sqlite {
namespace {

/// Whether the statement is to blame, rather than the store.
bool is_of_the_statement(int code) {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_AUTH: return true;
    default: return false;
  }
}

[[noreturn]] void fail(const Database& database, std::string_view sql) {
  const int code = sqlite3_extended_errcode(database.handle());
  if (!is_of_the_statement(code)) database.fail(sql);
  throw StatementError(database.path().string() + ": " + sqlite3_errmsg(database.handle()) +
                       " (in: " + std::string(sql) + ")");
}

}  // namespace

/// A host's statement, compiled as long as its connection.
class HostStatement {
 public:
  HostStatement(Database& database, std::string_view sql) : database_(database), sql_(sql) {
    const char* rest = nullptr;
    if (sqlite3_prepare_v3(database.handle(), sql_.c_str(), static_cast<int>(sql_.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &statement_, &rest) != SQLITE_OK) {
      fail(database_, sql_);
    }
    const std::string_view left(rest);
    if (!statement_ || left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
      sqlite3_finalize(statement_);
      throw StatementError(database.path().string() + ": must be one statement (in: " + sql_ + ")");
    }
  }
  ~HostStatement() { sqlite3_finalize(statement_); }
  HostStatement(const HostStatement&) = delete;
  HostStatement& operator=(const HostStatement&) = delete;

  /// Runs it, and calls `visit()` at every row.
  template <class Visit>
  void run(const std::vector<Value>& parameters, Visit visit) {
    const Execution execution{statement_};
    if (static_cast<int>(parameters.size()) != sqlite3_bind_parameter_count(statement_)) {
      throw StatementError(database_.path().string() + ": takes " +
                           std::to_string(sqlite3_bind_parameter_count(statement_)) +
                           " parameters, not " + std::to_string(parameters.size()) +
                           " (in: " + sql_ + ")");
    }
    int index = 0;
    for (const auto& value : parameters) {
      const int at = ++index;
      const int code = std::visit([&](const auto& each) { return bind(at, each); }, value);
      if (code != SQLITE_OK) fail(database_, sql_);
    }
    for (;;) {
      switch (sqlite3_step(statement_)) {
        case SQLITE_ROW: visit(); break;
        case SQLITE_DONE: return;
        default: fail(database_, sql_);
      }
    }
  }

  [[nodiscard]] std::vector<Value> row() const {
    std::vector<Value> columns;
    for (int i = 0; i < sqlite3_column_count(statement_); ++i) columns.push_back(column(i));
    return columns;
  }

 private:
  struct Execution {
    sqlite3_stmt* statement;
    ~Execution() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  int bind(int at, std::monostate) { return sqlite3_bind_null(statement_, at); }
  int bind(int at, std::int64_t value) { return sqlite3_bind_int64(statement_, at, value); }
  int bind(int at, double value) { return sqlite3_bind_double(statement_, at, value); }
  // Not copied: the parameters outlive the run.
  int bind(int at, const std::string& value) {
    return sqlite3_bind_text64(statement_, at, value.data(), value.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  int bind(int at, const std::vector<std::byte>& value) {
    static constexpr std::byte empty{};
    return sqlite3_bind_blob64(statement_, at, value.empty() ? &empty : value.data(), value.size(),
                               SQLITE_STATIC);
  }

  [[nodiscard]] Value column(int i) const {
    switch (sqlite3_column_type(statement_, i)) {
      case SQLITE_INTEGER: return sqlite3_column_int64(statement_, i);
      case SQLITE_FLOAT: return sqlite3_column_double(statement_, i);
      case SQLITE_TEXT: {
        const auto* text = static_cast<const char*>(sqlite3_column_blob(statement_, i));
        return std::string(text ? text : "",
                           static_cast<std::size_t>(sqlite3_column_bytes(statement_, i)));
      }
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, i));
        return std::vector<std::byte>(bytes, bytes + sqlite3_column_bytes(statement_, i));
      }
      default: return std::monostate{};
    }
  }

  Database& database_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
};

Transaction::Transaction(Database& database) : database_(database) {}
Transaction::~Transaction() = default;

std::int64_t Transaction::execute(std::string_view sql, const std::vector<Value>& parameters) {
  const auto before = sqlite3_total_changes(database_.handle());
  prepare(sql).run(parameters, [] {});
  return sqlite3_total_changes(database_.handle()) - before;
}

std::vector<std::vector<Value>> Transaction::query(std::string_view sql,
                                                   const std::vector<Value>& parameters) {
  std::vector<std::vector<Value>> rows;
  auto& statement = prepare(sql);
  statement.run(parameters, [&] { rows.push_back(statement.row()); });
  return rows;
}

sqlite3* Transaction::handle() const { return database_.handle(); }

HostStatement& Transaction::prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_.emplace(std::string(sql), std::make_unique<HostStatement>(database_, sql))
                .first;
  }
  return *found->second;
}

}  // namespace exhibition::sqlite
