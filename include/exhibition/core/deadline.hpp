#pragma once

#include <chrono>

namespace exhibition {

/// The point that lies `span` from now, or the end of time; now, if the span is negative.
[[nodiscard]] inline std::chrono::steady_clock::time_point deadline_after(
    std::chrono::milliseconds span) {
  using std::chrono::steady_clock;
  const auto now = steady_clock::now();
  constexpr auto never = steady_clock::time_point::max();
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(never - now);
  if (span <= std::chrono::milliseconds{0}) return now;
  return span < longest ? now + span : never;
}

}  // namespace exhibition
