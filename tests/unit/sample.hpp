#pragma once

#include "exhibition/domain/reservation.hpp"

/// What the decisions decide about in these tests: an open exhibition and its session, from ten to
/// eleven.

namespace exhibition::sample {

using namespace std::chrono_literals;

inline constexpr Instant morning =
    std::chrono::sys_days{std::chrono::year{2026} / std::chrono::September / 1} + 8h;
inline constexpr Instant ten = morning + 2h;
inline constexpr Instant eleven = morning + 3h;

inline Exhibition exhibition() {
  return {.id = ExhibitionId{1}, .title = "Monet", .kind = "gallery", .rules = {}};
}

inline Session session(std::int64_t taken = 0, std::optional<std::uint32_t> capacity = 10) {
  return {.id = SessionId{2},
          .exhibition = ExhibitionId{1},
          .times = {.starts_at = ten, .ends_at = eleven},
          .capacity = capacity,
          .taken = taken};
}

inline Booking confirmed(std::uint32_t places = 1) {
  return {{.id = ReservationId{3},
           .exhibition = ExhibitionId{1},
           .session = SessionId{2},
           .member = "seokwon",
           .places = places,
           .created_at = morning},
          session(places),
          exhibition()};
}

/// Held for a quarter of an hour.
inline Booking held(std::uint32_t places = 1) {
  auto booking = confirmed(places);
  booking.reservation.status = ReservationStatus::held;
  booking.reservation.expires_at = morning + 15min;
  return booking;
}

}  // namespace exhibition::sample
