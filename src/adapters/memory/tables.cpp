#include "tables.hpp"

#include <algorithm>

namespace exhibition::memory {
namespace {

template <class Map, class Keys>
void copy_rows(const Map& from, Map& to, const Keys& keys) {
  for (const auto& key : keys) {
    if (const auto found = from.find(key); found != from.end()) {
      to.insert_or_assign(key, found->second);
    } else {
      to.erase(key);
    }
  }
}

template <class Rows, class Ids>
void copy_aggregates(const Rows& from, Tables& to, const Ids& ids) {
  for (const auto id : ids) {
    if (const auto found = from.find(id); found != from.end()) {
      to.put(found->second);
    } else {
      to.erase(id);
    }
  }
}

/// What both have is the same: only the ends differ.
void copy_log(const Tables& from, Tables& to) {
  while (!to.log.empty() && to.head() > from.head()) to.log.pop_back();
  while (!to.log.empty() && to.floor < from.floor) {
    to.log.pop_front();
    ++to.floor;
  }
  const auto first = from.log.begin();
  if (to.log.empty()) {
    to.log = from.log;
  } else {
    const auto forgotten = std::max<std::int64_t>(to.floor - from.floor, 0);
    const auto common = static_cast<std::int64_t>(to.log.size());
    to.log.insert(to.log.begin(), first, first + forgotten);
    to.log.insert(to.log.end(), first + forgotten + common, from.log.end());
  }
  to.floor = from.floor;
  to.floor_proof = from.floor_proof;
}

}  // namespace

void Tables::put(const Session& row) {
  erase(row.id);
  sessions.emplace(row.id, row);
  sessions_by_start.emplace(row.exhibition, row.times.starts_at, row.id);
}

void Tables::erase(SessionId id) {
  const auto found = sessions.find(id);
  if (found == sessions.end()) return;
  const Session& row = found->second;
  sessions_by_start.erase({row.exhibition, row.times.starts_at, id});
  sessions.erase(found);
}

void Tables::put(const Reservation& row) {
  erase(row.id);
  reservations.emplace(row.id, row);
  reservations_by_session.emplace(row.session, row.id);
  if (row.status == ReservationStatus::held) {
    holds.emplace(*row.expires_at, row.id);
    holds_by_session.emplace(row.session, *row.expires_at, row.id);
  }
  if (row.under_member_limit && row.is_live()) {
    live_by_limited_member.emplace(row.exhibition, row.member, row.id);
  }
}

void Tables::erase(ReservationId id) {
  const auto found = reservations.find(id);
  if (found == reservations.end()) return;
  const Reservation& row = found->second;
  reservations_by_session.erase({row.session, id});
  if (row.status == ReservationStatus::held) {
    holds.erase({*row.expires_at, id});
    holds_by_session.erase({row.session, *row.expires_at, id});
  }
  live_by_limited_member.erase({row.exhibition, row.member, id});
  reservations.erase(found);
}

void Tables::put(const Voucher& row) {
  erase(row.id);
  vouchers.emplace(row.id, row);
  vouchers_by_code.emplace(row.code, row.id);
  vouchers_by_reservation.emplace(row.reservation, row.id);
}

void Tables::erase(VoucherId id) {
  const auto found = vouchers.find(id);
  if (found == vouchers.end()) return;
  vouchers_by_code.erase(found->second.code);
  vouchers_by_reservation.erase({found->second.reservation, id});
  vouchers.erase(found);
}

void copy_touched(const Tables& from, Tables& to, const Touched& touched) {
  copy_aggregates(from.exhibitions, to, touched.exhibitions);
  copy_aggregates(from.sessions, to, touched.sessions);
  copy_aggregates(from.reservations, to, touched.reservations);
  copy_aggregates(from.vouchers, to, touched.vouchers);
  copy_rows(from.keys, to.keys, touched.keys);
  copy_rows(from.followers, to.followers, touched.followers);
  copy_log(from, to);
}

}  // namespace exhibition::memory
