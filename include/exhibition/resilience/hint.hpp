#pragma once

#include <algorithm>
#include <chrono>

namespace exhibition {

/// When to come back, as it is told to a caller: no sooner than 10 ms, for coming back costs both,
/// and no later than a minute, for nobody knows what is then.
[[nodiscard]] constexpr std::chrono::milliseconds hint(std::chrono::nanoseconds wait) {
  using namespace std::chrono_literals;
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::clamp<std::chrono::nanoseconds>(wait, 10ms, 60s));
}

}  // namespace exhibition
