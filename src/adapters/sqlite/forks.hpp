#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

struct sqlite3;

/// What a child that this process forks must not take over, so that it can open the same files anew.
///
/// SQLite knows an open file by its device and number, once for the whole process: a child would take
/// the locks of its parent for its own. So in a child, files that its parent had open are on another
/// device as far as SQLite can see; it meets nothing of the connections that it has inherited, which
/// nobody closes there. And a process forks at a moment when no other thread is in one of SQLite's
/// mutexes, which nobody would ever leave in the child.
/// Source: sqlite.org/howtocorrupt.html, section 2.6; fork(2).

namespace exhibition::sqlite {

/// A file that SQLite has a connection to. It ends after the connection.
/// Threads: any.
class OpenFile {
 public:
  /// Opens the connection.
  OpenFile(const std::filesystem::path& path, int flags, sqlite3** connection);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// What SQLite said to that.
  [[nodiscard]] int answer() const { return answer_; }

 private:
  int answer_;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> id_;  // device and number
};

/// The side file of a store, for locks that belong to all who share its descriptor: in a forked child
/// that is closed at once, or they would outlive the parent.
/// Threads: one at a time.
/// Source: flock(2); fcntl(2), open file description locks.
class LockFile {
 public:
  /// Opens or makes it.
  /// Errors: PortError.
  explicit LockFile(const std::filesystem::path& store);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Before it ends, in a child that begins.
  void close() noexcept;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace exhibition::sqlite
