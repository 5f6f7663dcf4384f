#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/exhibition.hpp"

/// The rules of the museum said once more, the simple way: everything in maps, everything recounted
/// every time. It uses the library's structs as data, and of its decisions only which statuses are
/// live.

namespace exhibition::tests {

/// Why a command may be refused; it is done exactly when nothing speaks against it.
using Against = std::set<Errc>;

class Model {
 public:
  Instant now;
  std::map<ExhibitionId, Exhibition> exhibitions;
  std::map<SessionId, Session> sessions;  // `taken` is recounted, `overbooked` is not modelled
  std::map<ReservationId, Reservation> reservations;
  std::map<ReservationId, std::vector<Voucher>> vouchers;

  /// What is remembered of an applied command.
  struct Known {
    std::string request;
    std::int64_t aggregate = 0;
  };
  std::map<std::string, Known> known;  // by kind of command and key

  [[nodiscard]] const Exhibition& exhibition_of(const Session& session) const {
    return exhibitions.at(session.exhibition);
  }

  // What time has made of things.

  [[nodiscard]] bool is_over(const Session& session, Instant at) const {
    return session.times.ends_at && *session.times.ends_at <= at;
  }

  /// When and why all live reservations of the session became due.
  [[nodiscard]] std::optional<std::pair<Instant, CancelReason>> closure(
      const Session& session) const {
    const auto withdrawn_at = exhibition_of(session).withdrawn_at;
    const bool by_withdrawal = withdrawn_at && !is_over(session, *withdrawn_at);
    if (by_withdrawal && (!session.cancelled_at || *withdrawn_at < *session.cancelled_at)) {
      return std::pair{*withdrawn_at, CancelReason::exhibition_withdrawn};
    }
    if (session.cancelled_at)
      return std::pair{*session.cancelled_at, CancelReason::session_cancelled};
    return std::nullopt;
  }

  [[nodiscard]] bool is_due(const Reservation& reservation) const {
    const bool is_past =
        reservation.status == ReservationStatus::held && *reservation.expires_at <= now;
    return reservation.is_live() && (is_past || closure(sessions.at(reservation.session)));
  }

  [[nodiscard]] Reservation shown(Reservation reservation) const {
    if (!is_due(reservation)) return reservation;
    const auto closed = closure(sessions.at(reservation.session));
    const Instant end = closed ? closed->first : now;
    if (reservation.status == ReservationStatus::held && *reservation.expires_at <= end) {
      reservation.status = ReservationStatus::expired;
    } else {
      reservation.status = ReservationStatus::cancelled;
      reservation.reason = closed->second;
      reservation.expires_at = std::nullopt;
    }
    return reservation;
  }

  void settle(Reservation& reservation) {
    reservation = shown(reservation);
    ++reservation.version;
  }

  [[nodiscard]] std::int64_t taken(SessionId session) const {
    return sum([&](const Reservation& r) { return r.session == session && r.is_live(); });
  }
  [[nodiscard]] std::int64_t in_force(SessionId session) const {
    return sum(
        [&](const Reservation& r) { return r.session == session && r.is_live() && !is_due(r); });
  }
  [[nodiscard]] std::int64_t free(const Session& session) const {
    return std::max<std::int64_t>(0, *session.capacity - in_force(session.id));
  }

  // Whether a session sells.

  [[nodiscard]] Against against_sale(const Session& session) const {
    Against against;
    if (exhibition_of(session).status != ExhibitionStatus::open)
      against.insert(Errc::exhibition_not_open);
    if (session.status == SessionStatus::cancelled) against.insert(Errc::session_cancelled);
    if (session.status == SessionStatus::closed) against.insert(Errc::session_closed);
    if (is_over(session, now)) against.insert(Errc::session_over);
    if (session.times.sales_from && now < *session.times.sales_from)
      against.insert(Errc::sales_not_open);
    if (session.times.sales_until && now >= *session.times.sales_until)
      against.insert(Errc::sales_closed);
    return against;
  }

  [[nodiscard]] Against against_reserving(const ReserveRequest& request) const {
    Against against;
    const auto& session = sessions.at(request.session);
    const auto& exhibition = exhibition_of(session);
    if (request.places == 0) against.insert(Errc::invalid_argument);
    if (request.hold) {
      const auto length = request.hold->length.value_or(exhibition.rules.hold_ttl);
      if (length.count() <= 0 || length > exhibition.rules.hold_max)
        against.insert(Errc::invalid_argument);
    }
    against.merge(against_sale(session));
    if (request.places > exhibition.rules.max_places_per_reservation)
      against.insert(Errc::party_too_large);
    const auto used = sum([&](const Reservation& r) {
      return r.exhibition == exhibition.id && r.member == request.member && r.under_member_limit &&
             r.is_live() && !is_due(r);
    });
    const auto limit = exhibition.rules.max_places_per_member;
    if (limit > 0 && used + request.places > limit) against.insert(Errc::member_limit);
    if (session.capacity && request.places > free(session)) against.insert(Errc::sold_out);
    return against;
  }

  void reserve(ReservationId id, const ReserveRequest& request) {
    const auto& session = sessions.at(request.session);
    const auto& exhibition = exhibition_of(session);
    const auto before = taken(session.id);
    Reservation made{.id = id,
                     .exhibition = exhibition.id,
                     .session = session.id,
                     .member = request.member,
                     .places = request.places,
                     .created_at = now,
                     .under_member_limit = exhibition.rules.max_places_per_member > 0};
    if (request.hold) {
      made.status = ReservationStatus::held;
      made.expires_at = now + request.hold->length.value_or(exhibition.rules.hold_ttl);
    }
    std::map<std::pair<Instant, ReservationId>, Reservation*> due;
    for (auto& [due_id, each] : reservations) {
      if (each.session == session.id && is_due(each)) due[{*each.expires_at, due_id}] = &each;
    }
    reservations.emplace(id, made);
    for (const auto& [order, each] : due) {
      if (!session.capacity ||
          taken(session.id) <= std::max<std::int64_t>(*session.capacity, before))
        break;
      settle(*each);
    }
  }

  [[nodiscard]] Against against_confirming(const Reservation& reservation) const {
    switch (shown(reservation).status) {
      case ReservationStatus::held:
      case ReservationStatus::confirmed: return {};
      case ReservationStatus::expired: return {Errc::hold_expired};
      case ReservationStatus::cancelled: break;
    }
    return {Errc::illegal_transition};
  }

  [[nodiscard]] Against against_extending(const Reservation& reservation,
                                          std::chrono::milliseconds by) const {
    Against against = against_confirming(reservation);
    if (by.count() <= 0) against.insert(Errc::invalid_argument);
    if (shown(reservation).status == ReservationStatus::confirmed)
      against.insert(Errc::illegal_transition);
    if (shown(reservation).status == ReservationStatus::held &&
        *reservation.expires_at + by >
            reservation.created_at + exhibitions.at(reservation.exhibition).rules.hold_max) {
      against.insert(Errc::hold_max_reached);
    }
    return against;
  }

  [[nodiscard]] Against against_cancelling(const Reservation& reservation, Canceller by) const {
    Against against;
    const auto status = shown(reservation).status;
    if (status == ReservationStatus::cancelled) return {};
    if (status == ReservationStatus::expired) return {Errc::illegal_transition};
    const auto& session = sessions.at(reservation.session);
    const auto cutoff = exhibition_of(session).rules.cancel_cutoff;
    if (is_over(session, now)) against.insert(Errc::session_over);
    if (by == Canceller::organiser) return against;
    if (cutoff.count() > 0 && now >= session.times.starts_at - cutoff)
      against.insert(Errc::cutoff_passed);
    if (const auto found = vouchers.find(reservation.id); found != vouchers.end()) {
      for (const auto& voucher : found->second) {
        if (voucher.admitted > 0) against.insert(Errc::already_admitted);
      }
    }
    return against;
  }

  [[nodiscard]] Against against_redeeming(const Voucher& voucher, std::uint32_t count) const {
    Against against = against_the_voucher(voucher);
    const auto& reservation = reservations.at(voucher.reservation);
    if (count == 0) against.insert(Errc::invalid_argument);
    if (is_over(sessions.at(reservation.session), now)) against.insert(Errc::session_over);
    if (voucher.admitted + count > voucher.admits) against.insert(Errc::already_redeemed);
    return against;
  }

  [[nodiscard]] Against against_the_voucher(const Voucher& voucher) const {
    const auto& reservation = reservations.at(voucher.reservation);
    if (voucher.status != VoucherStatus::active ||
        shown(reservation).status != ReservationStatus::confirmed) {
      return {Errc::voucher_deactivated};
    }
    return {};
  }

 private:
  template <class Which>
  [[nodiscard]] std::int64_t sum(Which which) const {
    std::int64_t places = 0;
    for (const auto& [id, reservation] : reservations) {
      if (which(reservation)) places += reservation.places;
    }
    return places;
  }
};

}  // namespace exhibition::tests
