#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "exhibition/domain/ids.hpp"

namespace exhibition {

/// Counts how often a session has come to answer otherwise, such as by a place that was freed, for all
/// engines of this process that share a store. Sessions may share a count: it is seen to change more
/// often than it has to, never less often.
/// Threads: any.
class Releases {
 public:
  /// Those of the store with this log.
  [[nodiscard]] static std::shared_ptr<Releases> of(const std::string& log_id);

  /// After the commit, and before anybody hears of it.
  void release(SessionId session) noexcept { ++counts_[slot(session)]; }
  void release_all() noexcept { ++all_; }

  /// Another one after each release of the session.
  [[nodiscard]] std::uint64_t count(SessionId session) const noexcept {
    return counts_[slot(session)] + all_;
  }

 private:
  static constexpr std::size_t slots = 1024;
  static std::size_t slot(SessionId session) {
    return static_cast<std::size_t>(session.value()) % slots;
  }

  std::array<std::atomic<std::uint64_t>, slots> counts_{};
  std::atomic<std::uint64_t> all_ = 0;
};

/// Releases every session when it ends: something was changed, unless it was refused.
class ReleaseAtTheEnd {
 public:
  explicit ReleaseAtTheEnd(Releases& releases) : releases_(releases) {}
  ~ReleaseAtTheEnd() { releases_.release_all(); }
  ReleaseAtTheEnd(const ReleaseAtTheEnd&) = delete;
  ReleaseAtTheEnd& operator=(const ReleaseAtTheEnd&) = delete;

 private:
  Releases& releases_;
};

}  // namespace exhibition
