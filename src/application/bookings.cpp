#include "exhibition/application/bookings.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "booking_store.hpp"
#include "context.hpp"
#include "exhibition/domain/facts.hpp"
#include "idempotent_command.hpp"
#include "paging.hpp"
#include "remote_catalogue.hpp"

namespace exhibition {
namespace {

/// What a reserve does inside its unit: decides, settles the holds whose places it takes, and
/// writes.
Result<Reserved> reserve_in(UnitOfWork& unit, const IdempotentCommand& command,
                            const ReserveRequest& request, const std::optional<Offer>& offer,
                            ReservationId id) {
  const Instant now = command.now();
  const auto shown = Shown::find(unit, request.session, offer);
  if (!shown) return shown.error();
  const Session& session = shown->session();
  const Exhibition& exhibition = shown->exhibition();

  auto reservation = make_reservation(id, request, exhibition, now);
  if (!reservation) return reservation.error();
  const auto party = session.check_party(exhibition, request.places, now);
  if (!party) return party.error();
  if (const auto limit = exhibition.rules.max_places_per_member; limit > 0) {
    const auto used = unit.reservations().limited_places(exhibition.id, request.member, now);
    if (used + request.places > limit) return refusal::MemberLimit{limit, used};
  }

  // As many holds as places are enough, for each has at least one; only an overbooked session needs
  // the sum of all.
  std::vector<Reservation> past;
  std::int64_t due = 0;
  if (session.needs_due_places(request.places)) {
    past = unit.reservations().holds_past_of(session.id, now, request.places);
    for (const auto& hold : past) due += hold.places;
    if (session.exceeds_capacity()) due = unit.reservations().places_past_of(session.id, now);
  }
  auto taken = session.reserve_places(request.places, due);
  if (!taken) return taken.error();
  for (auto& hold : past) {
    if (session.is_settled_enough(taken->taken)) break;
    const Booking booking{std::move(hold), *taken, exhibition};
    *taken = settle(unit, booking, *booking.due(now), now);
  }

  shown->save(unit, *taken);
  unit.reservations().add(*reservation);
  unit.log().append(command.event(facts::made({*reservation, *taken, exhibition}), 1));
  return Reserved{*std::move(reservation)};
}

/// Applies `decide(unit, booking)`, which gives the reservation as it is to be, and appends
/// `event(booking)` if that changes anything.
template <class Decide, class MakeEvent>
Result<Reservation> change(Context& context, std::string_view kind, ReservationId id,
                           const CommandOptions& options, const Fingerprint& request, Decide decide,
                           MakeEvent make_event) {
  return at_the_desk(context, [&]() -> Result<Reservation> {
    const IdempotentCommand command(context, kind, options, request);
    const auto replay = [&](const ReadView& view, std::int64_t) -> Result<Reservation> {
      const auto booking = find_booking(view, id);
      if (!booking) return refusal::NotFound{"reservation", id.value()};
      return booking->shown(command.now());
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    return command.apply(replay, [&](UnitOfWork& unit) -> Result<Reservation> {
      auto booking = find_booking_for_update(unit, id);
      if (!booking) return refusal::NotFound{"reservation", id.value()};
      Result<Reservation> next = decide(unit, *booking, command.now());
      if (!next || next->version == booking->reservation.version) return next;
      if (!next->is_live()) unit.sessions().save(booking->session.release(next->places));
      unit.reservations().save(*next);
      booking->reservation = *next;
      unit.log().append(command.event(make_event(*booking), next->version));
      return next;
    });
  });
}

/// Persons that the reservation's vouchers have let in.
std::uint32_t admitted(const ReadView& view, ReservationId reservation) {
  std::uint32_t count = 0;
  for (const auto& voucher : view.vouchers().list_of(reservation)) count += voucher.admitted;
  return count;
}

/// Up to `limit` reservations after the cursor that are shown as the filter wants them.
std::vector<Reservation> list_shown(const ReadView& view, const ReservationFilter& filter,
                                    std::optional<ReservationId> cursor, std::size_t limit,
                                    Instant now) {
  const std::size_t batch_size = std::max<std::size_t>(limit, 64);  // few may match
  std::vector<Reservation> found;
  std::optional<Booking> booking;
  ReservationId after = cursor.value_or(ReservationId{});
  for (bool more = true; more && found.size() < limit;) {
    auto batch = filter.session ? view.reservations().list_of(*filter.session, after, batch_size)
                                : view.reservations().list(after, batch_size);
    more = batch.size() == batch_size;
    for (auto& reservation : batch) {
      after = reservation.id;
      if (booking && booking->session.id == reservation.session) {
        booking->reservation = std::move(reservation);
      } else {
        booking = complete(view, std::move(reservation));
      }
      auto shown = booking->shown(now);
      if (filter.status && shown.status != *filter.status) continue;
      found.push_back(std::move(shown));
      if (found.size() == limit) break;
    }
  }
  return found;
}

SessionAvailability availability_of(const ReadView& view, const Session& session,
                                    const Exhibition& exhibition, Instant now) {
  const std::int64_t due = session.closure(exhibition)
                               ? session.taken
                               : view.reservations().places_past_of(session.id, now);
  SessionAvailability seen{
      .session = session.id,
      .exhibition = exhibition.id,
      .times = session.times,
      .capacity = session.capacity,
      .in_force = session.taken - due,
      .free = session.free(due),
      .overbooked = session.capacity && session.taken - due > *session.capacity};
  if (const auto sale = session.check_sale(exhibition, now); !sale) {
    seen.refuses = sale.error().code;
  } else if (seen.free == 0U) {
    seen.refuses = Errc::sold_out;
  }
  return seen;
}

}  // namespace

Result<Reserved> Bookings::reserve(const ReserveRequest& request, const CommandOptions& options) {
  return at_the_desk(context_, [&]() -> Result<Reserved> {
    const IdempotentCommand command(context_, "reserve", options,
                                    Fingerprint()
                                        .add(request.session)
                                        .add(request.member)
                                        .add(request.places)
                                        .add(request.hold.has_value())
                                        .add(request.hold ? request.hold->length : std::nullopt));
    const auto replay = [&](const ReadView& view, std::int64_t id) -> Result<Reserved> {
      const auto booking = find_booking(view, ReservationId{id});
      if (!booking) return refusal::NotFound{"reservation", id};
      return Reserved{booking->shown(command.now()), true};
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    if (const auto checked = check(request); !checked) return checked.error();

    const auto pass = context_.admission.enter();
    if (!pass) return pass.error();
    const auto offer = context_.catalogue.offer(request.session);
    if (!offer) return offer.error();

    const auto id = context_.ids.draw<ReservationId>();
    auto answer = command.apply(
        replay, [&](UnitOfWork& unit) { return reserve_in(unit, command, request, *offer, id); });
    context_.ids.settle(answer, id);
    return answer;
  });
}

Result<Reservation> Bookings::confirm(ReservationId id, const CommandOptions& options) {
  return change(
      context_, "confirm", id, options, Fingerprint().add(id),
      [](const ReadView&, const Booking& booking, Instant now) { return booking.confirm(now); },
      [](const Booking& booking) -> Event { return ReservationConfirmed{facts::of(booking)}; });
}

Result<Reservation> Bookings::extend(ReservationId id, std::chrono::milliseconds by,
                                     const CommandOptions& options) {
  return change(
      context_, "extend", id, options, Fingerprint().add(id).add(by),
      [by](const ReadView&, const Booking& booking, Instant now) {
        return booking.extend(by, now);
      },
      [](const Booking& booking) -> Event {
        return HoldExtended{facts::of(booking), *booking.reservation.expires_at};
      });
}

Result<Reservation> Bookings::cancel(ReservationId id, Canceller by,
                                     const CommandOptions& options) {
  return change(
      context_, "cancel", id, options, Fingerprint().add(id).add(by),
      [by](const ReadView& view, const Booking& booking, Instant now) {
        return booking.cancel(by, admitted(view, booking.reservation.id), now);
      },
      [](const Booking& booking) -> Event {
        return ReservationCancelled{facts::of(booking), *booking.reservation.reason, std::nullopt};
      });
}

Result<Reservation> Bookings::find(ReservationId id) const {
  return at_the_desk(context_, [&]() -> Result<Reservation> {
    const Instant now = context_.clock->now();
    return read(*context_.storage, [&](const ReadView& view) -> Result<Reservation> {
      const auto booking = find_booking(view, id);
      if (!booking) return refusal::NotFound{"reservation", id.value()};
      return booking->shown(now);
    });
  });
}

Result<Page<Reservation, ReservationId>> Bookings::list(
    const ReservationFilter& filter, const PageRequest<ReservationId>& request) const {
  return at_the_desk(context_, [&]() -> Result<Page<Reservation, ReservationId>> {
    if (const auto checked = check(request); !checked) return checked.error();
    const Instant now = context_.clock->now();
    return read(*context_.storage, [&](const ReadView& view) {
      return make_page(
          request,
          [&](std::size_t limit) { return list_shown(view, filter, request.after, limit, now); },
          [](const Reservation& last) { return last.id; });
    });
  });
}

Result<SessionAvailability> Bookings::availability(SessionId id) const {
  return at_the_desk(context_, [&]() -> Result<SessionAvailability> {
    const Instant now = context_.clock->now();
    return read(*context_.storage, [&](const ReadView& view) -> Result<SessionAvailability> {
      const auto session = view.sessions().find(id);
      if (!session) return refusal::NotFound{"session", id.value()};
      const auto exhibition = view.exhibitions().find(session->exhibition);
      if (!exhibition) return refusal::NotFound{"exhibition", session->exhibition.value()};
      return availability_of(view, *session, *exhibition, now);
    });
  });
}

Result<Page<SessionAvailability, SessionCursor>> Bookings::availability(
    const SessionRange& range, const PageRequest<SessionCursor>& request) const {
  using Answer = Result<Page<SessionAvailability, SessionCursor>>;
  return at_the_desk(context_, [&]() -> Answer {
    if (const auto checked = check(request); !checked) return checked.error();
    const Instant now = context_.clock->now();
    return read(*context_.storage, [&](const ReadView& view) -> Answer {
      const auto exhibition = view.exhibitions().find(range.exhibition);
      if (!exhibition) return refusal::NotFound{"exhibition", range.exhibition.value()};
      const SessionCursor after = request.after.value_or(SessionCursor{range.from, SessionId{}});
      return make_page(
          request,
          [&](std::size_t limit) {
            std::vector<SessionAvailability> seen;
            for (const auto& session :
                 view.sessions().list(range.exhibition, after, range.until, limit)) {
              seen.push_back(availability_of(view, session, *exhibition, now));
            }
            return seen;
          },
          [](const SessionAvailability& last) {
            return SessionCursor{last.times.starts_at, last.session};
          });
    });
  });
}

}  // namespace exhibition
