#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "exhibition/core/result.hpp"

namespace exhibition {

/// How many reservations an engine takes on at once before it says "come back in N ms".
struct AdmissionOptions {
  std::size_t limit = 1024;  ///< reserve calls on their way; at least 1
  std::chrono::nanoseconds max_delay =
      std::chrono::seconds{10};  ///< of one that comes; more than 0
  /// For how long a session that had to refuse is not asked again, unless this process has freed
  /// places of it or changed it: then it is asked at once. What another process has freed is found
  /// after that time. Not negative; 0 has every session asked.
  std::chrono::nanoseconds refusal_lifetime = std::chrono::milliseconds{100};

  /// Errors: invalid_argument{the first field that breaks its rule}.
  [[nodiscard]] Result<void> check() const {
    using Bad = refusal::InvalidArgument;
    if (limit < 1) return Bad{"admission.limit", "must be at least 1"};
    if (max_delay <= std::chrono::nanoseconds{0}) {
      return Bad{"admission.max_delay", "must be longer than nothing"};
    }
    if (refusal_lifetime < std::chrono::nanoseconds{0}) {
      return Bad{"admission.refusal_lifetime", "must not be negative"};
    }
    return {};
  }
};

/// How busy an engine is.
struct AdmissionStats {
  std::size_t inside = 0;  ///< reserve calls on their way
  std::size_t queued = 0;  ///< commands of all kinds that wait for the store or are in it
  std::chrono::nanoseconds takes{0};  ///< how long the store is busy with one, of late
  std::uint64_t admitted = 0;         ///< reserve calls of all times
  std::uint64_t rejected = 0;         ///< likewise, with `overloaded`
  std::uint64_t remembered = 0;       ///< likewise, refused as the session was a moment ago

  friend bool operator==(const AdmissionStats&, const AdmissionStats&) = default;
};

}  // namespace exhibition
