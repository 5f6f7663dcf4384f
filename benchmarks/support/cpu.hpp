#pragma once

#include <chrono>

namespace exhibition::benchmarks {

/// What this process has used of the processors so far, all of its threads together.
[[nodiscard]] std::chrono::nanoseconds cpu_time();

}  // namespace exhibition::benchmarks
