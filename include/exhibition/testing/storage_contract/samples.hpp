#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
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

/// One event of every type that the library knows. Every text is `text`; every number is `number`
/// or one beside it, so that those of one event are told apart, or what of it the field can hold;
/// what is optional is there if `full`.
[[nodiscard]] inline std::vector<Event> events(const std::string& text, bool full,
                                               std::int64_t number) {
  const auto beside = [&](std::int64_t place) { return number ^ place; };
  const auto small = [&](std::int64_t place) {
    return static_cast<std::uint32_t>(beside(place) & 0xFFFFFFFF);
  };
  const auto span = [&](std::int64_t place) { return std::chrono::milliseconds{beside(place)}; };
  const auto at = [&](std::int64_t place) { return Instant{span(place)}; };
  const auto maybe = [&](auto value) { return full ? std::optional(value) : std::nullopt; };
  const ExhibitionId e{beside(0)};
  const SessionId s{beside(1)};
  const ReservationId r{beside(2)};
  const VoucherId v{beside(3)};
  const BookingRules rules{span(0), span(1), small(2), small(3), span(4)};
  const SessionTimes times{at(0), maybe(at(1)), maybe(at(2)), maybe(at(3))};
  const ReservationFacts facts{r, e, s, text, small(3), text, text, at(4), maybe(at(5))};
  return {ExhibitionRegistered{e, text, text, ExhibitionStatus::suspended, rules},
          ExhibitionUpdated{e, text, text, rules},
          ExhibitionSuspended{e},
          ExhibitionResumed{e},
          ExhibitionWithdrawn{e, at(1)},
          SessionAdded{s, e, times, maybe(small(2))},
          SessionUpdated{s, e, times},
          SessionClosed{s, e},
          SessionReopened{s, e},
          SessionCancelled{s, e, at(2)},
          CapacityChanged{s, e, maybe(small(2))},
          ReservationHeld{facts, at(6)},
          ReservationConfirmed{facts},
          HoldExtended{facts, at(6)},
          ReservationExpired{facts, at(6)},
          ReservationCancelled{facts, CancelReason::session_cancelled, maybe(at(6))},
          VoucherActivated{v, r, text, text, small(0)},
          VoucherDeactivated{v, r, text},
          VoucherRedeemed{v, r, text, text, small(0), small(1)},
          RedemptionUndone{v, r, text, text, small(0), small(1)}};
}

/// The same with nothing optional, then with everything, then with texts of a length.
[[nodiscard]] inline std::vector<Event> events() {
  auto all = events("", false, 8);
  for (const auto& more : {events(nasty_text(), true, huge_id), events(long_text(), true, -8)}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
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
