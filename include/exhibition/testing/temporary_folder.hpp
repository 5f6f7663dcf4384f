#pragma once

#include <cerrno>
#include <cstdlib>  // mkdtemp, which is POSIX
#include <filesystem>
#include <string>
#include <system_error>

namespace exhibition::testing {

/// A folder of its own for each object, in TMPDIR or else in /tmp; gone with all that is in it when
/// the object is.
/// Errors: std::system_error when it cannot be made.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "exhibition-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "no temporary folder at " + name);
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace exhibition::testing
