#pragma once

#include <exhibition/domain/events.hpp>
#include <string_view>
#include <variant>

/// The read model that is made of the log: how many events each reservation has.

namespace exhibition::benchmarks {

inline constexpr const char* read_model_schema =
    "CREATE TABLE visit(reservation INTEGER PRIMARY KEY, member TEXT NOT NULL,"
    " events INTEGER NOT NULL, at INTEGER NOT NULL)";

/// ?1 the reservation, ?2 the member, ?3 when it happened.
inline constexpr const char* count_sql =
    "INSERT INTO visit VALUES(?1, ?2, 1, ?3)"
    " ON CONFLICT DO UPDATE SET events = events + 1, at = excluded.at";

[[nodiscard]] inline std::string_view member_of(const Event& event) {
  const auto* confirmed = std::get_if<ReservationConfirmed>(&event);
  return confirmed ? std::string_view(confirmed->member) : std::string_view("");
}

}  // namespace exhibition::benchmarks
