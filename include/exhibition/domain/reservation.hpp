#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exhibition/core/result.hpp"
#include "exhibition/core/text.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/session.hpp"

namespace exhibition {

enum class ReservationStatus : std::uint8_t { held, confirmed, cancelled, expired };

[[nodiscard]] constexpr std::string_view to_string(ReservationStatus status) {
  switch (status) {
    case ReservationStatus::held: return "held";
    case ReservationStatus::confirmed: return "confirmed";
    case ReservationStatus::cancelled: return "cancelled";
    case ReservationStatus::expired: return "expired";
  }
  return "unknown";
}

enum class CancelReason : std::uint8_t {
  member,
  organiser,
  exhibition_withdrawn,
  session_cancelled
};

[[nodiscard]] constexpr std::string_view to_string(CancelReason reason) {
  switch (reason) {
    case CancelReason::member: return "member";
    case CancelReason::organiser: return "organiser";
    case CancelReason::exhibition_withdrawn: return "exhibition_withdrawn";
    case CancelReason::session_cancelled: return "session_cancelled";
  }
  return "unknown";
}

/// Who asks for a cancellation: a member is bound by the cutoff and by what was admitted, the
/// organiser is not.
enum class Canceller : std::uint8_t { member, organiser };

/// Places taken for some persons of one member.
/// Threads: a value.
struct Reservation {
  ReservationId id;
  ExhibitionId exhibition;
  SessionId session;
  std::string member;
  std::uint32_t places = 1;
  ReservationStatus status = ReservationStatus::confirmed;
  std::optional<Instant> expires_at = std::nullopt;  ///< of a hold; kept when it has expired
  std::optional<CancelReason> reason = std::nullopt;
  Instant created_at;
  bool under_member_limit = false;  ///< made while its exhibition limited members
  std::int64_t version = 1;

  friend bool operator==(const Reservation&, const Reservation&) = default;

  [[nodiscard]] bool is_live() const {
    return status == ReservationStatus::held || status == ReservationStatus::confirmed;
  }
};

/// What time or a closure has made of a live reservation; it is written down when it is settled.
struct Due {
  Instant at;
  ReservationStatus becomes = ReservationStatus::expired;
  std::optional<CancelReason> reason = std::nullopt;

  friend bool operator==(const Due&, const Due&) = default;
};

/// Errors: invalid_argument{member} unless it is 1 to 128 bytes of UTF-8.
[[nodiscard]] inline Result<void> check_member(std::string_view member) {
  if (member.empty() || member.size() > 128 || !is_utf8(member)) {
    return refusal::InvalidArgument{"member", "must be 1 to 128 bytes of UTF-8"};
  }
  return {};
}

/// A reservation that waits for its confirmation, for `length` or else the exhibition's hold_ttl.
struct Hold {
  std::optional<std::chrono::milliseconds> length = std::nullopt;

  friend bool operator==(const Hold&, const Hold&) = default;
};

/// What a customer asks for; without a hold it is confirmed at once.
struct ReserveRequest {
  SessionId session;
  std::string member;
  std::uint32_t places = 1;
  std::optional<Hold> hold = std::nullopt;
};

/// What can be refused without knowing the session.
/// Errors: invalid_argument{member, places, hold}.
[[nodiscard]] inline Result<void> check(const ReserveRequest& request) {
  if (const auto checked = check_member(request.member); !checked) return checked;
  if (request.places == 0) return refusal::InvalidArgument{"places", "must be at least 1"};
  if (request.hold && request.hold->length && request.hold->length->count() <= 0) {
    return refusal::InvalidArgument{"hold", "must be longer than nothing"};
  }
  return {};
}

/// Errors: invalid_argument{hold} beyond the exhibition's hold_max.
[[nodiscard]] inline Result<void> check_hold(const ReserveRequest& request,
                                             const Exhibition& exhibition) {
  if (request.hold &&
      request.hold->length.value_or(exhibition.rules.hold_ttl) > exhibition.rules.hold_max) {
    return refusal::InvalidArgument{"hold", "must not be longer than the exhibition's hold_max"};
  }
  return {};
}

/// The reservation that an accepted request makes.
/// Errors: those of check_hold.
[[nodiscard]] inline Result<Reservation> make_reservation(ReservationId id,
                                                          const ReserveRequest& request,
                                                          const Exhibition& exhibition,
                                                          Instant now) {
  if (const auto checked = check_hold(request, exhibition); !checked) return checked.error();
  std::optional<Instant> expires_at;
  if (request.hold) expires_at = now + request.hold->length.value_or(exhibition.rules.hold_ttl);
  return Reservation{.id = id,
                     .exhibition = exhibition.id,
                     .session = request.session,
                     .member = request.member,
                     .places = request.places,
                     .status = expires_at ? ReservationStatus::held : ReservationStatus::confirmed,
                     .expires_at = expires_at,
                     .created_at = now,
                     .under_member_limit = exhibition.rules.max_places_per_member > 0};
}

/// A reservation with what decides about it. A decision gives the reservation as it is afterwards;
/// its `version` has grown exactly when there is one event to write.
/// Threads: a value.
struct Booking {
  Reservation reservation;
  Session session;
  Exhibition exhibition;

  /// What it has become by `now` without anyone having written it down. What a closure made due
  /// stays due; a hold past its time is held again when the clock steps back.
  [[nodiscard]] std::optional<Due> due(Instant now) const {
    if (!reservation.is_live()) return std::nullopt;
    const auto is_past = [&](Instant at) {
      return reservation.status == ReservationStatus::held && *reservation.expires_at <= at;
    };
    if (const auto closure = session.closure(exhibition)) {
      if (is_past(closure->at)) return Due{*reservation.expires_at, ReservationStatus::expired};
      return Due{closure->at, ReservationStatus::cancelled,
                 closure->by_withdrawal ? CancelReason::exhibition_withdrawn
                                        : CancelReason::session_cancelled};
    }
    if (is_past(now)) return Due{*reservation.expires_at, ReservationStatus::expired};
    return std::nullopt;
  }

  /// What it is to be taken for.
  [[nodiscard]] ReservationStatus status_at(Instant now) const {
    const auto overdue = due(now);
    return overdue ? overdue->becomes : reservation.status;
  }

  /// The reservation as everyone is to see it.
  [[nodiscard]] Reservation shown(Instant now) const {
    Reservation seen = reservation;
    if (const auto overdue = due(now)) {
      seen.status = overdue->becomes;
      seen.reason = overdue->reason;
      if (seen.status != ReservationStatus::expired) seen.expires_at = std::nullopt;
    }
    return seen;
  }

  /// Writes down what is due: the shown reservation, one version on.
  [[nodiscard]] Reservation settle(Instant now) const {
    Reservation settled = shown(now);
    if (settled != reservation) ++settled.version;
    return settled;
  }

  /// Errors: hold_expired; illegal_transition when cancelled.
  [[nodiscard]] Result<Reservation> confirm(Instant now) const {
    if (status_at(now) == ReservationStatus::confirmed) return reservation;
    if (const auto held = check_held(now); !held) return held.error();
    Reservation next = reservation;
    next.status = ReservationStatus::confirmed;
    next.expires_at = std::nullopt;
    ++next.version;
    return next;
  }

  /// Moves the end of the hold, no further than hold_max after it was made.
  /// Errors: invalid_argument{by}; hold_expired; illegal_transition unless held; hold_max_reached.
  [[nodiscard]] Result<Reservation> extend(std::chrono::milliseconds by, Instant now) const {
    if (by <= std::chrono::milliseconds{0}) {
      return refusal::InvalidArgument{"by", "must be longer than nothing"};
    }
    if (const auto held = check_held(now); !held) return held.error();
    const Instant until = reservation.created_at + exhibition.rules.hold_max;
    if (by > until - *reservation.expires_at) return refusal::HoldMaxReached{until};
    Reservation next = reservation;
    *next.expires_at += by;
    ++next.version;
    return next;
  }

  /// `admitted` are the persons that its voucher has let in.
  /// Errors: illegal_transition when expired; session_over; for a member cutoff_passed,
  /// already_admitted.
  [[nodiscard]] Result<Reservation> cancel(Canceller by, std::uint32_t admitted,
                                           Instant now) const {
    const auto status = status_at(now);
    if (status == ReservationStatus::cancelled) return shown(now);
    if (status == ReservationStatus::expired) return refusal::IllegalTransition{to_string(status)};
    if (session.is_over(now)) return refusal::SessionOver{};
    if (by == Canceller::member) {
      const auto cutoff = exhibition.rules.cancel_cutoff;
      if (cutoff.count() > 0 && now >= session.times.starts_at - cutoff) {
        return refusal::CutoffPassed{session.times.starts_at - cutoff};
      }
      if (admitted > 0) return refusal::AlreadyAdmitted{};
    }
    Reservation next = reservation;
    next.status = ReservationStatus::cancelled;
    next.reason = by == Canceller::member ? CancelReason::member : CancelReason::organiser;
    next.expires_at = std::nullopt;
    ++next.version;
    return next;
  }

 private:
  [[nodiscard]] Result<void> check_held(Instant now) const {
    const auto status = status_at(now);
    if (status == ReservationStatus::held) return {};
    if (status == ReservationStatus::expired) return refusal::HoldExpired{*reservation.expires_at};
    return refusal::IllegalTransition{to_string(status)};
  }
};

}  // namespace exhibition
