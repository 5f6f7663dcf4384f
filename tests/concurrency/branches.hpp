#pragma once

#include <filesystem>

/// What the processes that follow one booking file, and their test, have agreed on.

namespace exhibition::tests {

inline std::filesystem::path journal_in(const std::filesystem::path& folder) {
  return folder / "journal.db";
}
inline constexpr const char* make_journal =
    "CREATE TABLE IF NOT EXISTS journal(id INTEGER PRIMARY KEY, line TEXT)";

inline std::filesystem::path mails_in(const std::filesystem::path& folder) {
  return folder / "mails.txt";
}

}  // namespace exhibition::tests
