#include "successor.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "byte_lock.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {

namespace {

constexpr std::int64_t makers_byte = 0;

int own(const std::filesystem::path& serving) {
  const auto file = serving.string() + "-lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor >= 0 && try_lock_byte(descriptor, makers_byte)) return descriptor;
  const bool is_others = descriptor >= 0 && (errno == EAGAIN || errno == EACCES);
  const std::string why = is_others
                              ? "another process makes it anew: wait for it, or cancel it there"
                              : std::string("cannot be locked: ") + std::strerror(errno);
  if (descriptor >= 0) ::close(descriptor);
  throw PortError((is_others ? serving.string() : file) + ": " + why);
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
    : path_(serving.path()), descriptor_(own(serving.path())) {
  path_ += "-rebuild";
  std::error_code ignored;
  if (std::filesystem::exists(path_, ignored)) return;
  try {
    make_alike(path_, serving);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

SuccessorFiles::~SuccessorFiles() {
  for (const auto* part : {"", "-wal", "-shm", "-lock"}) {
    std::error_code ignored;
    if (is_discarded_) std::filesystem::remove(std::filesystem::path(path_) += part, ignored);
  }
  if (descriptor_ >= 0) ::close(descriptor_);
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
