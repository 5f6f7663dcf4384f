#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exhibition/core/error.hpp"

namespace exhibition::testing {

enum class StepKind : std::uint8_t {
  begin,
  query,
  change,
  commit,
  acknowledge,
  read,
  ids,
  files,  ///< a my-page store is opened, or a copy made
};

/// Something that a storage is about to do: "reservations.save".
struct Step {
  StepKind kind = StepKind::begin;
  std::string_view name;
};

/// Is told of every step of a FaultyStorage before it is taken; a PortError that it throws is the
/// step's failure. Threads: those that use the storage, several at once.
class Steps {
 public:
  virtual ~Steps() = default;
  virtual void take(Step step) = 0;
};

/// Counts steps, and lets one of them fail.
/// Threads: any.
class FailingStep final : public Steps {
 public:
  /// Counts from here; step `number` from now fails, 1 being the next one, and all others go well.
  void fail_at(std::size_t number) {
    has_failed_ = false;
    failing_ = number;
    taken_ = 0;
  }
  /// Counts from here, and nothing fails.
  void fail_never() { fail_at(0); }

  [[nodiscard]] std::size_t taken() const { return taken_; }
  [[nodiscard]] bool has_failed() const { return has_failed_; }

  void take(Step step) override {
    if (++taken_ != failing_) return;
    has_failed_ = true;
    throw PortError("made to fail at step " + std::to_string(failing_) + ", " +
                    std::string(step.name));
  }

 private:
  std::atomic<std::size_t> failing_ = 0;
  std::atomic<std::size_t> taken_ = 0;
  std::atomic<bool> has_failed_ = false;
};

}  // namespace exhibition::testing
