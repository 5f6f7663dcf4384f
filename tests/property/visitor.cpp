#include "property/visitor.hpp"

#include <rapidcheck.h>

#include <array>
#include <string>

#include "property/requests.hpp"

namespace exhibition::tests {

Visitor::Visitor(StorageKind kind) : museum_(kind) {
  model_.now = museum_.clock.now();
  register_one({.a = 0, .b = 1});
}

Position Visitor::head() {
  return read(museum_.storage(), [](const ReadView& view) { return view.log().head(); });
}

void Visitor::give(const Command& command) {
  may_have_changed_ = false;
  const auto before = head();
  switch (command.kind) {
    case Kind::reserve: reserve(command); break;
    case Kind::confirm:
    case Kind::extend:
    case Kind::cancel: change_reservation(command); break;
    case Kind::redeem:
    case Kind::undo_redeem: use_voucher(command); break;
    case Kind::register_one: register_one(command); break;
    case Kind::update:
    case Kind::suspend:
    case Kind::resume:
    case Kind::withdraw: change_exhibition(command); break;
    case Kind::add_session: add_session(command); break;
    case Kind::update_session:
    case Kind::set_capacity:
    case Kind::close:
    case Kind::reopen:
    case Kind::cancel_session: change_session(command); break;
    case Kind::clock: {
      constexpr std::array<std::chrono::milliseconds, 12> moves = {
          1ms, 1min, 5min, 5min, 15min, 15min, 20min, 1h, -1ms, -1min, -10min, -2h};
      museum_.clock.advance(moves[command.a % moves.size()]);
      model_.now = museum_.clock.now();
      break;
    }
    case Kind::pump:
      if (command.a % 2 == 0) {
        pump({});
      } else {
        pump({.max_events = command.b % 5U});
      }
      break;
    case Kind::restart: museum_.reopen(); break;
  }
  // Invariant 5: what is refused, or was applied before, changes nothing.
  if (!may_have_changed_) RC_ASSERT(head() == before);
  compare();
}

Visitor::Turn Visitor::turn(const Command& command, std::string request) const {
  Turn made;
  made.request = std::move(request);
  if (command.key % 8 < 5) return made;
  made.options.idempotency_key = "key " + std::to_string(command.key % 8);
  made.kind_and_key = to_string(command.kind) + ("/" + made.options.idempotency_key);
  const auto found = model_.known.find(made.kind_and_key);
  if (found != model_.known.end()) made.known = &found->second;
  return made;
}

void Visitor::remember(const Turn& turn, std::int64_t aggregate) {
  if (!turn.kind_and_key.empty()) model_.known[turn.kind_and_key] = {turn.request, aggregate};
}

void Visitor::reserve(const Command& command) {
  constexpr std::array<const char*, 3> members = {"seokwon", "mina", "\xEB\xAA\xA8"};
  constexpr std::array<std::optional<std::chrono::milliseconds>, 6> lengths = {
      5min, std::nullopt, 1ms, 20min, 0ms, 61min};
  constexpr std::array<std::uint32_t, 8> parties = {1, 2, 1, 3, 1, 2, 4, 0};
  if (model_.sessions.empty()) return;
  ReserveRequest request{.session = pick(model_.sessions, command.which).id,
                         .member = members[command.a % 3],
                         .places = parties[command.b % parties.size()]};
  if (command.a / 3 % 3 != 0) request.hold = Hold{lengths[command.a / 9 % lengths.size()]};
  const auto mine = turn(command, text_of("reserve", request.session.value(), request.member,
                                          request.places, request.hold ? command.a / 9 % 6 : -1));
  if (command.which == nothing) {
    request.session = SessionId{999};
    RC_ASSERT(museum_.bookings().reserve(request).error().code ==
              (request.places == 0 || (request.hold && request.hold->length == 0ms)
                   ? Errc::invalid_argument
                   : Errc::not_found));
    return;
  }
  const auto answer = museum_.bookings().reserve(request, mine.options);
  const bool applied = is_applied(mine, answer, model_.against_reserving(request));
  if (applied) {
    const auto id = answer->reservation.id;
    RC_ASSERT(!model_.reservations.contains(id));
    model_.reserve(id, request);
    remember(mine, id.value());
    // Invariant 2: no reservation leaves the capacity exceeded.
    const auto& session = model_.sessions.at(request.session);
    if (session.capacity) RC_ASSERT(model_.in_force(session.id) <= std::int64_t{*session.capacity});
  }
  if (!answer) return;
  RC_ASSERT(answer->replayed == !applied);
  const ReservationId id{applied ? answer->reservation.id : ReservationId{mine.known->aggregate}};
  RC_ASSERT(answer->reservation == model_.shown(model_.reservations.at(id)));
}

void Visitor::change_reservation(const Command& command) {
  constexpr std::array<std::chrono::milliseconds, 6> spans = {1min, 1ms, 14min, 1h, 0ms, -1ms};
  if (model_.reservations.empty() || command.which == nothing) {
    RC_ASSERT(museum_.bookings().confirm(ReservationId{999}).error().code == Errc::not_found);
    RC_ASSERT(museum_.bookings().cancel(ReservationId{0}).error().code == Errc::not_found);
    RC_ASSERT(museum_.bookings().extend(ReservationId{-1}, 1min).error().code == Errc::not_found);
    return;
  }
  auto& reservation = pick(model_.reservations, command.which);
  const auto id = reservation.id;
  const auto by = spans[command.a % spans.size()];
  const auto who = command.a % 2 == 0 ? Canceller::member : Canceller::organiser;
  Reservation next = model_.shown(reservation);
  Against reasons;
  auto& desk = museum_.bookings();
  std::string request = text_of(to_string(command.kind), id.value());
  if (command.kind == Kind::extend) request += text_of(by.count());
  if (command.kind == Kind::cancel) request += text_of(static_cast<int>(who));
  const auto mine = turn(command, request);
  const auto answer = [&]() -> Result<Reservation> {
    if (command.kind == Kind::confirm) {
      reasons = model_.against_confirming(reservation);
      next.status = ReservationStatus::confirmed;
      next.expires_at = std::nullopt;
      return desk.confirm(id, mine.options);
    }
    if (command.kind == Kind::extend) {
      reasons = model_.against_extending(reservation, by);
      if (next.expires_at) *next.expires_at += by;
      return desk.extend(id, by, mine.options);
    }
    reasons = model_.against_cancelling(reservation, who);
    if (next.status != ReservationStatus::cancelled) {
      next.status = ReservationStatus::cancelled;
      next.reason = who == Canceller::member ? CancelReason::member : CancelReason::organiser;
      next.expires_at = std::nullopt;
    }
    return desk.cancel(id, who, mine.options);
  }();
  if (is_applied(mine, answer, reasons)) {
    remember(mine, id.value());
    if (next != model_.shown(reservation)) {
      reservation = next;
      ++reservation.version;
    }
  }
  if (answer) RC_ASSERT(*answer == model_.shown(model_.reservations.at(id)));
}

void Visitor::use_voucher(const Command& command) {
  if (model_.vouchers.empty() || command.which == nothing) {
    RC_ASSERT(museum_.vouchers().redeem("no code").error().code == Errc::not_found);
    RC_ASSERT(museum_.vouchers().undo_redeem("").error().code == Errc::not_found);
    return;
  }
  auto& voucher = pick(model_.vouchers, command.which).back();
  const std::uint32_t count = command.b % 4U;
  const bool is_redeem = command.kind == Kind::redeem;
  const auto mine =
      turn(command, text_of(to_string(command.kind), voucher.code, is_redeem ? count : 0));
  Against reasons =
      is_redeem ? model_.against_redeeming(voucher, count) : model_.against_the_voucher(voucher);
  if (!is_redeem && reasons.empty() && voucher.admitted == 0)
    reasons.insert(Errc::illegal_transition);
  const auto answer = is_redeem ? museum_.vouchers().redeem(
                                      voucher.code, {.gate = "north", .count = count}, mine.options)
                                : museum_.vouchers().undo_redeem(voucher.code, mine.options);
  if (is_applied(mine, answer, reasons)) {
    remember(mine, voucher.id.value());
    if (is_redeem) {
      voucher.redemptions.push_back({model_.now, "north", count});
    } else {
      voucher.redemptions.pop_back();
    }
    voucher.admitted = 0;
    for (const auto& each : voucher.redemptions) voucher.admitted += each.count;
    ++voucher.version;
  }
  if (answer) RC_ASSERT(*answer == voucher);
}

}  // namespace exhibition::tests
