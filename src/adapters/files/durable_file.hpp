#pragma once

#include <filesystem>
#include <string_view>

/// Files and folders that are there after a power cut.

namespace exhibition::files {

/// Makes the folder, and those it is in.
/// Errors: PortError.
void make_folder(const std::filesystem::path& folder);

/// Makes a folder in one that is there.
/// Errors: PortError, also when that is not there.
void make_folder_in(const std::filesystem::path& parent, const std::filesystem::path& folder);

/// What is in the folder now is there after a power cut.
/// Errors: PortError.
void sync_folder(const std::filesystem::path& folder);

/// Removes what attempts have left to make a file.
/// Errors: PortError.
void remove_halves(const std::filesystem::path& folder);

/// Makes the file, as a whole or not at all, readable by its owner only. Takes the place of what
/// was left of an attempt that was cut short.
/// Errors: PortError.
void make_file(const std::filesystem::path& file, std::string_view content);

/// Keeps others with the same lock out, from here to the end of this object; the system releases it
/// when the process ends.
class FolderLock {
 public:
  /// Waits for it.
  /// Errors: PortError.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace exhibition::files
