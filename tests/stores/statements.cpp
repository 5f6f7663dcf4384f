#include "stores/statements.hpp"

#include <sqlite3.h>

#include <utility>

namespace exhibition::tests {
namespace {

using Tell = std::function<void(const Begun&)>;

/// Whom to tell, if anybody.
Tell*& listener() {
  static Tell* tell = nullptr;
  return tell;
}

int begun(unsigned /*kind*/, void* database, void* statement, void* /*sql*/) {
  if (listener() == nullptr) return 0;
  const char* file = sqlite3_db_filename(static_cast<sqlite3*>(database), "main");
  (*listener())({file, database, sqlite3_sql(static_cast<sqlite3_stmt*>(statement))});
  return 0;
}

int watch(sqlite3* database, char** /*error*/, const void* /*routines*/) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, &begun, database);
}

}  // namespace

StatementWatch::StatementWatch(Tell tell) : tell_(std::move(tell)) {
  listener() = &tell_;
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
}

StatementWatch::~StatementWatch() {
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch));
  listener() = nullptr;
}

}  // namespace exhibition::tests
