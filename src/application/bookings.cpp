#include "exhibition/application/bookings.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "booking_store.hpp"
#include "carry_out.hpp"
#include "change_command.hpp"
#include "context.hpp"
#include "exhibition/domain/facts.hpp"
#include "paging.hpp"
#include "reserve_command.hpp"
#include "submission.hpp"

namespace exhibition {
namespace {

/// Persons that the reservation's vouchers have let in.
std::uint32_t admitted(const ReadView& view, ReservationId reservation) {
  std::uint32_t count = 0;
  for (const auto& voucher : view.vouchers().list_of(reservation)) count += voucher.admitted;
  return count;
}

auto confirming(Context& context, ReservationId id, const CommandOptions& options) {
  return ChangeCommand(
      context, "confirm", id, options, Fingerprint().add(id),
      [](const ReadView&, const Booking& booking, Instant now) { return booking.confirm(now); },
      [](const Booking& booking) -> Event { return ReservationConfirmed{facts::of(booking)}; });
}

auto extending(Context& context, ReservationId id, std::chrono::milliseconds by,
               const CommandOptions& options) {
  return ChangeCommand(
      context, "extend", id, options, Fingerprint().add(id).add(by),
      [by](const ReadView&, const Booking& booking, Instant now) {
        return booking.extend(by, now);
      },
      [](const Booking& booking) -> Event {
        return HoldExtended{facts::of(booking), *booking.reservation.expires_at};
      });
}

auto cancelling(Context& context, ReservationId id, Canceller by, const CommandOptions& options) {
  return ChangeCommand(
      context, "cancel", id, options, Fingerprint().add(id).add(by),
      [by](const ReadView& view, const Booking& booking, Instant now) {
        return booking.cancel(by, admitted(view, booking.reservation.id), now);
      },
      [](const Booking& booking) -> Event {
        return ReservationCancelled{facts::of(booking), *booking.reservation.reason, std::nullopt};
      });
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
  return carry_out(context_, [&] { return ReserveCommand(context_, request, options); });
}

Result<Reservation> Bookings::confirm(ReservationId id, const CommandOptions& options) {
  return carry_out(context_, [&] { return confirming(context_, id, options); });
}

Result<Reservation> Bookings::extend(ReservationId id, std::chrono::milliseconds by,
                                     const CommandOptions& options) {
  return carry_out(context_, [&] { return extending(context_, id, by, options); });
}

Result<Reservation> Bookings::cancel(ReservationId id, Canceller by,
                                     const CommandOptions& options) {
  return carry_out(context_, [&] { return cancelling(context_, id, by, options); });
}

void Bookings::reserve_async(ReserveRequest request, Completion<Reserved> done,
                             CommandOptions options) {
  begin(
      context_, std::move(request), std::move(options),
      [this](const ReserveRequest& kept, const CommandOptions& with) {
        return ReserveCommand(context_, kept, with);
      },
      std::move(done));
}

void Bookings::confirm_async(ReservationId id, Completion<Reservation> done,
                             CommandOptions options) {
  begin(
      context_, id, std::move(options),
      [this](ReservationId kept, const CommandOptions& with) {
        return confirming(context_, kept, with);
      },
      std::move(done));
}

void Bookings::cancel_async(ReservationId id, Completion<Reservation> done, Canceller by,
                            CommandOptions options) {
  begin(
      context_, id, std::move(options),
      [this, by](ReservationId kept, const CommandOptions& with) {
        return cancelling(context_, kept, by, with);
      },
      std::move(done));
}

Awaited<Reserved> Bookings::reserve_async(ReserveRequest request) {
  return reserve_async(std::move(request), CommandOptions{});
}

Awaited<Reserved> Bookings::reserve_async(ReserveRequest request, CommandOptions options) {
  return Awaited<Reserved>([this, request = std::move(request), options = std::move(options)](
                               auto done) { reserve_async(request, std::move(done), options); });
}

Awaited<Reservation> Bookings::confirm_async(ReservationId id) {
  return confirm_async(id, CommandOptions{});
}

Awaited<Reservation> Bookings::confirm_async(ReservationId id, CommandOptions options) {
  return Awaited<Reservation>([this, id, options = std::move(options)](auto done) {
    confirm_async(id, std::move(done), options);
  });
}

Awaited<Reservation> Bookings::cancel_async(ReservationId id, Canceller by) {
  return cancel_async(id, by, CommandOptions{});
}

Awaited<Reservation> Bookings::cancel_async(ReservationId id, Canceller by,
                                            CommandOptions options) {
  return Awaited<Reservation>([this, id, by, options = std::move(options)](auto done) {
    cancel_async(id, std::move(done), by, options);
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
