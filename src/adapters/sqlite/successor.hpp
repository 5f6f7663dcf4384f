#pragma once

#include <filesystem>
#include <optional>

#include "forks.hpp"
#include "store_file.hpp"

/// A store that is made anew in a file beside the one that serves, and copied over it at the end.

namespace exhibition::sqlite {

/// The files of a successor, which nobody else has open: while others have, SQLite's files must not be
/// removed. They end with this object if it is told so; the successor is closed before it.
/// Source: sqlite.org/howtocorrupt.html, section 2.4.
class SuccessorFiles {
 public:
  /// Of no successor.
  SuccessorFiles() = default;
  /// Beside the store that serves; makes them, with pages of its size, unless they are there.
  /// Errors: PortError, also while another engine has them.
  explicit SuccessorFiles(StoreFile& serving);
  ~SuccessorFiles();
  SuccessorFiles(const SuccessorFiles&) = delete;
  SuccessorFiles& operator=(const SuccessorFiles&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void discard() noexcept { is_discarded_ = true; }

 private:
  std::filesystem::path path_;
  std::optional<LockFile> makers_;  // of the serving store, with the byte that is for makers locked
  bool is_discarded_ = false;
};

/// Overwrites a database with what is in another, in one transaction: its readers see the one or the
/// other. Who calls it has the lock of the first.
/// Errors: PortError, and then it is as it was.
void overwrite(const StoreFile& target, const StoreFile& source);

}  // namespace exhibition::sqlite
