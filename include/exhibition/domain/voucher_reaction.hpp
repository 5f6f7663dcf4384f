#pragma once

#include <cstdint>
#include <variant>

#include "exhibition/domain/event_types.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/domain/reservation.hpp"

namespace exhibition {

enum class VoucherReaction : std::uint8_t { none, activate, deactivate };

/// What the voucher desk has to look at.
[[nodiscard]] inline EventTypes voucher_causes() {
  return EventTypes::of<ReservationConfirmed, ReservationCancelled, ReservationExpired>();
}

/// Whenever a reservation is confirmed, and still is, it has one active voucher; whenever it is
/// cancelled or expires, it has none.
[[nodiscard]] inline VoucherReaction react(const Event& event, const Booking& booking,
                                           bool has_active_voucher, Instant now) {
  if (std::holds_alternative<ReservationConfirmed>(event)) {
    const bool is_confirmed = booking.status_at(now) == ReservationStatus::confirmed;
    return is_confirmed && !has_active_voucher ? VoucherReaction::activate : VoucherReaction::none;
  }
  return has_active_voucher ? VoucherReaction::deactivate : VoucherReaction::none;
}

}  // namespace exhibition
