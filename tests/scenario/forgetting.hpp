#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "exhibition/adapters/files.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {

inline constexpr std::chrono::hours a_day{24};
inline constexpr auto long_ago = 31 * a_day;
inline const PruneOptions all{.older_than = 0ms};

/// A museum whose log has something to forget.
class AMuseumWithAPast : public OnEachStorage {
 protected:
  AMuseumWithAPast() {
    const auto made = museum.catalogue().register_exhibition(
        {.title = "Monet", .sessions = {{.starts_at = morning + 365 * a_day}}});
    session = made.value().sessions.at(0);
  }

  void reserve_many(int count, const std::string& member = "m") {
    for (int i = 0; i < count; ++i) museum.reserve(session, member + std::to_string(i % 7));
  }
  /// Reserves, has everything be followed, and lets time pass until it is old.
  void make_history(int count, const std::string& member = "m") {
    reserve_many(count, member);
    museum.pump_all();
    museum.clock.advance(long_ago);
  }

  [[nodiscard]] Result<PruneReport> try_to_prune(const PruneOptions& options = {}) {
    return museum.events().prune(options);
  }
  [[nodiscard]] PruneReport prune(const PruneOptions& options = {}) {
    return try_to_prune(options).value();
  }
  [[nodiscard]] Position head() {
    return read(museum.storage(), [](const ReadView& view) { return view.log().head(); });
  }
  [[nodiscard]] FollowerStatus status_of(std::string_view follower) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == follower) return status;
    }
    throw std::runtime_error("no such follower");
  }

  void reopen_with(std::unique_ptr<Archive> archive) {
    auto options = museum.options();
    options.archive = std::move(archive);
    museum.close();
    museum.reopen(std::move(options));
  }
  void reopen_with_archive() { reopen_with(files::archive(archive_folder()).value()); }
  [[nodiscard]] std::filesystem::path archive_folder() const { return folder.path() / "archive"; }

  TemporaryFolder folder;
  SessionId session;
};

}  // namespace exhibition::tests
