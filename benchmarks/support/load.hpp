#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "support/statistics.hpp"

namespace exhibition::benchmarks {

/// What a caller met with who called again and again without a pause.
struct Throughput {
  double per_second = 0;
  double p99_ms = 0;  ///< what all but a hundredth of the calls did not exceed
};

/// Calls `call(0)` to `call(calls - 1)`, one after the other.
template <class Call>
[[nodiscard]] Throughput load(std::size_t calls, Call call) {
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  std::vector<double> took;
  took.reserve(calls);
  const auto start = Clock::now();
  auto began = start;
  for (std::size_t number = 0; number < calls; ++number) {
    call(number);
    const auto ended = Clock::now();
    took.push_back(Milliseconds(ended - began).count());
    began = ended;
  }
  const std::chrono::duration<double> all = began - start;
  return {.per_second = static_cast<double>(calls) / all.count(), .p99_ms = quantile(took, 0.99)};
}

}  // namespace exhibition::benchmarks
