#include "successor.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "byte_lock.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {

namespace {

constexpr std::int64_t makers_byte = 0;

void own(const LockFile& makers, const std::filesystem::path& serving) {
  if (try_lock_byte(makers.descriptor(), makers_byte)) return;
  if (errno == EAGAIN || errno == EACCES) {
    throw PortError(serving.string() +
                    ": another process makes it anew: wait for it, or cancel it there");
  }
  throw PortError(makers.path().string() + ": cannot be locked: " + std::strerror(errno));
}

/// A database in WAL mode is overwritten by pages of its own size only.
void make_alike(const std::filesystem::path& path, StoreFile& serving) {
  Database made(path, Database::Access::create, serving.options().lock_timeout);
  const auto size = serving.writer().integer("PRAGMA page_size");
  made.execute(("PRAGMA page_size = " + std::to_string(size)).c_str());
  made.execute("PRAGMA journal_mode = WAL");
}

}  // namespace

SuccessorFiles::SuccessorFiles(StoreFile& serving)
    : path_(serving.path()), makers_(serving.path()) {
  own(*makers_, serving.path());
  path_ += "-rebuild";
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) make_alike(path_, serving);
}

SuccessorFiles::~SuccessorFiles() {
  for (const auto* part : {"", "-wal", "-shm", "-lock"}) {
    std::error_code ignored;
    if (is_discarded_) std::filesystem::remove(std::filesystem::path(path_) += part, ignored);
  }
}

void overwrite(const StoreFile& target, const StoreFile& source) {
  const auto from = connect(source.path(), source.options(), source.durability());
  const auto to = connect(target.path(), target.options(), Durability::full);
  sqlite3_backup* backup = sqlite3_backup_init(to->handle(), "main", from->handle(), "main");
  if (!backup) to->fail("rebuild");
  sqlite3_backup_step(backup, -1);
  if (sqlite3_backup_finish(backup) != SQLITE_OK) to->fail("rebuild");
}

}  // namespace exhibition::sqlite
