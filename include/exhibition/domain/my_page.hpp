#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "exhibition/core/time.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/domain/ids.hpp"

namespace exhibition {

/// One reservation as its member sees it. Made from events only; the voucher's code is a bearer
/// secret.
/// Threads: a value.
struct MyPageEntry {
  ReservationId reservation;
  ExhibitionId exhibition;
  SessionId session;
  std::string member;
  std::string title;  ///< as it was when reserved
  std::string kind;   ///< as it was when reserved
  Instant starts_at;
  std::optional<Instant> ends_at = std::nullopt;
  std::uint32_t places = 1;
  ReservationStatus status = ReservationStatus::confirmed;
  std::optional<CancelReason> reason = std::nullopt;
  std::optional<Instant> expires_at = std::nullopt;
  std::string voucher_code = {};  ///< empty until a voucher was active
  std::optional<VoucherStatus> voucher_status = std::nullopt;
  Instant updated_at;

  friend bool operator==(const MyPageEntry&, const MyPageEntry&) = default;
};

/// The times of a session as the pages know them: kept once, whatever the number of entries.
struct MyPageSession {
  SessionId session;
  Instant starts_at;
  std::optional<Instant> ends_at = std::nullopt;

  friend bool operator==(const MyPageSession&, const MyPageSession&) = default;
};

/// The entry that a reservation's event makes of the one there was, if any; none if the event is
/// not about an entry. The times are the store's to keep: they follow the session.
[[nodiscard]] inline std::optional<MyPageEntry> fold(std::optional<MyPageEntry> entry,
                                                     const Envelope& envelope) {
  return std::visit(
      [&](const auto& event) -> std::optional<MyPageEntry> {
        using E = std::remove_cvref_t<decltype(event)>;
        if constexpr (std::is_base_of_v<ReservationFacts, E>) {
          if (!entry) {
            entry = MyPageEntry{.reservation = event.reservation,
                                .exhibition = event.exhibition,
                                .session = event.session,
                                .member = event.member,
                                .title = event.title,
                                .kind = event.kind,
                                .starts_at = event.starts_at,
                                .ends_at = event.ends_at,
                                .places = event.places,
                                .updated_at = envelope.occurred_at};
          }
          entry->expires_at = std::nullopt;
          if constexpr (std::same_as<E, ReservationHeld> || std::same_as<E, HoldExtended>) {
            entry->status = ReservationStatus::held;
            entry->expires_at = event.expires_at;
          } else if constexpr (std::same_as<E, ReservationConfirmed>) {
            entry->status = ReservationStatus::confirmed;
          } else if constexpr (std::same_as<E, ReservationExpired>) {
            entry->status = ReservationStatus::expired;
            entry->expires_at = event.due_at;
          } else {
            entry->status = ReservationStatus::cancelled;
            entry->reason = event.reason;
          }
        } else if constexpr (std::same_as<E, VoucherActivated>) {
          if (!entry) return std::nullopt;
          entry->voucher_code = event.code;
          entry->voucher_status = VoucherStatus::active;
        } else if constexpr (std::same_as<E, VoucherDeactivated>) {
          if (!entry) return std::nullopt;
          entry->voucher_status = VoucherStatus::deactivated;
        } else {
          return std::nullopt;
        }
        entry->updated_at = envelope.occurred_at;
        return entry;
      },
      envelope.event);
}

/// The entry as it is to be shown: a hold past its time has expired, whether or not that is written
/// down.
[[nodiscard]] inline MyPageEntry shown(MyPageEntry entry, Instant now) {
  if (entry.status == ReservationStatus::held && entry.expires_at && *entry.expires_at <= now) {
    entry.status = ReservationStatus::expired;
  }
  return entry;
}

}  // namespace exhibition
