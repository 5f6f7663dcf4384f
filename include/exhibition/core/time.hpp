#pragma once

#include <chrono>
#include <string>

namespace exhibition {

/// A point in time, UTC.
/// Units: milliseconds. Time zones live at the host's edges.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// The range that instants given by a host must lie in: the years 0001 to 9999.
inline constexpr Instant earliest_instant =
    std::chrono::sys_days{std::chrono::year{1} / std::chrono::January / 1};
inline constexpr Instant latest_instant =
    std::chrono::sys_days{std::chrono::year{9999} / std::chrono::December / 31} +
    std::chrono::hours{24} - std::chrono::milliseconds{1};

[[nodiscard]] constexpr bool is_representable(Instant instant) {
  return earliest_instant <= instant && instant <= latest_instant;
}

/// "2026-09-01T09:00:00.000Z". An instant outside the range is written as its number of
/// milliseconds. An Instant is a std::chrono type: outside this namespace, write
/// exhibition::to_string.
/// Source: RFC 3339.
inline std::string to_string(Instant instant) {
  using namespace std::chrono;
  if (!is_representable(instant)) return std::to_string(instant.time_since_epoch().count()) + "ms";
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{instant - day};
  const auto digits = [](auto value, int width) {
    auto text = std::to_string(value);
    return std::string(static_cast<std::size_t>(width) - text.size(), '0') + text;
  };
  return digits(static_cast<int>(date.year()), 4) + '-' +
         digits(static_cast<unsigned>(date.month()), 2) + '-' +
         digits(static_cast<unsigned>(date.day()), 2) + 'T' + digits(time.hours().count(), 2) +
         ':' + digits(time.minutes().count(), 2) + ':' + digits(time.seconds().count(), 2) + '.' +
         digits(time.subseconds().count(), 3) + 'Z';
}

}  // namespace exhibition
