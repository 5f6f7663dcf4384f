#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "exhibition/core/time.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/domain/voucher.hpp"

/// What has happened, in the past tense. Events are what the log keeps and what followers follow.

namespace exhibition {

struct ExhibitionRegistered {
  static constexpr std::string_view type = "ExhibitionRegistered";
  ExhibitionId exhibition;
  std::string title;
  std::string kind;
  ExhibitionStatus status = ExhibitionStatus::open;
  BookingRules rules;
  friend bool operator==(const ExhibitionRegistered&, const ExhibitionRegistered&) = default;
};

struct ExhibitionUpdated {
  static constexpr std::string_view type = "ExhibitionUpdated";
  ExhibitionId exhibition;
  std::string title;
  std::string kind;
  BookingRules rules;
  friend bool operator==(const ExhibitionUpdated&, const ExhibitionUpdated&) = default;
};

struct ExhibitionSuspended {
  static constexpr std::string_view type = "ExhibitionSuspended";
  ExhibitionId exhibition;
  friend bool operator==(const ExhibitionSuspended&, const ExhibitionSuspended&) = default;
};

struct ExhibitionResumed {
  static constexpr std::string_view type = "ExhibitionResumed";
  ExhibitionId exhibition;
  friend bool operator==(const ExhibitionResumed&, const ExhibitionResumed&) = default;
};

struct ExhibitionWithdrawn {
  static constexpr std::string_view type = "ExhibitionWithdrawn";
  ExhibitionId exhibition;
  Instant withdrawn_at;
  friend bool operator==(const ExhibitionWithdrawn&, const ExhibitionWithdrawn&) = default;
};

struct SessionAdded {
  static constexpr std::string_view type = "SessionAdded";
  SessionId session;
  ExhibitionId exhibition;
  SessionTimes times;
  std::optional<std::uint32_t> capacity;
  friend bool operator==(const SessionAdded&, const SessionAdded&) = default;
};

struct SessionUpdated {
  static constexpr std::string_view type = "SessionUpdated";
  SessionId session;
  ExhibitionId exhibition;
  SessionTimes times;
  friend bool operator==(const SessionUpdated&, const SessionUpdated&) = default;
};

struct SessionClosed {
  static constexpr std::string_view type = "SessionClosed";
  SessionId session;
  ExhibitionId exhibition;
  friend bool operator==(const SessionClosed&, const SessionClosed&) = default;
};

struct SessionReopened {
  static constexpr std::string_view type = "SessionReopened";
  SessionId session;
  ExhibitionId exhibition;
  friend bool operator==(const SessionReopened&, const SessionReopened&) = default;
};

struct SessionCancelled {
  static constexpr std::string_view type = "SessionCancelled";
  SessionId session;
  ExhibitionId exhibition;
  Instant cancelled_at;
  friend bool operator==(const SessionCancelled&, const SessionCancelled&) = default;
};

struct CapacityChanged {
  static constexpr std::string_view type = "CapacityChanged";
  SessionId session;
  ExhibitionId exhibition;
  std::optional<std::uint32_t> capacity;
  friend bool operator==(const CapacityChanged&, const CapacityChanged&) = default;
};

/// What every event of a reservation tells, so that read models need nothing but the log.
struct ReservationFacts {
  ReservationId reservation;
  ExhibitionId exhibition;
  SessionId session;
  std::string member;
  std::uint32_t places = 1;
  std::string title;
  std::string kind;
  Instant starts_at;
  std::optional<Instant> ends_at;
  friend bool operator==(const ReservationFacts&, const ReservationFacts&) = default;
};

struct ReservationHeld : ReservationFacts {
  static constexpr std::string_view type = "ReservationHeld";
  Instant expires_at;
  friend bool operator==(const ReservationHeld&, const ReservationHeld&) = default;
};

struct ReservationConfirmed : ReservationFacts {
  static constexpr std::string_view type = "ReservationConfirmed";
  friend bool operator==(const ReservationConfirmed&, const ReservationConfirmed&) = default;
};

struct HoldExtended : ReservationFacts {
  static constexpr std::string_view type = "HoldExtended";
  Instant expires_at;
  friend bool operator==(const HoldExtended&, const HoldExtended&) = default;
};

/// `due_at` is when the hold ended; the event occurred when that was written down.
struct ReservationExpired : ReservationFacts {
  static constexpr std::string_view type = "ReservationExpired";
  Instant due_at;
  friend bool operator==(const ReservationExpired&, const ReservationExpired&) = default;
};

/// `due_at` is when a withdrawal or a cancelled session made it due; a cancellation that someone
/// asked for has none.
struct ReservationCancelled : ReservationFacts {
  static constexpr std::string_view type = "ReservationCancelled";
  CancelReason reason = CancelReason::member;
  std::optional<Instant> due_at;
  friend bool operator==(const ReservationCancelled&, const ReservationCancelled&) = default;
};

/// The code is a bearer secret: keep it out of text logs.
struct VoucherActivated {
  static constexpr std::string_view type = "VoucherActivated";
  VoucherId voucher;
  ReservationId reservation;
  std::string member;
  std::string code;
  std::uint32_t admits = 1;
  friend bool operator==(const VoucherActivated&, const VoucherActivated&) = default;
};

struct VoucherDeactivated {
  static constexpr std::string_view type = "VoucherDeactivated";
  VoucherId voucher;
  ReservationId reservation;
  std::string member;
  friend bool operator==(const VoucherDeactivated&, const VoucherDeactivated&) = default;
};

/// `admitted` counts everyone whom the voucher has let in by then.
struct VoucherRedeemed {
  static constexpr std::string_view type = "VoucherRedeemed";
  VoucherId voucher;
  ReservationId reservation;
  std::string member;
  std::string gate;
  std::uint32_t count = 1;
  std::uint32_t admitted = 0;
  friend bool operator==(const VoucherRedeemed&, const VoucherRedeemed&) = default;
};

struct RedemptionUndone {
  static constexpr std::string_view type = "RedemptionUndone";
  VoucherId voucher;
  ReservationId reservation;
  std::string member;
  std::string gate;
  std::uint32_t count = 1;
  std::uint32_t admitted = 0;
  friend bool operator==(const RedemptionUndone&, const RedemptionUndone&) = default;
};

/// An event of a type, or of a version of it, that this version of the library does not know, as it is
/// stored.
struct UnknownEvent {
  std::string type;
  std::string payload;
  friend bool operator==(const UnknownEvent&, const UnknownEvent&) = default;
};

using Event =
    std::variant<ExhibitionRegistered, ExhibitionUpdated, ExhibitionSuspended, ExhibitionResumed,
                 ExhibitionWithdrawn, SessionAdded, SessionUpdated, SessionClosed, SessionReopened,
                 SessionCancelled, CapacityChanged, ReservationHeld, ReservationConfirmed,
                 HoldExtended, ReservationExpired, ReservationCancelled, VoucherActivated,
                 VoucherDeactivated, VoucherRedeemed, RedemptionUndone, UnknownEvent>;

/// "ReservationConfirmed", and for an unknown event the type that is stored.
[[nodiscard]] inline std::string_view type_of(const Event& event) {
  return std::visit([](const auto& e) { return std::string_view(e.type); }, event);
}

}  // namespace exhibition
