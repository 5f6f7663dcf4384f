#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace exhibition {

/// Calls that were judged, and how many of them were bad.
struct Tally {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  std::uint64_t slow = 0;

  Tally& operator+=(const Tally& other) {
    calls += other.calls;
    failures += other.failures;
    slow += other.slow;
    return *this;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// One call of a tally.
struct Outcome {
  bool is_failure = false;
  bool is_slow = false;

  [[nodiscard]] bool is_bad() const { return is_failure || is_slow; }
};

/// A share of the calls, kept in whole hundredths of a percent, so that it is compared exactly.
class Rate {
 public:
  explicit Rate(double percent)
      : share_(std::max(1LL, std::llround(std::ceil(percent * 100 - 1e-9)))) {}
  [[nodiscard]] static Rate never() { return Rate(200); }

  /// Whether so many of `calls` reach it.
  [[nodiscard]] bool is_reached(std::uint64_t bad, std::uint64_t calls) const {
    return bad * 10'000 >= static_cast<std::uint64_t>(share_) * calls;
  }

 private:
  long long share_;
};

}  // namespace exhibition
