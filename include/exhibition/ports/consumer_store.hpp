#pragma once

#include <filesystem>
#include <optional>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/followers.hpp"

namespace exhibition {

/// Where followers whose effect is outside keep how far they are: beside the booking store, so that
/// a checkpoint never takes the turn of a booking.
/// Threads: any, several at once.
class ConsumerStore {
 public:
  virtual ~ConsumerStore() = default;

  /// Runs `work` in one atomic transaction, which survives the end of the process but perhaps not a
  /// power cut; an exception rolls it back and is rethrown.
  /// Errors: PortError.
  virtual void transact(FunctionRef<void(Followers&)> work) = 0;

  /// The same for the followers alone, and it survives a power cut, if any commit of the store does.
  /// Errors: PortError.
  virtual void transact_durably(FunctionRef<void(Followers&)> work) { transact(work); }

  /// Errors: PortError.
  virtual void read(FunctionRef<void(const Followers&)> reader) const = 0;

  /// As MyPages::backup.
  virtual Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const = 0;
};

}  // namespace exhibition
