#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/my_page.hpp"
#include "exhibition/ports/storage.hpp"

/// Aggregates and events with nothing optional in them, and with everything at its extremes.

namespace exhibition::testing::samples {

using namespace std::chrono_literals;

inline constexpr Instant noon = std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 12h;
inline constexpr auto huge_count = std::numeric_limits<std::uint32_t>::max();
inline constexpr auto huge_id = std::numeric_limits<std::int64_t>::max();

/// UTF-8 that breaks what is not written with care: a NUL, quotes, control and multi-byte
/// characters.
[[nodiscard]] inline std::string nasty_text() {
  return std::string("it's \"quoted\" \\ %s \n\t\x01\x7f; DROP TABLE x; --") + '\0' +
         "after NUL \xEB\xAA\xA8\xEB\x84\xA4 \xF0\x9F\x8E\xA8 {\"a\":1}";
}

[[nodiscard]] inline std::string long_text() { return std::string(100'000, 'x') + nasty_text(); }

[[nodiscard]] inline Exhibition exhibition(std::int64_t id) {
  return {.id = ExhibitionId{id}, .title = "Monet", .kind = "", .rules = {}};
}

[[nodiscard]] inline Exhibition extreme_exhibition(std::int64_t id) {
  return {.id = ExhibitionId{id},
          .title = nasty_text(),
          .kind = long_text(),
          .status = ExhibitionStatus::withdrawn,
          .rules = {.hold_ttl = 1ms,
                    .hold_max = std::chrono::milliseconds::max(),
                    .max_places_per_reservation = huge_count,
                    .max_places_per_member = huge_count,
                    .cancel_cutoff = std::chrono::milliseconds::max()},
          .withdrawn_at = Instant::min(),
          .version = huge_id};
}

[[nodiscard]] inline Session session(std::int64_t id, std::int64_t exhibition = 1,
                                     Instant starts_at = noon) {
  return {.id = SessionId{id}, .exhibition = ExhibitionId{exhibition}, .times = {starts_at}};
}

[[nodiscard]] inline Session extreme_session(std::int64_t id, std::int64_t exhibition = 1) {
  return {.id = SessionId{id},
          .exhibition = ExhibitionId{exhibition},
          .times = {Instant::min(), Instant::max(), Instant::min(), Instant::max()},
          .capacity = huge_count,
          .taken = huge_id,
          .status = SessionStatus::cancelled,
          .cancelled_at = Instant::max(),
          .overbooked = true,
          .version = huge_id};
}

[[nodiscard]] inline Reservation reservation(std::int64_t id, std::int64_t session = 1,
                                             std::int64_t exhibition = 1) {
  return {.id = ReservationId{id},
          .exhibition = ExhibitionId{exhibition},
          .session = SessionId{session},
          .member = "seokwon",
          .created_at = noon};
}

[[nodiscard]] inline Reservation hold(std::int64_t id, Instant expires_at, std::int64_t session = 1,
                                      std::uint32_t places = 1) {
  auto made = reservation(id, session);
  made.status = ReservationStatus::held;
  made.expires_at = expires_at;
  made.places = places;
  return made;
}

[[nodiscard]] inline Reservation extreme_reservation(std::int64_t id) {
  return {.id = ReservationId{id},
          .exhibition = ExhibitionId{1},
          .session = SessionId{1},
          .member = nasty_text(),
          .places = huge_count,
          .status = ReservationStatus::cancelled,
          .expires_at = Instant::min(),
          .reason = CancelReason::session_cancelled,
          .created_at = Instant::max(),
          .under_member_limit = true,
          .version = huge_id};
}

[[nodiscard]] inline Voucher voucher(std::int64_t id, std::int64_t reservation = 1) {
  auto code = std::to_string(id);
  code.insert(0, 26 - code.size(), '0');
  return {.id = VoucherId{id}, .reservation = ReservationId{reservation}, .code = code};
}

[[nodiscard]] inline Voucher extreme_voucher(std::int64_t id, std::int64_t reservation = 1) {
  auto made = voucher(id, reservation);
  made.code = nasty_text() + made.code;
  made.admits = huge_count;
  made.admitted = huge_count;
  made.status = VoucherStatus::deactivated;
  made.redemptions = {{Instant::min(), "", 1},
                      {Instant::max(), nasty_text(), huge_count},
                      {noon, "same again", 2},
                      {noon, "same again", 2}};
  made.version = huge_id;
  return made;
}

/// Exhibition 1 with session 1: what reservations belong to.
inline void add_show(UnitOfWork& unit) {
  unit.exhibitions().add(exhibition(1));
  unit.sessions().add(session(1));
}

[[nodiscard]] inline NewEvent event(std::int64_t version, std::int64_t exhibition = 1) {
  return {ExhibitionSuspended{ExhibitionId{exhibition}}, version, noon};
}

/// One event of every type, with nothing optional, then with everything.
[[nodiscard]] inline std::vector<Event> events() {
  const ExhibitionId e{huge_id};
  const SessionId s{2};
  const ReservationId r{3};
  const VoucherId v{4};
  const auto all = extreme_exhibition(1);
  const ReservationFacts bare{r, e, s, "mina", 1, "", "", noon, std::nullopt};
  const ReservationFacts full{
      r, e, s, nasty_text(), huge_count, nasty_text(), long_text(), Instant::min(), Instant::max()};
  return {ExhibitionRegistered{e, "", "", ExhibitionStatus::open, {}},
          ExhibitionRegistered{e, all.title, all.kind, ExhibitionStatus::suspended, all.rules},
          ExhibitionUpdated{e, all.title, all.kind, all.rules},
          ExhibitionSuspended{e},
          ExhibitionResumed{e},
          ExhibitionWithdrawn{e, Instant::max()},
          SessionAdded{s, e, {noon}, std::nullopt},
          SessionAdded{s, e, extreme_session(1).times, huge_count},
          SessionUpdated{s, e, {noon}},
          SessionUpdated{s, e, extreme_session(1).times},
          SessionClosed{s, e},
          SessionReopened{s, e},
          SessionCancelled{s, e, Instant::min()},
          CapacityChanged{s, e, std::nullopt},
          CapacityChanged{s, e, huge_count},
          ReservationHeld{bare, Instant::max()},
          ReservationHeld{full, Instant::min()},
          ReservationConfirmed{bare},
          ReservationConfirmed{full},
          HoldExtended{full, noon},
          ReservationExpired{bare, noon},
          ReservationCancelled{bare, CancelReason::member, std::nullopt},
          ReservationCancelled{full, CancelReason::exhibition_withdrawn, Instant::max()},
          VoucherActivated{v, r, nasty_text(), "0123456789ABCDEFGHJKMNPQRS", huge_count},
          VoucherDeactivated{v, r, ""},
          VoucherRedeemed{v, r, "mina", nasty_text(), huge_count, huge_count},
          RedemptionUndone{v, r, "mina", "", 1, 0}};
}

[[nodiscard]] inline MyPageEntry entry(std::int64_t reservation, const std::string& member = "mina",
                                       std::int64_t session = 1) {
  return {.reservation = ReservationId{reservation},
          .exhibition = ExhibitionId{1},
          .session = SessionId{session},
          .member = member,
          .title = "Monet",
          .kind = "",
          .starts_at = noon,
          .updated_at = noon};
}

[[nodiscard]] inline MyPageEntry extreme_entry(std::int64_t reservation) {
  return {.reservation = ReservationId{reservation},
          .exhibition = ExhibitionId{huge_id},
          .session = SessionId{huge_id},
          .member = nasty_text(),
          .title = nasty_text(),
          .kind = long_text(),
          .starts_at = Instant::min(),
          .ends_at = Instant::max(),
          .places = huge_count,
          .status = ReservationStatus::cancelled,
          .reason = CancelReason::exhibition_withdrawn,
          .expires_at = Instant::min(),
          .voucher_code = nasty_text(),
          .voucher_status = VoucherStatus::deactivated,
          .updated_at = Instant::max()};
}

}  // namespace exhibition::testing::samples
