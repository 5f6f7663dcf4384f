#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/ports/availability.hpp"
#include "exhibition/resilience/breaker_events.hpp"
#include "exhibition/resilience/breaker_options.hpp"
#include "exhibition/resilience/bulkhead.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/resilience/pipeline.hpp"

namespace exhibition {

/// A catalogue elsewhere, and what guards the calls of it:
/// fallback(circuit breaker(timeout(bulkhead(offer)))).
struct AvailabilityOptions {
  std::unique_ptr<Availability> port = nullptr;  ///< none: the engine has a catalogue of its own
  /// Its probe_lease is at least as long as the timeout, whatever it says.
  BreakerOptions breaker = {.probe_lease = std::chrono::seconds{1}};
  std::chrono::nanoseconds timeout = std::chrono::seconds{1};
  BulkheadOptions bulkhead = {.limit = 64};
  /// What to offer when the catalogue fails, is not done in time or is left alone; its error is then
  /// what the caller gets. Threads: called from any, several at once.
  std::function<Result<Offer>(SessionId, const FailedCall&)> fallback = {};
  /// Told of everything that happens to the circuit breaker, in its order, by the thread that calls
  /// when it happens, with no lock held. What it throws is dropped.
  std::function<void(const BreakerEvent&)> on_breaker_event = {};
};

/// How the catalogue elsewhere is doing.
struct AvailabilityStats {
  BreakerSnapshot breaker;
  BulkheadSnapshot bulkhead;

  friend bool operator==(const AvailabilityStats&, const AvailabilityStats&) = default;
};

}  // namespace exhibition
