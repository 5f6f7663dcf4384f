#include "audit.hpp"

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/voucher_reaction.hpp"
#include "voucher_policy.hpp"

namespace exhibition {
namespace {

constexpr std::size_t batch_size = 1000;

/// Calls `visit(element)` for everything that `fetch(cursor)` lists.
template <class Cursor, class Fetch, class CursorOf, class Visit>
void for_each(Cursor cursor, Fetch fetch, CursorOf cursor_of, Visit visit) {
  for (bool more = true; more;) {
    const auto batch = fetch(cursor);
    for (const auto& element : batch) visit(element);
    more = batch.size() == batch_size;
    if (more) cursor = cursor_of(batch.back());
  }
}

constexpr auto id_of = [](const auto& element) { return element.id; };

class Audit {
 public:
  Audit(const ReadView& view, Instant now) : view_(view), now_(now) {}

  std::vector<AuditFinding> run() {
    collect_unfollowed();
    count_active_vouchers();
    for_each(
        ExhibitionId{},
        [&](ExhibitionId after) { return view_.exhibitions().list(after, batch_size); }, id_of,
        [&](const Exhibition& exhibition) { check(exhibition); });
    find_orphans();
    for (const auto& [reservation, count] : active_) {
      if (!unfollowed_.contains(reservation)) {
        find(AuditRule::others_have_no_voucher, reservation, 0, count);
      }
    }
    return std::move(findings_);
  }

 private:
  /// Reservations that the desk has still to look at are not judged.
  void collect_unfollowed() {
    const auto desk = view_.followers().find(VoucherPolicy::name);
    for (Position after = desk ? desk->position : Position{};;) {
      const auto slice = view_.log().slice(after, batch_size, voucher_causes());
      for (const auto& envelope : slice.events) {
        unfollowed_.insert(ReservationId{envelope.stream.id});
      }
      if (slice.end == after) return;
      after = slice.end;
    }
  }

  void count_active_vouchers() {
    for_each(
        VoucherId{}, [&](VoucherId after) { return view_.vouchers().list(after, batch_size); },
        id_of,
        [&](const Voucher& voucher) {
          if (voucher.status == VoucherStatus::active) ++active_[voucher.reservation];
        });
  }

  void check(const Exhibition& exhibition) {
    for_each(
        SessionCursor{Instant::min(), SessionId{}},
        [&](SessionCursor after) {
          return view_.sessions().list(exhibition.id, after, Instant::max(), batch_size);
        },
        [](const Session& session) {
          return SessionCursor{session.times.starts_at, session.id};
        },
        [&](const Session& session) {
          reached_.insert(session.id);
          check(exhibition, session);
        });
  }

  /// Reservations that no session leads to are in no recount.
  void find_orphans() {
    for_each(
        ReservationId{},
        [&](ReservationId after) { return view_.reservations().list(after, batch_size); }, id_of,
        [&](const Reservation& reservation) {
          if (reached_.contains(reservation.session)) return;
          active_.erase(reservation.id);
          find(AuditRule::reservation_has_a_session, reservation.id, 1, 0);
        });
  }

  void check(const Exhibition& exhibition, const Session& session) {
    Booking booking{{}, session, exhibition};
    std::int64_t unsettled = 0;
    std::int64_t in_force = 0;
    for_each(
        ReservationId{},
        [&](ReservationId after) {
          return view_.reservations().list_of(session.id, after, batch_size);
        },
        id_of,
        [&](const Reservation& reservation) {
          booking.reservation = reservation;
          const bool is_due = booking.due(now_).has_value();
          if (reservation.is_live()) unsettled += reservation.places;
          if (reservation.is_live() && !is_due) in_force += reservation.places;
          check_voucher(reservation, is_due);
        });
    if (unsettled != session.taken) {
      find(AuditRule::taken_is_recounted, session.id, unsettled, session.taken);
    }
    if (session.capacity && in_force > *session.capacity && !session.overbooked) {
      find(AuditRule::places_fit_the_capacity, session.id, *session.capacity, in_force);
    }
  }

  void check_voucher(const Reservation& reservation, bool is_due) {
    const auto node = active_.extract(reservation.id);
    const std::int64_t count = node ? node.mapped() : 0;
    if (is_due || unfollowed_.contains(reservation.id)) return;
    const bool is_confirmed = reservation.status == ReservationStatus::confirmed;
    if (count > 1) find(AuditRule::one_voucher_at_most, reservation.id, 1, count);
    if (is_confirmed && count == 0) {
      find(AuditRule::confirmed_has_a_voucher, reservation.id, 1, 0);
    }
    if (!is_confirmed && count > 0) {
      find(AuditRule::others_have_no_voucher, reservation.id, 0, count);
    }
  }

  void find(AuditRule rule, SessionId where, std::int64_t expected, std::int64_t found) {
    findings_.push_back({rule, {AggregateKind::session, where.value()}, expected, found});
  }
  void find(AuditRule rule, ReservationId where, std::int64_t expected, std::int64_t found) {
    findings_.push_back({rule, {AggregateKind::reservation, where.value()}, expected, found});
  }

  const ReadView& view_;
  Instant now_;
  std::unordered_set<ReservationId> unfollowed_;
  std::unordered_map<ReservationId, std::int64_t> active_;
  std::unordered_set<SessionId> reached_;
  std::vector<AuditFinding> findings_;
};

}  // namespace

std::vector<AuditFinding> audit(const ReadView& view, Instant now) {
  return Audit(view, now).run();
}

}  // namespace exhibition
