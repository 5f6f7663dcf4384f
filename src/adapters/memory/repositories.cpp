#include "repositories.hpp"

#include <algorithm>
#include <utility>

#include "exhibition/codec/json.hpp"
#include "exhibition/ports/event_proof.hpp"

namespace exhibition::memory {
namespace {

template <class Rows, class SomeId>
auto find_row(const Rows& rows, SomeId id) -> std::optional<typename Rows::mapped_type> {
  const auto found = rows.find(id);
  if (found == rows.end()) return std::nullopt;
  return found->second;
}

template <class Rows, class SomeId>
auto list_rows(const Rows& rows, SomeId after, std::size_t limit) {
  std::vector<typename Rows::mapped_type> found;
  for (auto row = rows.upper_bound(after); row != rows.end() && found.size() < limit; ++row) {
    found.push_back(row->second);
  }
  return found;
}

}  // namespace

std::optional<Exhibition> MemoryExhibitions::find(ExhibitionId id) const {
  return find_row(desk_.tables.exhibitions, id);
}
std::optional<Exhibition> MemoryExhibitions::find_for_update(ExhibitionId id) { return find(id); }
std::vector<Exhibition> MemoryExhibitions::list(ExhibitionId after, std::size_t limit) const {
  return list_rows(desk_.tables.exhibitions, after, limit);
}
void MemoryExhibitions::add(const Exhibition& made) { save(made); }
void MemoryExhibitions::save(const Exhibition& changed) {
  desk_.touched->exhibitions.push_back(changed.id);
  desk_.tables.put(changed);
}

std::optional<Session> MemorySessions::find(SessionId id) const {
  return find_row(desk_.tables.sessions, id);
}
std::optional<Session> MemorySessions::find_for_update(SessionId id) { return find(id); }
std::vector<Session> MemorySessions::list(ExhibitionId of, SessionCursor after, Instant until,
                                          std::size_t limit) const {
  std::vector<Session> found;
  const auto& order = desk_.tables.sessions_by_start;
  for (auto row = order.upper_bound({of, after.starts_at, after.id}); row != order.end(); ++row) {
    const auto& [exhibition, starts_at, id] = *row;
    if (exhibition != of || starts_at >= until || found.size() == limit) break;
    found.push_back(desk_.tables.sessions.at(id));
  }
  return found;
}
void MemorySessions::add(const Session& made) { save(made); }
void MemorySessions::save(const Session& changed) {
  desk_.touched->sessions.push_back(changed.id);
  desk_.tables.put(changed);
}

std::optional<Reservation> MemoryReservations::find(ReservationId id) const {
  return find_row(desk_.tables.reservations, id);
}
std::optional<Reservation> MemoryReservations::find_for_update(ReservationId id) {
  return find(id);
}
std::vector<Reservation> MemoryReservations::list(ReservationId after, std::size_t limit) const {
  return list_rows(desk_.tables.reservations, after, limit);
}
std::vector<Reservation> MemoryReservations::list_of(SessionId session, ReservationId after,
                                                     std::size_t limit) const {
  std::vector<Reservation> found;
  const auto& order = desk_.tables.reservations_by_session;
  for (auto row = order.upper_bound({session, after});
       row != order.end() && row->first == session && found.size() < limit; ++row) {
    found.push_back(desk_.tables.reservations.at(row->second));
  }
  return found;
}
std::vector<Reservation> MemoryReservations::holds_past(Instant now, std::size_t limit) const {
  std::vector<Reservation> found;
  for (const auto& [expires_at, id] : desk_.tables.holds) {
    if (expires_at > now || found.size() == limit) break;
    found.push_back(desk_.tables.reservations.at(id));
  }
  return found;
}
std::vector<Reservation> MemoryReservations::holds_past_of(SessionId session, Instant now,
                                                           std::size_t limit) const {
  std::vector<Reservation> found;
  const auto& order = desk_.tables.holds_by_session;
  for (auto row = order.lower_bound({session, Instant::min(), ReservationId{}});
       row != order.end() && found.size() < limit; ++row) {
    const auto& [of, expires_at, id] = *row;
    if (of != session || expires_at > now) break;
    found.push_back(desk_.tables.reservations.at(id));
  }
  return found;
}
std::int64_t MemoryReservations::places_past_of(SessionId session, Instant now) const {
  std::int64_t places = 0;
  for (const auto& hold : holds_past_of(session, now, desk_.tables.holds_by_session.size())) {
    places += hold.places;
  }
  return places;
}
std::int64_t MemoryReservations::limited_places(ExhibitionId exhibition, std::string_view member,
                                                Instant now) const {
  std::int64_t places = 0;
  const auto& order = desk_.tables.live_by_limited_member;
  for (auto row = order.lower_bound({exhibition, std::string(member), ReservationId{}});
       row != order.end(); ++row) {
    if (std::get<0>(*row) != exhibition || std::get<1>(*row) != member) break;
    const auto& reservation = desk_.tables.reservations.at(std::get<2>(*row));
    const bool is_past =
        reservation.status == ReservationStatus::held && *reservation.expires_at <= now;
    const bool is_cancelled =
        desk_.tables.sessions.at(reservation.session).cancelled_at.has_value();
    if (!is_past && !is_cancelled) places += reservation.places;
  }
  return places;
}
void MemoryReservations::add(const Reservation& made) { save(made); }
void MemoryReservations::save(const Reservation& changed) {
  desk_.touched->reservations.push_back(changed.id);
  desk_.tables.put(changed);
}

std::optional<Voucher> MemoryVouchers::find_by_code(std::string_view code) const {
  const auto found = desk_.tables.vouchers_by_code.find(code);
  if (found == desk_.tables.vouchers_by_code.end()) return std::nullopt;
  return find_row(desk_.tables.vouchers, found->second);
}
std::optional<Voucher> MemoryVouchers::find_for_update(VoucherId id) {
  return find_row(desk_.tables.vouchers, id);
}
std::vector<Voucher> MemoryVouchers::list(VoucherId after, std::size_t limit) const {
  return list_rows(desk_.tables.vouchers, after, limit);
}
std::vector<Voucher> MemoryVouchers::list_of(ReservationId reservation) const {
  std::vector<Voucher> found;
  const auto& order = desk_.tables.vouchers_by_reservation;
  for (auto row = order.lower_bound({reservation, VoucherId{}});
       row != order.end() && row->first == reservation; ++row) {
    found.push_back(desk_.tables.vouchers.at(row->second));
  }
  return found;
}
void MemoryVouchers::add(const Voucher& made) {
  if (find_by_code(made.code)) throw PortError("two vouchers with one code");
  save(made);
}
void MemoryVouchers::save(const Voucher& changed) {
  desk_.touched->vouchers.push_back(changed.id);
  desk_.tables.put(changed);
}

std::optional<KnownCommand> MemoryKeys::find(std::string_view command, std::string_view key) const {
  const auto found = find_row(desk_.tables.keys, StoredKey{std::string(command), std::string(key)});
  if (!found) return std::nullopt;
  return found->known;
}
void MemoryKeys::add(std::string_view command, std::string_view key, const KnownCommand& applied,
                     Instant now) {
  StoredKey stored{std::string(command), std::string(key)};
  desk_.touched->keys.push_back(stored);
  desk_.tables.keys.insert_or_assign(std::move(stored), Tables::AppliedCommand{applied, now});
}
std::vector<StoredKey> MemoryKeys::applied_before(Instant before, const StoredKey& after,
                                                  std::size_t limit) const {
  std::vector<StoredKey> found;
  const auto& keys = desk_.tables.keys;
  for (auto row = keys.upper_bound(after); row != keys.end() && found.size() < limit; ++row) {
    if (row->second.at < before) found.push_back(row->first);
  }
  return found;
}
void MemoryKeys::remove(const StoredKey& key) {
  desk_.touched->keys.push_back(key);
  desk_.tables.keys.erase(key);
}

void MemoryLog::append(const NewEvent& event) {
  const Position position{desk_.tables.head() + 1};
  desk_.tables.log.push_back({.position = position,
                              .stream = stream_of(event.event),
                              .aggregate = aggregate_of(event.event),
                              .version = event.version,
                              .occurred_at = event.occurred_at,
                              .schema_version = codec::schema_version(type_of(event.event)),
                              .headers = event.headers,
                              .event = event.event});
}
LogSlice MemoryLog::slice(Position after, std::size_t limit, const EventTypes& wanted) const {
  LogSlice found{{}, after};
  const auto& log = desk_.tables.log;
  for (auto i = this->after(after); i < log.size() && found.seen < limit; ++i) {
    found.end = log[i].position;
    ++found.seen;
    if (wanted.contains(log[i].event)) found.events.push_back(log[i]);
  }
  return found;
}
std::size_t MemoryLog::after(Position position) const {
  return static_cast<std::size_t>(std::max(position.value() - desk_.tables.floor, std::int64_t{0}));
}
Position MemoryLog::head() const { return Position{desk_.tables.head()}; }
Position MemoryLog::floor() const { return Position{desk_.tables.floor}; }

void MemoryLog::forget(Position up_to) {
  auto& tables = desk_.tables;
  if (up_to <= floor()) return;
  tables.floor_proof = proof(up_to).value_or(0);
  const auto count = up_to.value() - tables.floor;
  tables.log.erase(tables.log.begin(), tables.log.begin() + count);
  tables.floor = up_to.value();
}

std::string MemoryLog::id() const { return desk_.tables.log_id; }

std::optional<std::uint64_t> MemoryLog::proof(Position at) const {
  if (at <= Position{} || at < floor() || at > head()) return std::nullopt;
  if (at == floor()) return desk_.tables.floor_proof;
  const auto& event = desk_.tables.log[after(at) - 1];
  return event_proof(id(), event.key(), event.occurred_at, type_of(event.event));
}

Backlog MemoryLog::backlog(Position after, const EventTypes& wanted) const {
  Backlog found;
  const auto& log = desk_.tables.log;
  for (auto i = this->after(after); i < log.size(); ++i) {
    if (!wanted.contains(log[i].event)) continue;
    if (found.events++ == 0) found.since = log[i].occurred_at;
  }
  return found;
}

}  // namespace exhibition::memory
