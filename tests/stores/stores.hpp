#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/exhibition.hpp"
#include "stores/raw_file.hpp"
#include "support/museum.hpp"

/// What the tests of SQLite files share.

namespace exhibition::tests {

/// An engine on the file; its clock stands still at `morning`.
[[nodiscard]] Result<Engine> open_file(const std::filesystem::path& file,
                                       std::chrono::milliseconds lock_timeout = 10s);

/// Puts the process into a folder, as long as it lives.
class Inside {
 public:
  explicit Inside(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~Inside() { std::filesystem::current_path(before_); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::filesystem::path before_;
};

/// The my-page file that lies beside a booking file.
[[nodiscard]] std::filesystem::path pages_of(std::filesystem::path file);

/// "Monet" with one session without a limit.
SessionId register_monet(Engine& engine);

[[nodiscard]] Result<Reserved> try_reserve(Engine& engine, SessionId session,
                                           const std::string& member = "seokwon");

/// A store at `file` with two reservations, one of them with a voucher, closed again.
SessionId make_store(const std::filesystem::path& file);

/// Whether it is a storage_failure whose message has all of the words in it.
[[nodiscard]] ::testing::AssertionResult blames(const Error& error,
                                                std::initializer_list<std::string_view> words);
template <class T>
[[nodiscard]] ::testing::AssertionResult blames(const Result<T>& answer,
                                                std::initializer_list<std::string_view> words) {
  if (answer) return ::testing::AssertionFailure() << "it was done; expected was a storage_failure";
  return blames(answer.error(), words);
}

/// Whether the audit has nothing to say.
[[nodiscard]] ::testing::AssertionResult is_clean(const Engine& engine);

/// Whether the engine does everything: it takes a reservation, pumps, shows a page, and is clean.
[[nodiscard]] ::testing::AssertionResult works(Engine& engine, SessionId session);

/// The first page of everyone's entries.
[[nodiscard]] std::vector<MyPageEntry> entries(Engine& engine);

}  // namespace exhibition::tests
