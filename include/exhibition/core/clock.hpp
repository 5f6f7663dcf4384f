#pragma once

#include "exhibition/core/time.hpp"

namespace exhibition {

/// Where the time comes from. It may step back, as system clocks do.
/// Threads: implementations are called from any thread, several at once.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

/// The system's wall clock.
/// Threads: any.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace exhibition
