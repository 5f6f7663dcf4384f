#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "exhibition/core/result.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"

namespace exhibition {

enum class SessionStatus : std::uint8_t { open, closed, cancelled };

[[nodiscard]] constexpr std::string_view to_string(SessionStatus status) {
  switch (status) {
    case SessionStatus::open: return "open";
    case SessionStatus::closed: return "closed";
    case SessionStatus::cancelled: return "cancelled";
  }
  return "unknown";
}

/// When a session takes place, and when its places are sold. Each end of the sales window may be
/// left open; a session without `ends_at` is never over.
struct SessionTimes {
  Instant starts_at;
  std::optional<Instant> ends_at = std::nullopt;
  std::optional<Instant> sales_from = std::nullopt;
  std::optional<Instant> sales_until = std::nullopt;

  friend bool operator==(const SessionTimes&, const SessionTimes&) = default;
};

/// Errors: invalid_argument naming the time that is out of range or out of order.
[[nodiscard]] inline Result<void> check(const SessionTimes& times) {
  using refusal::InvalidArgument;
  constexpr std::string_view in_range = "must lie in the years 0001 to 9999";
  const auto out_of_range = [](const std::optional<Instant>& at) {
    return at && !is_representable(*at);
  };
  if (!is_representable(times.starts_at)) return InvalidArgument{"starts_at", in_range};
  if (out_of_range(times.ends_at)) return InvalidArgument{"ends_at", in_range};
  if (out_of_range(times.sales_from)) return InvalidArgument{"sales_from", in_range};
  if (out_of_range(times.sales_until)) return InvalidArgument{"sales_until", in_range};
  if (times.ends_at && *times.ends_at <= times.starts_at) {
    return InvalidArgument{"ends_at", "must be after starts_at"};
  }
  if (times.sales_from && times.sales_until && *times.sales_until <= *times.sales_from) {
    return InvalidArgument{"sales_until", "must be after sales_from"};
  }
  return {};
}

/// Errors: invalid_argument{capacity} for 0; no capacity is no limit.
[[nodiscard]] inline Result<void> check_capacity(std::optional<std::uint32_t> capacity) {
  if (capacity && *capacity == 0) {
    return refusal::InvalidArgument{"capacity", "must be at least 1, or absent for no limit"};
  }
  return {};
}

/// Why and when every live reservation of a session became due.
struct Closure {
  Instant at;
  bool by_withdrawal = false;  ///< of the exhibition, rather than by cancelling the session

  friend bool operator==(const Closure&, const Closure&) = default;
};

/// One bookable time of an exhibition. A decision gives the session as it is afterwards; its
/// `version` has grown exactly when there is one event to write. `taken` is a counter outside the
/// version.
/// Units: places.
/// Threads: a value.
struct Session {
  SessionId id;
  ExhibitionId exhibition;
  SessionTimes times;
  std::optional<std::uint32_t> capacity = std::nullopt;
  std::int64_t taken = 0;  ///< places of held and confirmed reservations that are not yet settled
  SessionStatus status = SessionStatus::open;
  std::optional<Instant> cancelled_at = std::nullopt;
  bool overbooked = false;  ///< the capacity was lowered below what is taken
  std::int64_t version = 1;

  friend bool operator==(const Session&, const Session&) = default;

  [[nodiscard]] bool is_over(Instant now) const { return times.ends_at && *times.ends_at <= now; }

  /// What made its live reservations due for good, if anything did: the earlier of the two.
  [[nodiscard]] std::optional<Closure> closure(const Exhibition& shown_in) const {
    std::optional<Closure> found;
    if (cancelled_at) found = Closure{*cancelled_at, false};
    const auto withdrawn = shown_in.withdrawn_at;
    if (withdrawn && !is_over(*withdrawn) && (!found || *withdrawn < found->at)) {
      found = Closure{*withdrawn, true};
    }
    return found;
  }

  /// Capacity less the places in force, never below 0; none where there is no limit. `due` are the
  /// places of its reservations that are due.
  [[nodiscard]] std::optional<std::uint32_t> free(std::int64_t due) const {
    if (!capacity) return std::nullopt;
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(*capacity - (taken - due), 0, std::int64_t{*capacity}));
  }

  /// Whether a reservation may be made now, whatever its size.
  /// Errors: exhibition_not_open, session_cancelled, session_over, session_closed, sales_not_open,
  /// sales_closed.
  [[nodiscard]] Result<void> check_sale(const Exhibition& shown_in, Instant now) const {
    if (shown_in.status != ExhibitionStatus::open) return refusal::ExhibitionNotOpen{};
    if (status == SessionStatus::cancelled) return refusal::SessionCancelled{};
    if (is_over(now)) return refusal::SessionOver{};
    if (status == SessionStatus::closed) return refusal::SessionClosed{};
    if (times.sales_from && now < *times.sales_from) {
      return refusal::SalesNotOpen{*times.sales_from};
    }
    if (times.sales_until && now >= *times.sales_until) return refusal::SalesClosed{};
    return {};
  }

  /// Errors: those of check_sale; party_too_large.
  [[nodiscard]] Result<void> check_party(const Exhibition& shown_in, std::uint32_t places,
                                         Instant now) const {
    if (const auto on_sale = check_sale(shown_in, now); !on_sale) return on_sale;
    if (places > shown_in.rules.max_places_per_reservation) {
      return refusal::PartyTooLarge{shown_in.rules.max_places_per_reservation};
    }
    return {};
  }

  /// Takes `places` when they are free, `due` places being due.
  /// Errors: sold_out.
  [[nodiscard]] Result<Session> reserve_places(std::uint32_t places, std::int64_t due) const {
    const auto available = free(due);
    if (available && places > *available) return refusal::SoldOut{places, *available};
    Session next = *this;
    next.taken += places;
    return next;
  }

  [[nodiscard]] bool exceeds_capacity() const { return capacity && taken > *capacity; }

  /// Whether reserving `places` needs places of due holds.
  [[nodiscard]] bool needs_due_places(std::uint32_t places) const {
    return capacity && taken + places > *capacity;
  }

  /// Whether `taken`, were it now, is as far as settling due holds has to bring it for a reserve
  /// that began with this session: no higher than the capacity, or than it was.
  [[nodiscard]] bool is_settled_enough(std::int64_t taken_now) const {
    return !capacity || taken_now <= std::max<std::int64_t>(*capacity, taken);
  }

  [[nodiscard]] Session release(std::uint32_t places) const {
    Session next = *this;
    next.taken -= places;
    next.overbooked = overbooked && next.exceeds_capacity();
    return next;
  }

  /// Errors: invalid_argument; version_conflict; session_cancelled.
  [[nodiscard]] Result<Session> update(const SessionTimes& changed,
                                       std::optional<std::int64_t> expected_version) const {
    if (const auto checked = check(changed); !checked) return checked.error();
    if (expected_version && *expected_version != version) {
      return refusal::VersionConflict{*expected_version, version};
    }
    if (status == SessionStatus::cancelled) return refusal::SessionCancelled{};
    Session next = *this;
    next.times = changed;
    if (next != *this) ++next.version;
    return next;
  }

  /// A capacity below the places taken is kept, marks the session overbooked and takes no more.
  /// Errors: invalid_argument; session_cancelled.
  [[nodiscard]] Result<Session> set_capacity(std::optional<std::uint32_t> wanted) const {
    if (const auto checked = check_capacity(wanted); !checked) return checked.error();
    if (status == SessionStatus::cancelled) return refusal::SessionCancelled{};
    if (wanted == capacity) return *this;
    Session next = *this;
    next.capacity = wanted;
    next.overbooked = next.exceeds_capacity();
    ++next.version;
    return next;
  }

  /// Stops new reservations until it is reopened.
  /// Errors: session_cancelled.
  [[nodiscard]] Result<Session> close() const { return turn(SessionStatus::closed); }

  /// Errors: session_cancelled.
  [[nodiscard]] Result<Session> reopen() const { return turn(SessionStatus::open); }

  /// Ends it for good; its live reservations become due.
  /// Errors: session_over.
  [[nodiscard]] Result<Session> cancel(Instant now) const {
    if (status == SessionStatus::cancelled) return *this;
    if (is_over(now)) return refusal::SessionOver{};
    Session next = *this;
    next.status = SessionStatus::cancelled;
    next.cancelled_at = now;
    ++next.version;
    return next;
  }

 private:
  [[nodiscard]] Result<Session> turn(SessionStatus wanted) const {
    if (status == SessionStatus::cancelled) return refusal::SessionCancelled{};
    Session next = *this;
    if (status != wanted) {
      next.status = wanted;
      ++next.version;
    }
    return next;
  }
};

}  // namespace exhibition
