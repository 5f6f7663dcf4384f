#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "database.hpp"
#include "store_file.hpp"

namespace exhibition::sqlite {

/// Copies what has been committed from SQLite's log into the file, on a thread of its own, so that who
/// commits does not wait for it. If the log grows in spite of that, who commits does it as well.
/// Source: sqlite.org/wal.html, section 3; sqlite3_wal_hook.
class Checkpointer {
 public:
  /// Errors: PortError.
  explicit Checkpointer(const StoreFile& store);
  /// Waits for what it is at.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// Has a connection of the file report its commits, in place of the checkpoints that it would make.
  /// Threads: any; the connection's hook comes on the thread that commits.
  void watch(const Database& writer);

 private:
  static int after_commit(void* self, sqlite3* writer, const char* schema, int pages);
  [[nodiscard]] bool is_wanted() const;  ///< mutex_ is held
  void run();

  Database database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int pages_ = 0;  // of the log, at the last commit; guarded by mutex_, as what follows
  int tried_ = 0;  // of them, at the last checkpoint
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace exhibition::sqlite
