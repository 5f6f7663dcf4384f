#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "exhibition/application/availability.hpp"
#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/repositories.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/resilience/bulkhead.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/resilience/timeout.hpp"

namespace exhibition {

/// The host's catalogue elsewhere, with what guards the calls of it.
/// Threads: any.
class RemoteCatalogue {
 public:
  /// Errors: Exception(invalid_argument{the option's name}).
  RemoteCatalogue(AvailabilityOptions options, const MonotonicClock& clock);

  [[nodiscard]] bool is_elsewhere() const { return port_ != nullptr; }

  /// None when the engine has a catalogue of its own.
  /// Errors: what the port and the policies answer. All but the port's own "no" have a hint, where
  /// it is known when to come back.
  [[nodiscard]] Result<std::optional<Offer>> offer(SessionId session);

  /// None when there is no such catalogue.
  [[nodiscard]] std::optional<AvailabilityStats> stats() const;

 private:
  [[nodiscard]] Result<Offer> ask(SessionId session, Moment deadline);

  std::unique_ptr<Availability> port_;
  std::function<Result<Offer>(SessionId, const FailedCall&)> fallback_;
  CircuitBreaker breaker_;
  Timeout timeout_;
  Bulkhead bulkhead_;
};

/// A session and its exhibition as a reservation finds them: those of the store, or of an offer that
/// is no older.
class Shown {
 public:
  /// Errors: not_found; storage_failure when the offer contradicts the store.
  [[nodiscard]] static Result<Shown> find(UnitOfWork& unit, SessionId id,
                                          const std::optional<Offer>& offer);

  [[nodiscard]] const Exhibition& exhibition() const { return exhibition_; }
  [[nodiscard]] const Session& session() const { return session_; }

  /// Writes them, `session` being what has become of this one.
  void save(UnitOfWork& unit, const Session& session) const;

 private:
  enum class Kept { as_it_is, changed, unknown };

  Exhibition exhibition_;
  Session session_;
  Kept exhibition_is_ = Kept::as_it_is;
  bool has_session_ = true;
};

}  // namespace exhibition
