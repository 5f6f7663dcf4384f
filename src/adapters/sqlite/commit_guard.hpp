#pragma once

#include <string>

#include "database.hpp"
#include "exhibition/core/function_ref.hpp"
#include "statement.hpp"

namespace exhibition::sqlite {

/// Watches a transaction that is lent to a host's handlers: nobody but the library can commit it,
/// and a handler that has ended it, or left what cannot be committed, is told from one that has not.
/// Threads: one at a time.
class CommitGuard {
 public:
  explicit CommitGuard(Database& database);
  ~CommitGuard();
  CommitGuard(const CommitGuard&) = delete;
  CommitGuard& operator=(const CommitGuard&) = delete;

  /// The transaction that is watched begins.
  void begin();

  /// A statement has failed, and the store is to blame: also for the end of the transaction, if it
  /// has ended with it.
  void note_store_failure(const char* why);

  /// Errors: StatementError when the transaction was ended; PortError when the store has ended it.
  void check_open() const;

  /// Calls one handler, and puts right what it has left open: statements, and savepoints, which
  /// would take the effects of others along.
  /// Errors: as check_open; StatementError when a foreign key is left broken; what the handler throws.
  void watch(FunctionRef<void()> handler);

  /// Lets the next commit pass.
  /// Errors: as check_open.
  void allow_commit();

 private:
  static int on_commit(void* guard);
  static void on_rollback(void* guard);

  void check_foreign_keys() const;
  void reset_statements() const;

  Database& database_;
  Statement save_;
  Statement release_;
  bool is_ended_ = false;
  bool may_commit_ = false;
  std::string store_failure_;
};

}  // namespace exhibition::sqlite
