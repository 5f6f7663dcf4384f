#include "checkpointer.hpp"

#include <sqlite3.h>

#include <system_error>

#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {
namespace {

constexpr int usual_pages = 1000;  // as SQLite has it
constexpr int most_pages = 4000;   // a longer log costs readers more than it saves

}  // namespace

Checkpointer::Checkpointer(const StoreFile& store)
    : database_(store.path(), Database::Access::read_write, store.options().lock_timeout) {
  database_.execute(synchronous(store.durability()));
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& failure) {
    throw PortError(store.path().string() +
                    ": no thread can be had for its checkpoints: " + failure.what());
  }
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::watch(const Database& writer) {
  sqlite3_wal_hook(writer.handle(), after_commit, this);
}

/// The log begins anew once all of it has been copied, which readers and other writers may put off.
int Checkpointer::after_commit(void* self, sqlite3* writer, const char* schema, int pages) {
  auto& checkpointer = *static_cast<Checkpointer*>(self);
  {
    const std::lock_guard lock(checkpointer.mutex_);
    if (pages < checkpointer.pages_) checkpointer.tried_ = 0;
    checkpointer.pages_ = pages;
    if (checkpointer.is_wanted()) checkpointer.changed_.notify_one();
  }
  // As SQLite does: what it cannot copy now it will with a later commit.
  if (pages >= most_pages) {
    sqlite3_wal_checkpoint_v2(writer, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  return SQLITE_OK;
}

bool Checkpointer::is_wanted() const { return pages_ - tried_ >= usual_pages; }

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_ending_ || is_wanted(); });
    if (is_ending_) return;
    tried_ = pages_;
    lock.unlock();
    // Where it fails, the log keeps what the file has not, and it is tried again as many pages later.
    sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
    lock.lock();
  }
}

}  // namespace exhibition::sqlite
