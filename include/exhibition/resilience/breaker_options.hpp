#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exhibition/core/result.hpp"

namespace exhibition {

/// When a circuit breaker opens, for how long, and how it finds out whether it may close.
/// Units: rates in percent of the calls that were judged.
struct BreakerOptions {
  double failure_rate = 50;  ///< opens at it; above 0, at most 100
  double slow_rate = 100;    ///< opens at it; likewise; of no effect without slow_after
  std::chrono::nanoseconds slow_after{0};  ///< a longer call is slow; 0: none is

  std::chrono::nanoseconds window = std::chrono::seconds{10};  ///< calls that count; at most 1 hour
  std::size_t buckets = 10;                ///< of the window, which moves on one at a time; 1 to 64
  std::size_t count_window = 0;            ///< the last so many calls count instead; at most 65,535
  std::uint32_t minimum_calls = 20;        ///< before that many, no rate opens it; at least 1
  std::uint32_t consecutive_failures = 0;  ///< so many in a row open it as well; 0: none do

  std::chrono::nanoseconds open_for = std::chrono::seconds{5};  ///< at first; more than 0
  double open_factor = 2;  ///< each time it was too short; 1 to 100
  std::chrono::nanoseconds open_cap = std::chrono::seconds{60};  ///< at last; at least open_for

  std::size_t probes = 3;    ///< calls that are let through to find out; 1 to 64
  bool decide_early = true;  ///< as soon as the rest of them cannot change it
  std::chrono::nanoseconds probe_lease = std::chrono::seconds{5};  ///< a longer probe is a failure
  std::chrono::nanoseconds min_retry_after = std::chrono::milliseconds{10};  ///< while it finds out

  /// Errors: invalid_argument{the first field that breaks its rule}.
  [[nodiscard]] Result<void> check() const {
    using namespace std::chrono_literals;
    using Bad = refusal::InvalidArgument;
    const auto is_rate = [](double rate) { return rate > 0 && rate <= 100; };  // NaN is none
    constexpr std::string_view rate = "must be above 0 and at most 100";
    constexpr std::string_view positive = "must be longer than nothing";
    if (!is_rate(failure_rate)) return Bad{"failure_rate", rate};
    if (!is_rate(slow_rate)) return Bad{"slow_rate", rate};
    if (slow_after < 0ns) return Bad{"slow_after", "must not be negative"};
    if (window <= 0ns || window > 1h) return Bad{"window", "must be above 0 and at most an hour"};
    if (buckets < 1 || buckets > 64) return Bad{"buckets", "must be 1 to 64"};
    if (window.count() < static_cast<std::int64_t>(buckets)) {
      return Bad{"buckets", "must not be more than the nanoseconds of window"};
    }
    if (count_window > 65'535) return Bad{"count_window", "must be at most 65,535"};
    if (minimum_calls < 1) return Bad{"minimum_calls", "must be at least 1"};
    if (count_window > 0 && minimum_calls > count_window) {
      return Bad{"minimum_calls", "must be at most count_window"};
    }
    if (open_for <= 0ns) return Bad{"open_for", positive};
    if (!(open_factor >= 1 && open_factor <= 100)) return Bad{"open_factor", "must be 1 to 100"};
    if (open_cap < open_for) return Bad{"open_cap", "must be at least open_for; a minute if not given"};
    if (probes < 1 || probes > 64) return Bad{"probes", "must be 1 to 64"};
    if (probe_lease <= 0ns) return Bad{"probe_lease", positive};
    if (min_retry_after < 0ns) return Bad{"min_retry_after", "must not be negative"};
    return {};
  }
};

}  // namespace exhibition
