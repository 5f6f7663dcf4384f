#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exhibition/exhibition.hpp"
#include "exhibition/testing/manual_clock.hpp"
#include "kill_points.hpp"

namespace exhibition::tests {

/// What two followers of a host have made of the log, in the order in which they did.
struct Effects {
  std::vector<std::string> journal;
  std::vector<std::string> mails;
};

/// How the journal keeps its position.
enum class Journalling : std::uint8_t {
  with_the_effect,
  before_the_effect,  ///< a defect, to see that it is found
};

/// An engine in a folder, on SQLite, followed by a journal (a read model) and a mailer (an effect
/// outside), whose every step `killer` is told of.
class FollowedMuseum {
 public:
  FollowedMuseum(const std::filesystem::path& folder, Instant now, Killer& killer,
                 Journalling journalling = Journalling::with_the_effect);

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] const Storage& storage() const { return *storage_; }
  [[nodiscard]] const MyPages& pages() const { return *pages_; }
  [[nodiscard]] const Archive& archive() const { return *archive_; }
  testing::ManualClock clock;

  /// Of the journal that is in the folder, and the mails.
  [[nodiscard]] static Effects effects_in(const std::filesystem::path& folder);

 private:
  /// The transaction of the journal: writes down an event.
  using Journal = std::function<void(const Envelope&)>;
  class JournalFile;

  [[nodiscard]] Engine open(const std::filesystem::path& folder);
  void follow(const std::filesystem::path& folder, Journalling journalling);

  BookingSteps bookings_;
  FollowerSteps my_page_;
  FollowerSteps journal_;
  FollowerSteps mailer_;
  const Storage* storage_ = nullptr;  // the engine's
  const MyPages* pages_ = nullptr;    // the engine's
  const Archive* archive_ = nullptr;  // the engine's
  Engine engine_;
};

}  // namespace exhibition::tests
