#include "commit_guard.hpp"

#include <sqlite3.h>

#include <utility>

#include "exhibition/adapters/sqlite/transaction.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {

CommitGuard::CommitGuard(Database& database)
    : database_(database),
      save_(database, "SAVEPOINT exhibition_event"),
      release_(database, "RELEASE exhibition_event") {
  sqlite3_commit_hook(database_.handle(), &on_commit, this);
  sqlite3_rollback_hook(database_.handle(), &on_rollback, this);
}

CommitGuard::~CommitGuard() {
  sqlite3_commit_hook(database_.handle(), nullptr, nullptr);
  sqlite3_rollback_hook(database_.handle(), nullptr, nullptr);
}

void CommitGuard::begin() {
  is_ended_ = false;
  may_commit_ = false;
  store_failure_.clear();
}

void CommitGuard::note_store_failure(const char* why) {
  if (is_ended_ && store_failure_.empty()) store_failure_ = why;
}

void CommitGuard::check_open() const {
  if (!is_ended_) return;
  if (!store_failure_.empty()) throw PortError(store_failure_);
  throw StatementError(database_.path().string() +
                       ": the transaction was ended by the handler it was given to, or by a "
                       "statement that failed in it");
}

void CommitGuard::watch(FunctionRef<void()> handler) {
  save_.run();
  handler();
  check_open();
  reset_statements();
  check_foreign_keys();
  release_.run();
}

void CommitGuard::check_foreign_keys() const {
  int broken = 0;
  int ignored = 0;
  sqlite3_db_status(database_.handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &ignored, 0);
  if (broken == 0) return;
  throw StatementError(database_.path().string() +
                       ": FOREIGN KEY constraint failed, one that is deferred: it must hold after "
                       "every event");
}

/// One that is not run to its end, nor reset, would keep the transaction from being committed, or
/// the next one from being begun.
void CommitGuard::reset_statements() const {
  for (auto* each = sqlite3_next_stmt(database_.handle(), nullptr); each != nullptr;
       each = sqlite3_next_stmt(database_.handle(), each)) {
    if (sqlite3_stmt_busy(each) != 0) sqlite3_reset(each);
  }
}

void CommitGuard::allow_commit() {
  check_open();
  may_commit_ = true;
}

int CommitGuard::on_commit(void* guard) {
  auto& self = *static_cast<CommitGuard*>(guard);
  if (std::exchange(self.may_commit_, false)) return 0;
  self.is_ended_ = true;
  return 1;  // makes it a rollback
}

void CommitGuard::on_rollback(void* guard) { static_cast<CommitGuard*>(guard)->is_ended_ = true; }

}  // namespace exhibition::sqlite
