#pragma once

#include <cstddef>
#include <cstdint>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <filesystem>
#include <memory>

namespace exhibition::benchmarks {

/// A booking file with a session, which has room for everyone unless it is told otherwise.
struct Museum {
  explicit Museum(std::uint32_t places = 1'000'000'000) : capacity(places), session(make()) {}
  /// Copies the files, which nobody has open.
  Museum(const Museum& original);
  Museum& operator=(const Museum&) = delete;

  std::uint32_t capacity;
  testing::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
  SessionId session;

  [[nodiscard]] Engine open(std::unique_ptr<Executor> executor = std::make_unique<ThreadExecutor>(),
                            const sqlite::Options& options = {}) const;

  /// After so many places were sold one by one, and some of them given back.
  /// Errors: std::runtime_error when that is not what is there: nothing is worth its speed that
  /// breaks its word.
  void check(std::size_t sold, std::size_t given_back = 0) const;

 private:
  [[nodiscard]] SessionId make() const;
};

}  // namespace exhibition::benchmarks
