#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "exhibition/core/time.hpp"

namespace exhibition::codec {

/// Takes a text apart from its left to its right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  /// Whether the next character is one of these, which is then taken.
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly so many digits.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count || rest_.front() == '-') return std::nullopt;
    int number = 0;
    const auto* end = rest_.data() + count;
    if (std::from_chars(rest_.data(), end, number).ptr != end) return std::nullopt;
    rest_.remove_prefix(count);
    return number;
  }

 private:
  std::string_view rest_;
};

/// The instant that a text tells, to the millisecond before it. No leap seconds.
/// Source: RFC 3339, section 5.6.
[[nodiscard]] inline std::optional<Instant> instant_of(std::string_view text) {
  using namespace std::chrono;
  Scanner scan(text);
  const auto year = scan.digits(4);
  const bool has_month = scan.take("-");
  const auto month = scan.digits(2);
  const bool has_day = scan.take("-");
  const auto day = scan.digits(2);
  const bool has_time = scan.take("Tt");
  const auto hour = scan.digits(2);
  const bool has_minute = scan.take(":");
  const auto minute = scan.digits(2);
  const bool has_second = scan.take(":");
  const auto second = scan.digits(2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (!has_month || !has_day || !has_time || !has_minute || !has_second) return std::nullopt;

  milliseconds fraction{0};
  if (scan.take(".")) {
    int count = 0;
    for (milliseconds unit{100}; const auto digit = scan.digits(1); unit /= 10, ++count) {
      fraction += *digit * unit;
    }
    if (count == 0) return std::nullopt;
  }

  minutes offset{0};
  if (!scan.take("Zz")) {
    const int sign = scan.take("-") ? -1 : scan.take("+") ? 1 : 0;
    const auto offset_hour = scan.digits(2);
    const bool has_offset_minute = scan.take(":");
    const auto offset_minute = scan.digits(2);
    if (sign == 0 || !offset_hour || !has_offset_minute || !offset_minute) return std::nullopt;
    if (*offset_hour > 23 || *offset_minute > 59) return std::nullopt;
    offset = sign * (hours{*offset_hour} + minutes{*offset_minute});
  }

  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!scan.is_at_end() || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second} + fraction - offset;
}

}  // namespace exhibition::codec
