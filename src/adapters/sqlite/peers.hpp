#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "exhibition/ports/peers.hpp"
#include "forks.hpp"

namespace exhibition::sqlite {

/// The engines that have a booking file open. Each has a byte of the `-lock` file locked for as
/// long as it lives, which its name tells: the system gives it free when the process ends, however
/// it ends. One machine has them all, so its monotonic clock is their clock.
/// Threads: any.
/// Source: fcntl(2), open file description locks; they and flock(2) do not see each other.
class FilePeers final : public Peers {
 public:
  /// Errors: PortError.
  explicit FilePeers(const std::filesystem::path& store);

  [[nodiscard]] const std::string& self() const override { return self_; }
  [[nodiscard]] Presence presence_of(std::string_view name) const override;
  [[nodiscard]] std::chrono::milliseconds time() const override;

 private:
  LockFile file_;
  std::string self_;
};

}  // namespace exhibition::sqlite
