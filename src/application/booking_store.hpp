#pragma once

#include <optional>

#include "exhibition/domain/reservation.hpp"
#include "exhibition/ports/storage.hpp"

/// Reservations together with what decides about them.

namespace exhibition {

/// The reservation with its session and exhibition.
/// Errors: PortError when those are missing.
[[nodiscard]] Booking complete(const ReadView& view, Reservation reservation);

[[nodiscard]] std::optional<Booking> find_booking(const ReadView& view, ReservationId id);

/// The same, for changing the reservation and its session.
[[nodiscard]] std::optional<Booking> find_booking_for_update(UnitOfWork& unit, ReservationId id);

/// Writes a due reservation down, with its event, and gives its session without its places, which
/// the caller saves.
[[nodiscard]] Session settle(UnitOfWork& unit, const Booking& booking, const Due& due, Instant now);

}  // namespace exhibition
