#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "exhibition/application/command.hpp"
#include "exhibition/application/completion.hpp"
#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/ports/repositories.hpp"

namespace exhibition {

struct Context;

/// A reservation as it is now.
struct Reserved {
  Reservation reservation;
  bool replayed = false;  ///< the command had been applied before
};

/// Which reservations to list, by what they are shown as; what is absent selects all.
struct ReservationFilter {
  std::optional<SessionId> session = std::nullopt;
  std::optional<ReservationStatus> status = std::nullopt;
};

/// Sessions of an exhibition that start in [from, until).
struct SessionRange {
  ExhibitionId exhibition;
  Instant from = Instant::min();
  Instant until = Instant::max();
};

/// What a session has to give at one instant.
/// Units: places.
struct SessionAvailability {
  SessionId session;
  ExhibitionId exhibition;
  SessionTimes times;
  std::optional<std::uint32_t> capacity = std::nullopt;  ///< none: no limit
  std::int64_t in_force = 0;                             ///< taken, less what is due
  std::optional<std::uint32_t> free = std::nullopt;      ///< none: no limit
  bool overbooked = false;                               ///< more in force than the capacity
  std::optional<Errc> refuses = std::nullopt;  ///< why one place would be refused now, if it would

  friend bool operator==(const SessionAvailability&, const SessionAvailability&) = default;
};

/// The desk that takes reservations. Whatever the order of calls, threads, processes and crashes,
/// no session has more places in force than its capacity by a reservation.
/// Errors: every call may answer closed and storage_failure, every command
/// invalid_argument{idempotency_key, actor, correlation_id} and idempotency_mismatch, and every
/// list invalid_argument{limit} unless it is 1 to 1,000.
/// Threads: any.
class [[gnu::visibility("default")]] Bookings {
 public:
  explicit Bookings(Context& context) : context_(context) {}

  /// Takes places; once this returns, they are taken for good, or held until `expires_at`.
  /// Errors: invalid_argument{member, places, hold}; not_found{session}; exhibition_not_open,
  /// session_cancelled, session_over, session_closed, sales_not_open, sales_closed;
  /// party_too_large; member_limit; sold_out.
  /// Effects: ReservationHeld or ReservationConfirmed; ReservationExpired for holds whose places it
  /// takes.
  Result<Reserved> reserve(const ReserveRequest& request, const CommandOptions& options = {});

  /// Makes a hold good. A confirmed reservation stays so.
  /// Errors: not_found; hold_expired; illegal_transition when cancelled.
  /// Effects: ReservationConfirmed.
  Result<Reservation> confirm(ReservationId id, const CommandOptions& options = {});

  /// Moves the end of a hold by `by`, at most to hold_max after it was made.
  /// Errors: invalid_argument{by}; not_found; hold_expired; illegal_transition unless held;
  /// hold_max_reached.
  /// Effects: HoldExtended.
  Result<Reservation> extend(ReservationId id, std::chrono::milliseconds by,
                             const CommandOptions& options = {});

  /// Gives the places back. A cancelled reservation stays so.
  /// Errors: not_found; illegal_transition when expired; session_over; for a member cutoff_passed
  /// and already_admitted.
  /// Effects: ReservationCancelled.
  Result<Reservation> cancel(ReservationId id, Canceller by = Canceller::member,
                             const CommandOptions& options = {});

  /// Reserve, confirm and cancel for a host that must not wait, such as one with an event loop: they
  /// return at once, and what comes of the command is told to `done`. What was begun is carried out, and
  /// `Engine::close` waits for it. A remote catalogue is asked, and a store is waited for, on
  /// threads of the engine's that begin when they are needed.
  void reserve_async(ReserveRequest request, Completion<Reserved> done,
                     CommandOptions options = {});
  void confirm_async(ReservationId id, Completion<Reservation> done, CommandOptions options = {});
  void cancel_async(ReservationId id, Completion<Reservation> done,
                    Canceller by = Canceller::member, CommandOptions options = {});

  /// The same for coroutines, to be awaited while the engine lives.
  [[nodiscard]] Awaited<Reserved> reserve_async(ReserveRequest request);
  [[nodiscard]] Awaited<Reserved> reserve_async(ReserveRequest request, CommandOptions options);
  [[nodiscard]] Awaited<Reservation> confirm_async(ReservationId id);
  [[nodiscard]] Awaited<Reservation> confirm_async(ReservationId id, CommandOptions options);
  [[nodiscard]] Awaited<Reservation> cancel_async(ReservationId id,
                                                  Canceller by = Canceller::member);
  [[nodiscard]] Awaited<Reservation> cancel_async(ReservationId id, Canceller by,
                                                  CommandOptions options);

  /// Errors: not_found.
  [[nodiscard]] Result<Reservation> find(ReservationId id) const;

  /// In the order of their ids.
  [[nodiscard]] Result<Page<Reservation, ReservationId>> list(
      const ReservationFilter& filter = {}, const PageRequest<ReservationId>& page = {}) const;

  /// Errors: not_found.
  [[nodiscard]] Result<SessionAvailability> availability(SessionId id) const;

  /// In the order of their start.
  /// Errors: not_found.
  [[nodiscard]] Result<Page<SessionAvailability, SessionCursor>> availability(
      const SessionRange& range, const PageRequest<SessionCursor>& page = {}) const;

 private:
  Context& context_;
};

}  // namespace exhibition
