#pragma once

#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "property/visitor.hpp"

/// What the numbers of a random command stand for.

namespace exhibition::tests {

inline constexpr std::uint8_t nothing = 255;  // this `which` is of something that is not there

template <class Rows>
auto& pick(Rows& rows, std::uint8_t which) {
  return std::next(rows.begin(), static_cast<std::ptrdiff_t>(which % rows.size()))->second;
}

[[nodiscard]] inline BookingRules rules_of(std::uint8_t which) {
  switch (which % 4) {
    case 1: return {10min, 20min, 4, 5, 1h};
    case 2: return {.max_places_per_member = 3};
    case 3: return {.hold_ttl = 1ms, .hold_max = 1h, .cancel_cutoff = 30min};
    default: return {};
  }
}

[[nodiscard]] inline NewSession session_of(std::uint8_t a, std::uint8_t b) {
  constexpr std::array starts = {1h, 2h, -1h, 24h};
  constexpr std::array<std::optional<std::uint32_t>, 6> capacities = {8, 3, std::nullopt, 1, 20, 0};
  NewSession wanted{.starts_at = morning + starts[a % 4], .capacity = capacities[b % 6]};
  if (a / 4 % 4 != 0) wanted.ends_at = wanted.starts_at + 90min;
  if (a / 16 % 4 == 1) wanted.sales_from = morning + 10min;
  if (a / 16 % 4 == 2) wanted.sales_until = morning + 50min;
  if (a == 250) wanted.ends_at = wanted.starts_at;
  if (a == 251) wanted.sales_from = wanted.sales_until = morning;
  return wanted;
}

[[nodiscard]] inline Against against(const NewSession& wanted) {
  const bool is_backwards =
      (wanted.ends_at && *wanted.ends_at <= wanted.starts_at) ||
      (wanted.sales_from && wanted.sales_until && *wanted.sales_until <= *wanted.sales_from);
  if (is_backwards || wanted.capacity == 0U) return {Errc::invalid_argument};
  return {};
}

[[nodiscard]] inline Session made_of(const NewSession& wanted, SessionId id,
                                     ExhibitionId exhibition) {
  return {.id = id,
          .exhibition = exhibition,
          .times = {wanted.starts_at, wanted.ends_at, wanted.sales_from, wanted.sales_until},
          .capacity = wanted.capacity};
}

template <class... Parts>
std::string text_of(const Parts&... parts) {
  std::ostringstream text;
  ((text << parts << ' '), ...);
  return text.str();
}

/// Equal for equal requests.
[[nodiscard]] inline std::string request_text(const NewSession& wanted) {
  std::string text = exhibition::to_string(wanted.starts_at);
  for (const auto& at : {wanted.ends_at, wanted.sales_from, wanted.sales_until}) {
    text += at ? ' ' + exhibition::to_string(*at) : " none";
  }
  return text + ' ' + (wanted.capacity ? std::to_string(*wanted.capacity) : "none") + ' ';
}

template <class T>
bool Visitor::is_applied(const Turn& turn, const Result<T>& answer, const Against& against) {
  std::ostringstream said;
  said << turn.request << "was ";
  if (answer) {
    said << "done";
  } else {
    said << "refused: " << answer.error();
  }
  if (turn.known != nullptr && turn.known->request != turn.request) {
    if (answer || answer.error().code != Errc::idempotency_mismatch) {
      RC_FAIL(said.str() + ", and is another request under a known key");
    }
    return false;
  }
  if (turn.known != nullptr) {
    if (!answer) RC_FAIL(said.str() + ", and was done before");
    return false;
  }
  if (answer && !against.empty()) {
    RC_FAIL(said.str() + " in spite of " + std::string(to_string(*against.begin())));
  }
  if (!answer && !against.contains(answer.error().code)) {
    RC_FAIL(said.str() + (against.empty()
                              ? ", and nothing speaks against it"
                              : ", and rather " + std::string(to_string(*against.begin()))));
  }
  may_have_changed_ = answer.has_value();
  return answer.has_value();
}

}  // namespace exhibition::tests
