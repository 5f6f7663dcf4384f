#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace exhibition {

/// How the engines that share a storage, each perhaps in a process of its own, know one another.
/// Threads: any, several at once.
class Peers {
 public:
  enum class Presence : std::uint8_t {
    alive,
    gone,    ///< it has ended, or was closed
    unknown  ///< the system does not tell
  };

  virtual ~Peers() = default;

  /// What this engine is called, and no other one, ever.
  [[nodiscard]] virtual const std::string& self() const = 0;

  /// Whether the engine of that name is still there.
  [[nodiscard]] virtual Presence presence_of(std::string_view name) const = 0;

  /// One clock for all of them. It may begin anywhere, and does not follow the time of day.
  [[nodiscard]] virtual std::chrono::milliseconds time() const = 0;
};

/// The only engine that a storage can have.
class NoPeers final : public Peers {
 public:
  [[nodiscard]] const std::string& self() const override { return self_; }

  [[nodiscard]] Presence presence_of(std::string_view name) const override {
    return name == self_ ? Presence::alive : Presence::gone;
  }

  [[nodiscard]] std::chrono::milliseconds time() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }

 private:
  std::string self_ = "this process";
};

}  // namespace exhibition
