#include "exhibition/adapters/sqlite/transaction.hpp"

#include <sqlite3.h>

#include <utility>

#include "commit_guard.hpp"
#include "database.hpp"
#include "exhibition/core/error.hpp"

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

[[noreturn]] void fail(const Database& database, CommitGuard& guard, std::string_view sql) {
  const int code = sqlite3_extended_errcode(database.handle());
  if (code == SQLITE_CONSTRAINT_COMMITHOOK) {
    throw StatementError(
        database.path().string() +
        ": a handler must not end the transaction it is given (in: " + std::string(sql) + ")");
  }
  if (is_of_the_statement(code)) {
    throw StatementError(database.path().string() + ": " + sqlite3_errmsg(database.handle()) +
                         " (in: " + std::string(sql) + ")");
  }
  try {
    database.fail(sql);
  } catch (const PortError& failure) {
    guard.note_store_failure(failure.what());
    throw;
  }
}

}  // namespace

/// A host's statement, compiled as long as its connection.
class HostStatement {
 public:
  HostStatement(Database& database, CommitGuard& guard, std::string_view sql)
      : database_(database), guard_(guard), sql_(sql) {
    if (sql_.find('\0') != std::string::npos) blame("must not have a NUL in it");
    const char* rest = sql_.c_str();
    statement_ = prepare(&rest);
    if (!statement_) blame("must be a statement");
    while (*rest != '\0') {
      if (prepare(&rest)) blame("must be one statement");
    }
  }
  HostStatement(const HostStatement&) = delete;
  HostStatement& operator=(const HostStatement&) = delete;

  /// Runs it, and calls `visit()` at every row.
  template <class Visit>
  void run(const std::vector<Value>& parameters, Visit visit) {
    const Execution execution{statement_.get()};
    const int wanted = sqlite3_bind_parameter_count(statement_.get());
    if (parameters.size() != static_cast<std::size_t>(wanted)) {
      blame("takes " + std::to_string(wanted) + " parameters, not " +
            std::to_string(parameters.size()));
    }
    int index = 0;
    for (const auto& value : parameters) {
      const int at = ++index;
      const int code = std::visit([&](const auto& each) { return bind(at, each); }, value);
      if (code != SQLITE_OK) fail(database_, guard_, sql_);
    }
    for (;;) {
      switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW: visit(); break;
        case SQLITE_DONE: return;
        default: fail(database_, guard_, sql_);
      }
    }
  }

  [[nodiscard]] std::vector<Value> row() const {
    std::vector<Value> columns;
    for (int i = 0; i < sqlite3_column_count(statement_.get()); ++i) columns.push_back(column(i));
    return columns;
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Compiled = std::unique_ptr<sqlite3_stmt, Finalize>;

  struct Execution {
    sqlite3_stmt* statement;
    ~Execution() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  [[noreturn]] void blame(const std::string& what) const {
    throw StatementError(database_.path().string() + ": " + what + " (in: " + sql_ + ")");
  }

  /// The next statement of `*rest`, which then begins behind it; none of blanks and comments.
  Compiled prepare(const char** rest) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_.handle(), *rest, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           rest) != SQLITE_OK) {
      fail(database_, guard_, sql_);
    }
    return Compiled(statement);
  }

  int bind(int at, std::monostate) { return sqlite3_bind_null(statement_.get(), at); }
  int bind(int at, std::int64_t value) { return sqlite3_bind_int64(statement_.get(), at, value); }
  int bind(int at, double value) { return sqlite3_bind_double(statement_.get(), at, value); }
  // Not copied: the parameters outlive the run.
  int bind(int at, const std::string& value) {
    return sqlite3_bind_text64(statement_.get(), at, value.data(), value.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  int bind(int at, const std::vector<std::byte>& value) {
    static constexpr std::byte empty{};
    return sqlite3_bind_blob64(statement_.get(), at, value.empty() ? &empty : value.data(),
                               value.size(), SQLITE_STATIC);
  }

  [[nodiscard]] Value column(int i) const {
    switch (sqlite3_column_type(statement_.get(), i)) {
      case SQLITE_INTEGER: return sqlite3_column_int64(statement_.get(), i);
      case SQLITE_FLOAT: return sqlite3_column_double(statement_.get(), i);
      case SQLITE_TEXT: {
        const auto* text = static_cast<const char*>(sqlite3_column_blob(statement_.get(), i));
        return std::string(text ? text : "",
                           static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), i)));
      }
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), i));
        return std::vector<std::byte>(bytes, bytes + sqlite3_column_bytes(statement_.get(), i));
      }
      default: return std::monostate{};
    }
  }

  Database& database_;
  CommitGuard& guard_;
  std::string sql_;
  Compiled statement_;
};

Transaction::Transaction(Database& database, CommitGuard& guard)
    : database_(database), guard_(guard) {}
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
  guard_.check_open();
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_
                .emplace(std::string(sql), std::make_unique<HostStatement>(database_, guard_, sql))
                .first;
  }
  return *found->second;
}

}  // namespace exhibition::sqlite
