#pragma once

#include <string_view>

#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/my_page.hpp"

namespace exhibition {

struct Context;

/// What members see of their reservations. It is made of events, so it is as current as the last
/// EventFeed::pump.
/// Errors: closed; storage_failure; invalid_argument{limit} unless it is 1 to 1,000.
/// Threads: any.
class [[gnu::visibility("default")]] MemberPages {
 public:
  explicit MemberPages(Context& context) : context_(context) {}

  /// One member's entries, in the order of their reservations; an unknown member has none.
  [[nodiscard]] Result<Page<MyPageEntry, ReservationId>> of(
      std::string_view member, const PageRequest<ReservationId>& page = {}) const;

  /// Everyone's entries, in the order of their reservations.
  [[nodiscard]] Result<Page<MyPageEntry, ReservationId>> list(
      const PageRequest<ReservationId>& page = {}) const;

 private:
  Context& context_;
};

}  // namespace exhibition
