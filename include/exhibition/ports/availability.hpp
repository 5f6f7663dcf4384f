#pragma once

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/session.hpp"

namespace exhibition {

/// A session and its exhibition as the catalogue knows them. How many places are taken is for those
/// to know who take the reservations: what is said of that here counts for nothing.
struct Offer {
  Exhibition exhibition;
  Session session;

  friend bool operator==(const Offer&, const Offer&) = default;
};

/// A catalogue that is kept elsewhere and asked before each reservation, for an engine that has none
/// of its own.
/// Threads: any, several at once.
class Availability {
 public:
  virtual ~Availability() = default;

  /// What there is to reserve. An answer after `deadline`, by the engine's monotonic clock, is
  /// dropped: give up by then.
  /// Errors: not_found, and whatever else the catalogue has to say against it, which is passed on;
  /// storage_failure or PortError when it is not to be reached. What else is thrown is passed on.
  virtual Result<Offer> offer(SessionId session, Moment deadline) = 0;
};

}  // namespace exhibition
