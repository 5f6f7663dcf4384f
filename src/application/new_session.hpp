#pragma once

#include "exhibition/application/catalogue.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/session.hpp"
#include "fingerprint.hpp"

/// A session to be, whether it comes with its exhibition or later.

namespace exhibition {

[[nodiscard]] inline SessionTimes times_of(const NewSession& wanted) {
  return {wanted.starts_at, wanted.ends_at, wanted.sales_from, wanted.sales_until};
}

[[nodiscard]] inline Result<void> check(const NewSession& wanted) {
  if (const auto checked = check(times_of(wanted)); !checked) return checked;
  return check_capacity(wanted.capacity);
}

[[nodiscard]] inline Session make_session(SessionId id, ExhibitionId exhibition,
                                          const NewSession& wanted) {
  return {
      .id = id, .exhibition = exhibition, .times = times_of(wanted), .capacity = wanted.capacity};
}

inline Fingerprint& add(Fingerprint& print, const SessionTimes& times) {
  return print.add(times.starts_at).add(times.ends_at).add(times.sales_from).add(times.sales_until);
}

}  // namespace exhibition
