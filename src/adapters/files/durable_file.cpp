#include "durable_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "exhibition/core/error.hpp"

namespace exhibition::files {
namespace {

PortError failure_at(const std::filesystem::path& path, const char* attempt) {
  return PortError(path.string() + ": " + attempt + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, const char* attempt)
      : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (number_ < 0) throw failure_at(path, attempt);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view content) const {
    while (!content.empty()) {
      const auto written = ::write(number_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw failure_at(path_, "cannot be written");
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void sync() const {
    if (::fsync(number_) != 0) throw failure_at(path_, "cannot be flushed to disk");
  }

 private:
  const std::filesystem::path& path_;
  int number_;
};

constexpr const char* half_of_a_file = "-half";

}  // namespace

void sync_folder(const std::filesystem::path& folder) {
  Descriptor(folder, O_RDONLY | O_DIRECTORY, "cannot be opened").sync();
}

void make_folder(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  make_folder(folder.parent_path());
  make_folder_in(folder.parent_path(), folder);
}

void make_folder_in(const std::filesystem::path& parent, const std::filesystem::path& folder) {
  if (std::filesystem::is_directory(folder)) return;
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) throw PortError(folder.string() + ": cannot be made: " + error.message());
  if (!parent.empty()) sync_folder(parent);
}

void remove_halves(const std::filesystem::path& folder) {
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::end(entry); entry.increment(error)) {
    if (!entry->path().native().ends_with(half_of_a_file)) continue;
    std::filesystem::remove(entry->path(), error);
    if (error) break;
  }
  if (error) throw PortError(folder.string() + ": cannot be tidied up: " + error.message());
}

void make_file(const std::filesystem::path& file, std::string_view content) {
  const auto half = std::filesystem::path(file) += half_of_a_file;
  {
    const Descriptor made(half, O_WRONLY | O_CREAT | O_TRUNC, "cannot be opened for writing");
    made.write(content);
    made.sync();
  }
  if (::rename(half.c_str(), file.c_str()) != 0) throw failure_at(file, "cannot be put in place");
  sync_folder(file.parent_path());
}

FolderLock::FolderLock(const std::filesystem::path& folder)
    : descriptor_(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) throw failure_at(folder / "lock", "cannot be opened for writing");
  while (::flock(descriptor_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const auto failure = failure_at(folder / "lock", "cannot be locked");
    ::close(descriptor_);
    throw failure;
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace exhibition::files
