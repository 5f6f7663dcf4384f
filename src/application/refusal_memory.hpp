#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "releases.hpp"

namespace exhibition {

/// A session as a unit saw it that had to refuse a reserve.
struct Glimpse {
  Exhibition exhibition;
  Session session;
  std::optional<std::int64_t> due;  ///< places of holds that are due; none when nobody counted them
  Instant at;
  Instant until = Instant::max();  ///< the next hold ends, and gives its places back
};

/// Remembers the sessions that had to refuse, and refuses what they would refuse again, in the same
/// words. A glimpse counts until places of its session may be free: after a release in this process
/// at once, after one elsewhere when it is older than `lifetime`.
/// Threads: any.
class RefusalMemory {
 public:
  /// Nothing is remembered for a `lifetime` of 0.
  RefusalMemory(std::chrono::nanoseconds lifetime, const MonotonicClock& clock,
                const std::string& log_id)
      : lifetime_(lifetime), clock_(clock), releases_(Releases::of(log_id)) {}
  RefusalMemory(const RefusalMemory&) = delete;
  RefusalMemory& operator=(const RefusalMemory&) = delete;

  [[nodiscard]] Releases& releases() { return *releases_; }

  /// None when the store has to be asked.
  [[nodiscard]] std::optional<Error> refusal(const ReserveRequest& request, Instant now);

  /// `count` is that of the session's releases before the glimpse.
  void keep(Glimpse glimpse, std::uint64_t count);

  /// Refusals so far.
  [[nodiscard]] std::uint64_t refusals() const;

 private:
  static constexpr std::size_t most = 1024;

  struct Kept {
    Glimpse glimpse;
    std::uint64_t count = 0;
    Moment since;
  };
  /// What counts; the mutex is held.
  [[nodiscard]] const Glimpse* find(SessionId session);

  std::chrono::nanoseconds lifetime_;
  const MonotonicClock& clock_;
  std::shared_ptr<Releases> releases_;
  mutable std::mutex mutex_;
  std::uint64_t refusals_ = 0;                   // guarded by mutex_
  std::unordered_map<std::int64_t, Kept> kept_;  // guarded by mutex_
};

}  // namespace exhibition
