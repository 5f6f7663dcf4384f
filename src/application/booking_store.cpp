#include "booking_store.hpp"

#include <string>
#include <utility>

#include "exhibition/domain/facts.hpp"

namespace exhibition {
namespace {

template <class Found>
Found expect(std::optional<Found> found, const Reservation& of) {
  if (!found) {
    throw PortError("reservation " + to_string(of.id) + " has lost its session or exhibition");
  }
  return *std::move(found);
}

}  // namespace

Booking complete(const ReadView& view, Reservation reservation) {
  auto session = expect(view.sessions().find(reservation.session), reservation);
  auto exhibition = expect(view.exhibitions().find(reservation.exhibition), reservation);
  return {std::move(reservation), std::move(session), std::move(exhibition)};
}

std::optional<Booking> find_booking(const ReadView& view, ReservationId id) {
  auto reservation = view.reservations().find(id);
  if (!reservation) return std::nullopt;
  return complete(view, *std::move(reservation));
}

std::optional<Booking> find_booking_for_update(UnitOfWork& unit, ReservationId id) {
  auto reservation = unit.reservations().find_for_update(id);
  if (!reservation) return std::nullopt;
  auto session = expect(unit.sessions().find_for_update(reservation->session), *reservation);
  auto exhibition = expect(unit.exhibitions().find(reservation->exhibition), *reservation);
  return Booking{*std::move(reservation), std::move(session), std::move(exhibition)};
}

Session settle(UnitOfWork& unit, const Booking& booking, const Due& due, Instant now) {
  const Reservation settled = booking.settle(now);
  unit.reservations().save(settled);
  unit.log().append({facts::settled(booking, due), settled.version, now});
  return booking.session.release(booking.reservation.places);
}

}  // namespace exhibition
