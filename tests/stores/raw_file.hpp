#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace exhibition::tests {

/// An SQLite file as SQLite itself shows it, behind the library's back. Foreign keys are not
/// enforced, so that anything can be planted. What fails throws std::runtime_error.
/// Threads: one.
class RawFile {
 public:
  explicit RawFile(const std::filesystem::path& path);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  void execute(const std::string& sql);
  /// What the query gives in the column of that number, row by row.
  [[nodiscard]] std::vector<std::string> column(const std::string& sql, int number = 0);
  [[nodiscard]] std::int64_t integer(const std::string& sql);
  /// All rows of all tables but the counter of ids, of which a command that failed leaves a gap.
  [[nodiscard]] std::string everything();

 private:
  sqlite3* handle_ = nullptr;
};

/// The rows that are in the file now.
[[nodiscard]] std::string everything_in(const std::filesystem::path& path);

/// The file byte for byte.
[[nodiscard]] std::string bytes_of(const std::filesystem::path& path);
void write_bytes(const std::filesystem::path& path, const std::string& bytes);

/// The names in the folder, in order.
[[nodiscard]] std::vector<std::string> names_in(const std::filesystem::path& folder);

}  // namespace exhibition::tests
