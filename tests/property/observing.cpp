#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "property/visitor.hpp"
#include "support/soundness.hpp"

// How a visitor compares the museum with the model. What a bounded pump gets to is its own choice:
// that is observed, and taken over when the rules allow it.

namespace exhibition::tests {
namespace {

template <class Rows>
auto values_of(const Rows& rows) {
  std::vector<typename Rows::mapped_type> values;
  for (const auto& [id, row] : rows) values.push_back(row);
  return values;
}

}  // namespace

void Visitor::pump(const PumpBudget& budget) {
  const auto report = museum_.events().pump(budget);
  RC_ASSERT(report.failures.empty());
  // Holds, and as many of closings.
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  RC_ASSERT(report.settled <= (budget.max_events > most / 2 ? most : 2 * budget.max_events));
  RC_ASSERT(report.followed("voucher-desk") <= budget.max_events);
  RC_ASSERT(report.followed("my-page") <= budget.max_events);
  may_have_changed_ = true;
  observe_settling(report.settled);
  observe_vouchers();
  RC_ASSERT(museum_.engine().audit() == std::vector<AuditFinding>{});
  if (report.more || budget.max_events != PumpBudget{}.max_events) return;
  for (const auto& [id, reservation] : model_.reservations) {
    RC_ASSERT(!model_.is_due(reservation));
    // Invariant 6: one active voucher for a confirmed reservation, none for others.
    const auto& had = model_.vouchers[id];
    const auto active = std::count_if(had.begin(), had.end(), [](const Voucher& voucher) {
      return voucher.status == VoucherStatus::active;
    });
    RC_ASSERT(active == (reservation.status == ReservationStatus::confirmed ? 1 : 0));
    if (had.empty()) model_.vouchers.erase(id);
  }
}

void Visitor::observe_settling(std::size_t settled) {
  std::size_t found = 0;
  for (auto& [id, reservation] : model_.reservations) {
    if (museum_.stored(id) == reservation) continue;
    RC_ASSERT(model_.is_due(reservation));
    model_.settle(reservation);
    ++found;
  }
  RC_ASSERT(found == settled);
}

void Visitor::observe_vouchers() {
  for (const auto& [id, reservation] : model_.reservations) {
    const auto now = museum_.vouchers().of(id).value();
    const auto found = model_.vouchers.find(id);
    const auto before = found == model_.vouchers.end() ? std::vector<Voucher>{} : found->second;
    RC_ASSERT(now.size() >= before.size());
    const auto status = model_.shown(reservation).status;
    bool had_active = false;
    for (std::size_t i = 0; i < before.size(); ++i) {
      had_active = had_active || now[i].status == VoucherStatus::active;
      if (now[i] == before[i]) continue;
      RC_ASSERT(status == ReservationStatus::cancelled || status == ReservationStatus::expired);
      auto deactivated = before[i];
      RC_ASSERT(deactivated.status == VoucherStatus::active);
      deactivated.status = VoucherStatus::deactivated;
      ++deactivated.version;
      RC_ASSERT(now[i] == deactivated);
    }
    for (std::size_t i = before.size(); i < now.size(); ++i) {
      RC_ASSERT(!had_active && i + 1 == now.size());
      RC_ASSERT(status == ReservationStatus::confirmed);
      RC_ASSERT(now[i] == (Voucher{.id = now[i].id,
                                   .reservation = id,
                                   .code = now[i].code,
                                   .admits = reservation.places}));
      RC_ASSERT(parse_voucher_code(now[i].code) == now[i].code);
    }
    if (!now.empty()) model_.vouchers[id] = now;
  }
}

void Visitor::compare() {
  compare_reservations();
  RC_ASSERT(museum_.catalogue().list({.limit = 1000})->items == values_of(model_.exhibitions));
  for (const auto& [id, exhibition] : model_.exhibitions) compare_sessions(exhibition);
  std::map<VoucherId, Voucher> vouchers;
  for (const auto& [id, had] : model_.vouchers) {
    for (const auto& voucher : had) vouchers.emplace(voucher.id, voucher);
  }
  RC_ASSERT(museum_.vouchers().list({.limit = 1000})->items == values_of(vouchers));
}

void Visitor::compare_reservations() {
  const auto stored = read(museum_.storage(), [](const ReadView& view) {
    return view.reservations().list(ReservationId{}, 10'000);
  });
  // Invariant 3 is in here: what is terminal in the model stays as it is.
  RC_ASSERT(stored == values_of(model_.reservations));
  std::vector<Reservation> shown;
  std::vector<Reservation> confirmed;
  for (const auto& reservation : stored) {
    shown.push_back(model_.shown(reservation));
    if (shown.back().status == ReservationStatus::confirmed) confirmed.push_back(shown.back());
  }
  RC_ASSERT(museum_.bookings().list({}, {.limit = 1000})->items == shown);
  RC_ASSERT(
      museum_.bookings().list({.status = ReservationStatus::confirmed}, {.limit = 1000})->items ==
      confirmed);
  if (!shown.empty()) RC_ASSERT(museum_.bookings().find(shown.back().id) == shown.back());
}

void Visitor::compare_sessions(const Exhibition& exhibition) {
  std::vector<Session> expected;
  for (const auto& [id, session] : model_.sessions) {
    if (session.exhibition != exhibition.id) continue;
    expected.push_back(session);
    expected.back().taken = model_.taken(id);  // invariant 1
  }
  std::sort(expected.begin(), expected.end(), [](const Session& a, const Session& b) {
    return std::pair(a.times.starts_at, a.id) < std::pair(b.times.starts_at, b.id);
  });
  auto found = museum_.catalogue().sessions_of(exhibition.id, {.limit = 1000})->items;
  for (auto& session : found) session.overbooked = false;
  RC_ASSERT(found == expected);

  const auto range =
      museum_.bookings().availability(SessionRange{exhibition.id}, {.limit = 1000}).value();
  RC_ASSERT(range.items.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& session = expected[i];
    const auto& seen = range.items[i];
    RC_ASSERT(museum_.bookings().availability(session.id) == seen);
    const auto in_force = model_.in_force(session.id);
    RC_ASSERT(seen.in_force == in_force);
    RC_ASSERT(seen.free.has_value() == session.capacity.has_value());
    RC_ASSERT(seen.overbooked == (session.capacity && in_force > std::int64_t{*session.capacity}));
    Against reasons = model_.against_sale(session);
    if (session.capacity) {
      RC_ASSERT(std::int64_t{*seen.free} == model_.free(session));
      if (model_.free(session) == 0) reasons.insert(Errc::sold_out);
    }
    RC_ASSERT(seen.refuses.has_value() == !reasons.empty());
    if (seen.refuses) RC_ASSERT(reasons.contains(*seen.refuses));
  }
}

void Visitor::finish() {
  pump({});
  // Invariants 4, and 1, 2 and 6 by the library's own audit.
  museum_.pump_all();
  for (const auto& fault : faults_of(museum_.engine(), museum_.storage(), museum_.pages()))
    RC_FAIL(fault);
}

}  // namespace exhibition::tests
