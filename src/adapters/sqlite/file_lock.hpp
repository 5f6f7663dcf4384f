#pragma once

#include <chrono>
#include <filesystem>
#include <random>

#include "forks.hpp"

namespace exhibition::sqlite {

/// Lets one process at a time write a store, and of several connections in one process, one at a
/// time. It is a lock on a side file: SQLite's own locks on the database are POSIX locks, which any
/// close of the file in this process would drop. The system releases it when a process ends,
/// however it ends.
/// Threads: one at a time.
/// Source: flock(2); sqlite.org/howtocorrupt.html, section 2.2.
class FileLock {
 public:
  /// Opens or makes the side file of `store`.
  /// Errors: PortError.
  explicit FileLock(std::filesystem::path store);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// The lock, from here to the end of this object.
  class Hold {
   public:
    /// Tries without blocking, in growing and uneven pauses. Who has had it last lets those who wait
    /// go first, so that nobody is kept out by one who is quicker to come back.
    /// Errors: PortError after `timeout`.
    Hold(FileLock& lock, std::chrono::milliseconds timeout);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    FileLock& lock_;
  };

 private:
  [[nodiscard]] bool try_lock();
  void wait(std::chrono::milliseconds timeout);
  void pause(std::chrono::microseconds longest, std::chrono::steady_clock::duration at_most);

  std::filesystem::path store_;
  LockFile file_;
  std::minstd_rand jitter_;
  bool was_here_last_ = false;
};

}  // namespace exhibition::sqlite
