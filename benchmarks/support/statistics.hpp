#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace exhibition::benchmarks {

/// The least of the values that `share` of them do not exceed: always one that was measured.
/// Source: the nearest-rank method. `values` must not be empty, and `share` is in (0, 1].
[[nodiscard]] inline double quantile(std::vector<double> values, double share) {
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

[[nodiscard]] inline double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

}  // namespace exhibition::benchmarks
