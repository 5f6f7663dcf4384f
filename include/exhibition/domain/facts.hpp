#pragma once

#include <cstdint>

#include "exhibition/domain/events.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/domain/voucher.hpp"

/// The events that tell what a decision has made of an aggregate.

namespace exhibition::facts {

[[nodiscard]] inline ExhibitionRegistered registered(const Exhibition& made) {
  return {made.id, made.title, made.kind, made.status, made.rules};
}

[[nodiscard]] inline ExhibitionUpdated updated(const Exhibition& changed) {
  return {changed.id, changed.title, changed.kind, changed.rules};
}

[[nodiscard]] inline SessionAdded added(const Session& made) {
  return {made.id, made.exhibition, made.times, made.capacity};
}

[[nodiscard]] inline SessionUpdated updated(const Session& changed) {
  return {changed.id, changed.exhibition, changed.times};
}

[[nodiscard]] inline ReservationFacts of(const Booking& booking) {
  const auto& [reservation, session, exhibition] = booking;
  return {reservation.id,     exhibition.id,           session.id,
          reservation.member, reservation.places,      exhibition.title,
          exhibition.kind,    session.times.starts_at, session.times.ends_at};
}

/// The event of a reservation that was just made.
[[nodiscard]] inline Event made(const Booking& booking) {
  if (booking.reservation.status == ReservationStatus::held) {
    return ReservationHeld{of(booking), *booking.reservation.expires_at};
  }
  return ReservationConfirmed{of(booking)};
}

/// The event of a reservation that was due and is now settled as `due` says.
[[nodiscard]] inline Event settled(const Booking& booking, const Due& due) {
  if (due.becomes == ReservationStatus::expired) {
    return ReservationExpired{of(booking), due.at};
  }
  return ReservationCancelled{of(booking), *due.reason, due.at};
}

[[nodiscard]] inline VoucherActivated activated(const Voucher& made, const Reservation& of) {
  return {made.id, made.reservation, of.member, made.code, made.admits};
}

[[nodiscard]] inline VoucherDeactivated deactivated(const Voucher& changed, const Reservation& of) {
  return {changed.id, changed.reservation, of.member};
}

[[nodiscard]] inline VoucherRedeemed redeemed(const Voucher& changed, const Reservation& of) {
  const auto& last = changed.redemptions.back();
  return {changed.id, changed.reservation, of.member, last.gate, last.count, changed.admitted};
}

/// `before` still has the redemption that `changed` lacks.
[[nodiscard]] inline RedemptionUndone undone(const Voucher& before, const Voucher& changed,
                                             const Reservation& of) {
  const auto& last = before.redemptions.back();
  return {changed.id, changed.reservation, of.member, last.gate, last.count, changed.admitted};
}

}  // namespace exhibition::facts
