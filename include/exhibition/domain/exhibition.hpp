#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exhibition/core/result.hpp"
#include "exhibition/core/text.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/ids.hpp"

namespace exhibition {

enum class ExhibitionStatus : std::uint8_t { open, suspended, withdrawn };

[[nodiscard]] constexpr std::string_view to_string(ExhibitionStatus status) {
  switch (status) {
    case ExhibitionStatus::open: return "open";
    case ExhibitionStatus::suspended: return "suspended";
    case ExhibitionStatus::withdrawn: return "withdrawn";
  }
  return "unknown";
}

/// What an exhibition allows its reservations.
struct BookingRules {
  std::chrono::milliseconds hold_ttl =
      std::chrono::minutes{15};  ///< a hold without a length of its own
  std::chrono::milliseconds hold_max =
      std::chrono::minutes{60};  ///< from reserving to the last extension; at most a year
  std::uint32_t max_places_per_reservation = 10;
  std::uint32_t max_places_per_member = 0;  ///< in the whole exhibition; 0 sets no limit
  std::chrono::milliseconds cancel_cutoff{
      0};  ///< before the start, members can no longer cancel; 0 sets none

  friend bool operator==(const BookingRules&, const BookingRules&) = default;
};

/// Errors: invalid_argument naming the rule.
[[nodiscard]] inline Result<void> check(const BookingRules& rules) {
  using namespace std::chrono_literals;
  using refusal::InvalidArgument;
  constexpr std::chrono::milliseconds year = 24h * 366;
  if (rules.hold_ttl <= 0ms) return InvalidArgument{"hold_ttl", "must be longer than nothing"};
  if (rules.hold_max < rules.hold_ttl || rules.hold_max > year) {
    return InvalidArgument{"hold_max", "must be at least hold_ttl and at most 366 days"};
  }
  if (rules.max_places_per_reservation < 1 || rules.max_places_per_reservation > 1'000'000) {
    return InvalidArgument{"max_places_per_reservation", "must be 1 to 1,000,000"};
  }
  if (rules.cancel_cutoff < 0ms || rules.cancel_cutoff > year) {
    return InvalidArgument{"cancel_cutoff", "must be 0 to 366 days"};
  }
  return {};
}

/// Errors: invalid_argument{title} unless it is 1 to 200 bytes of UTF-8.
[[nodiscard]] inline Result<void> check_title(std::string_view title) {
  if (title.empty() || title.size() > 200 || !is_utf8(title)) {
    return refusal::InvalidArgument{"title", "must be 1 to 200 bytes of UTF-8"};
  }
  return {};
}

/// Errors: invalid_argument{kind} unless it is at most 64 bytes of UTF-8.
[[nodiscard]] inline Result<void> check_kind(std::string_view kind) {
  if (kind.size() > 64 || !is_utf8(kind)) {
    return refusal::InvalidArgument{"kind", "must be at most 64 bytes of UTF-8"};
  }
  return {};
}

/// What to change of an exhibition; what is absent stays.
struct ExhibitionUpdate {
  std::optional<std::string> title = std::nullopt;
  std::optional<std::string> kind = std::nullopt;
  std::optional<BookingRules> rules = std::nullopt;
  std::optional<std::int64_t> expected_version = std::nullopt;  ///< else version_conflict
};

/// What is shown. A decision gives the exhibition as it is afterwards; its `version` has grown
/// exactly when something changed, and then there is one event to write.
/// Threads: a value.
struct Exhibition {
  ExhibitionId id;
  std::string title;
  std::string kind;
  ExhibitionStatus status = ExhibitionStatus::open;
  BookingRules rules;
  std::optional<Instant> withdrawn_at = std::nullopt;
  std::int64_t version = 1;

  friend bool operator==(const Exhibition&, const Exhibition&) = default;

  /// Errors: invalid_argument; version_conflict; illegal_transition when withdrawn.
  [[nodiscard]] Result<Exhibition> update(const ExhibitionUpdate& change) const {
    if (change.title) {
      if (const auto checked = check_title(*change.title); !checked) return checked.error();
    }
    if (change.kind) {
      if (const auto checked = check_kind(*change.kind); !checked) return checked.error();
    }
    if (change.rules) {
      if (const auto checked = check(*change.rules); !checked) return checked.error();
    }
    if (change.expected_version && *change.expected_version != version) {
      return refusal::VersionConflict{*change.expected_version, version};
    }
    if (const auto alive = check_not_withdrawn(); !alive) return alive.error();
    Exhibition next = *this;
    if (change.title) next.title = *change.title;
    if (change.kind) next.kind = *change.kind;
    if (change.rules) next.rules = *change.rules;
    if (next != *this) ++next.version;
    return next;
  }

  /// Stops new reservations until it is resumed.
  /// Errors: illegal_transition when withdrawn.
  [[nodiscard]] Result<Exhibition> suspend() const { return turn(ExhibitionStatus::suspended); }

  /// Errors: illegal_transition when withdrawn.
  [[nodiscard]] Result<Exhibition> resume() const { return turn(ExhibitionStatus::open); }

  /// Ends it for good; its reservations of sessions that are not over by `now` become due.
  [[nodiscard]] Exhibition withdraw(Instant now) const {
    if (status == ExhibitionStatus::withdrawn) return *this;
    Exhibition next = *this;
    next.status = ExhibitionStatus::withdrawn;
    next.withdrawn_at = now;
    ++next.version;
    return next;
  }

  /// Errors: illegal_transition when withdrawn.
  [[nodiscard]] Result<void> check_not_withdrawn() const {
    if (status == ExhibitionStatus::withdrawn) {
      return refusal::IllegalTransition{to_string(status)};
    }
    return {};
  }

 private:
  [[nodiscard]] Result<Exhibition> turn(ExhibitionStatus wanted) const {
    if (const auto alive = check_not_withdrawn(); !alive) return alive.error();
    Exhibition next = *this;
    if (status != wanted) {
      next.status = wanted;
      ++next.version;
    }
    return next;
  }
};

}  // namespace exhibition
