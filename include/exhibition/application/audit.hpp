#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/domain/envelope.hpp"

namespace exhibition {

enum class AuditRule : std::uint8_t {
  taken_is_recounted,         ///< a session's `taken` is the sum of its unsettled held and
                              ///< confirmed places
  places_fit_the_capacity,    ///< unless the session is marked overbooked
  reservation_has_a_session,  ///< and that an exhibition; its voucher is not judged without them
  confirmed_has_a_voucher,    ///< an active one, once the desk has followed
  one_voucher_at_most,        ///< active, of one reservation
  others_have_no_voucher,     ///< active, once the desk has followed
};

[[nodiscard]] constexpr std::string_view to_string(AuditRule rule) {
  switch (rule) {
    case AuditRule::taken_is_recounted: return "taken_is_recounted";
    case AuditRule::places_fit_the_capacity: return "places_fit_the_capacity";
    case AuditRule::reservation_has_a_session: return "reservation_has_a_session";
    case AuditRule::confirmed_has_a_voucher: return "confirmed_has_a_voucher";
    case AuditRule::one_voucher_at_most: return "one_voucher_at_most";
    case AuditRule::others_have_no_voucher: return "others_have_no_voucher";
  }
  return "unknown";
}

/// A difference between what a store has and what the rule asks for.
struct AuditFinding {
  AuditRule rule = AuditRule::taken_is_recounted;
  Aggregate where;
  std::int64_t expected = 0;
  std::int64_t found = 0;

  friend bool operator==(const AuditFinding&, const AuditFinding&) = default;
};

/// "Session/5: taken_is_recounted: expected 12, found 13"
[[nodiscard]] inline std::string to_string(const AuditFinding& finding) {
  return to_string(finding.where) + ": " + std::string(to_string(finding.rule)) + ": expected " +
         std::to_string(finding.expected) + ", found " + std::to_string(finding.found);
}

}  // namespace exhibition
