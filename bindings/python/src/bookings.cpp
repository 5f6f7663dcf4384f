#include "exhibition/application/bookings.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "answers.hpp"
#include "bindings.hpp"
#include "desk_arguments.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using BookingsDesk = DeskOf<Bookings>;
using HoldArgument = Named<std::variant<bool, std::chrono::milliseconds>, "hold">;

std::optional<Hold> hold_of(const HoldArgument& argument) {
  if (const auto* length = std::get_if<std::chrono::milliseconds>(&argument.value)) {
    return Hold{*length};
  }
  return std::get<bool>(argument.value) ? std::optional(Hold{}) : std::nullopt;
}

void bind_booking_commands(py::class_<BookingsDesk>& bound) {
  def_command(
      bound, "reserve",
      [](const BookingsDesk& self, SessionArgument session, Named<std::string, "member"> member,
         Named<std::uint32_t, "places"> places, HoldArgument hold, Key key, Actor actor,
         Correlation correlation) {
        const ReserveRequest request{session.value, std::move(member.value), places.value,
                                     hold_of(hold)};
        return value_of(self.call([&](Bookings& desk) {
          return desk.reserve(request, options(key, actor, correlation));
        }));
      },
      R"(Takes places; once this returns they are taken for good, or held until expires_at.

With hold=True they are held for the exhibition's hold_ttl, with a timedelta for so long, to be
confirmed meanwhile. member is the host's own reference to a customer.

Units: member 1 to 128 bytes of UTF-8.
Errors: InvalidArgument; NotFound; ExhibitionNotOpen, SessionIsCancelled, SessionOver,
SessionIsClosed, SalesNotOpen, SalesClosed; PartyTooLarge; MemberLimit; SoldOut; Overloaded,
CircuitOpen and TimedOut with retry_after; IdempotencyMismatch; Closed; StorageFailure.
Effects: ReservationHeld or ReservationConfirmed; ReservationExpired for holds whose places it
takes.)",
      named<"session">(), named<"member">(), named<"places">() = 1, py::kw_only(),
      named<"hold">() = false);
  def_command(
      bound, "confirm",
      [](const BookingsDesk& self, ReservationArgument id, Key key, Actor actor,
         Correlation correlation) {
        return value_of(self.call([&](Bookings& desk) {
          return desk.confirm(id.value, options(key, actor, correlation));
        }));
      },
      R"(Makes a hold good. A confirmed reservation stays so.

Errors: NotFound; HoldExpired; IllegalTransition when cancelled; IdempotencyMismatch; Closed;
StorageFailure.
Effects: ReservationConfirmed.)",
      named<"reservation">(), py::kw_only());
  def_command(
      bound, "extend",
      [](const BookingsDesk& self, ReservationArgument id,
         Named<std::chrono::milliseconds, "by"> by, Key key, Actor actor, Correlation correlation) {
        return value_of(self.call([&](Bookings& desk) {
          return desk.extend(id.value, by.value, options(key, actor, correlation));
        }));
      },
      R"(Moves the end of a hold, at most to the exhibition's hold_max after it was made.

Errors: InvalidArgument; NotFound; HoldExpired; IllegalTransition unless held; HoldMaxReached;
IdempotencyMismatch; Closed; StorageFailure.
Effects: HoldExtended.)",
      named<"reservation">(), named<"by">(), py::kw_only());
  def_command(
      bound, "cancel",
      [](const BookingsDesk& self, ReservationArgument id, Named<Canceller, "by"> by, Key key,
         Actor actor, Correlation correlation) {
        return value_of(self.call([&](Bookings& desk) {
          return desk.cancel(id.value, by.value, options(key, actor, correlation));
        }));
      },
      R"(Gives the places back. A cancelled reservation stays so.

Errors: NotFound; IllegalTransition when expired; SessionOver; for a member CutoffPassed and
AlreadyAdmitted; IdempotencyMismatch; Closed; StorageFailure.
Effects: ReservationCancelled.)",
      named<"reservation">(), py::kw_only(), py::arg_v("by", Canceller::member, "..."));
}

/// A command that nobody waits for: its answer goes to `answers`, under its number.
template <class Class, class Function, class... Arguments>
void def_begun(Class& bound, const char* name, Function function, Arguments... arguments) {
  def_command(bound, name, function, "The command of that name, whose answer goes to answers.",
              py::arg("answers"), py::arg("number"), arguments...);
}

auto putting(const std::shared_ptr<Answers>& answers, std::uint64_t number) {
  return [answers, number](auto answer) { answers->put(number, std::move(answer)); };
}

void bind_begun_commands(py::class_<BookingsDesk>& bound) {
  def_begun(
      bound, "_begin_reserve",
      [](const BookingsDesk& self, const std::shared_ptr<Answers>& answers, std::uint64_t number,
         SessionArgument session, Named<std::string, "member"> member,
         Named<std::uint32_t, "places"> places, HoldArgument hold, Key key, Actor actor,
         Correlation correlation) {
        self.call([&](Bookings& desk) {
          desk.reserve_async({session.value, std::move(member.value), places.value, hold_of(hold)},
                             putting(answers, number), options(key, actor, correlation));
        });
      },
      named<"session">(), named<"member">(), named<"places">() = 1, py::kw_only(),
      named<"hold">() = false);
  def_begun(
      bound, "_begin_confirm",
      [](const BookingsDesk& self, const std::shared_ptr<Answers>& answers, std::uint64_t number,
         ReservationArgument id, Key key, Actor actor, Correlation correlation) {
        self.call([&](Bookings& desk) {
          desk.confirm_async(id.value, putting(answers, number), options(key, actor, correlation));
        });
      },
      named<"reservation">(), py::kw_only());
  def_begun(
      bound, "_begin_cancel",
      [](const BookingsDesk& self, const std::shared_ptr<Answers>& answers, std::uint64_t number,
         ReservationArgument id, Named<Canceller, "by"> by, Key key, Actor actor,
         Correlation correlation) {
        self.call([&](Bookings& desk) {
          desk.cancel_async(id.value, putting(answers, number), by.value,
                            options(key, actor, correlation));
        });
      },
      named<"reservation">(), py::kw_only(), py::arg_v("by", Canceller::member, "..."));
}

void bind_booking_queries(py::class_<BookingsDesk>& bound) {
  bound.def(
      "find",
      [](const BookingsDesk& self, ReservationArgument id) {
        return value_of(self.call([&](Bookings& desk) { return desk.find(id.value); }));
      },
      named<"reservation">(), R"(The reservation of that id, as it is now.

Errors: NotFound; Closed; StorageFailure.)");
  def_list(
      bound, "list",
      [](const BookingsDesk& self, Named<std::optional<SessionId>, "session"> session,
         Named<std::optional<ReservationStatus>, "status"> status,
         Named<std::optional<ReservationId>, "after"> after, Limit limit) {
        return list_of<Reservation, ReservationId>(
            self,
            [filter = ReservationFilter{session.value, status.value}](
                const Bookings& desk, const auto& page) { return desk.list(filter, page); },
            after, limit);
      },
      R"(Reservations in the order of their ids, fetched page after page; of one session, or shown
with one status, if asked for.

Errors: while iterating: Closed; StorageFailure.)",
      py::kw_only(), named<"session">() = py::none(), named<"status">() = py::none());
  bound.def(
      "availability",
      [](const BookingsDesk& self, SessionArgument id) {
        return value_of(self.call([&](Bookings& desk) { return desk.availability(id.value); }));
      },
      named<"session">(), R"(What a session has to give now.

Errors: NotFound; Closed; StorageFailure.)");
  def_list(
      bound, "availabilities",
      [](const BookingsDesk& self, Named<ExhibitionId, "exhibition"> exhibition,
         Named<std::optional<Instant>, "since"> since, Named<std::optional<Instant>, "until"> until,
         Named<std::optional<SessionCursor>, "after"> after, Limit limit) {
        const SessionRange range{exhibition.value, since.value.value_or(Instant::min()),
                                 until.value.value_or(Instant::max())};
        return list_of<SessionAvailability, SessionCursor>(
            self,
            [range](const Bookings& desk, const auto& page) {
              return desk.availability(range, page);
            },
            after, limit);
      },
      R"(What the sessions of an exhibition have to give that start at since or later, and before
until, in the order of their start.

Errors: while iterating: NotFound; Closed; StorageFailure.)",
      named<"exhibition">(), py::kw_only(), named<"since">() = py::none(),
      named<"until">() = py::none());
}

}  // namespace

void bind_bookings(py::module_& module) {
  bind_paged<Reservation, ReservationId>(module, "_Reservations");
  bind_paged<SessionAvailability, SessionCursor>(module, "_Availabilities");
  py::class_<BookingsDesk> bound(module, "Bookings",
                                 R"(The desk that takes reservations: Engine.bookings.

Whatever the order of calls, threads, processes and crashes, no session has more places in force
than its capacity by a reservation. Every command may come with an idempotency_key (then it is
applied once, however often it is sent), an actor and a correlation_id, which go with its events;
each 1 to 255 bytes of UTF-8.

Threads: any.)");
  bind_booking_commands(bound);
  bind_begun_commands(bound);
  bind_booking_queries(bound);
}

}  // namespace exhibition::python
