#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exhibition/testing/faulty_storage/steps.hpp"

namespace exhibition::tests {

/// What a process has to do for a point to be on its way.
enum class Doing : std::uint8_t { following, rebuilding, forgetting };

/// A place on the path of an event at which the process can die.
struct KillPoint {
  std::string_view who;   ///< takes the step: "command", "prune", or the name of a follower
  std::string_view step;  ///< of the store, of the archive, or of the handler
  bool handled = false;   ///< whether a handler has run since the last commit
  Doing doing = Doing::following;
};

/// "mailer: followers.save after its handler"
[[nodiscard]] std::string to_string(const KillPoint& point);

/// All of them, in the order of the path.
[[nodiscard]] std::span<const KillPoint> kill_points();

/// Ends the process with SIGKILL at one point of the path.
/// Threads: any.
class Killer {
 public:
  /// Strikes when the process is at the point for the `hit`th time from now.
  void aim(const KillPoint& point, std::size_t hit);
  void pass(const KillPoint& point);

 private:
  const KillPoint* aim_ = nullptr;
  std::atomic<std::size_t> left_ = 0;
};

/// The steps of one follower.
/// Threads: one at a time takes steps that count.
class FollowerSteps final : public testing::Steps {
 public:
  FollowerSteps(std::string_view follower, Killer& killer) : follower_(follower), killer_(killer) {}

  void take(testing::Step step) override;

 private:
  std::string_view follower_;
  Killer& killer_;
  std::atomic<bool> handled_ = false;
};

/// The steps of the booking store, and of the archive: those of a command or of prune, and all
/// others are the voucher desk's.
/// Threads: any.
class BookingSteps final : public testing::Steps {
 public:
  explicit BookingSteps(Killer& killer) : killer_(killer) {}

  void take(testing::Step step) override;

  /// Marks what this thread does, for as long as it lives: "command" or "prune".
  class As {
   public:
    explicit As(std::string_view who);
    ~As();
    As(const As&) = delete;
    As& operator=(const As&) = delete;
  };

 private:
  Killer& killer_;
};

}  // namespace exhibition::tests
