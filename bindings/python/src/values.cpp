#include "bindings.hpp"
#include "exhibition/application/audit.hpp"
#include "exhibition/application/bookings.hpp"
#include "exhibition/application/catalogue.hpp"
#include "exhibition/domain/my_page.hpp"
#include "exhibition/ports/availability.hpp"
#include "exhibition/ports/repositories.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

constexpr auto voucher_code_doc = "A bearer secret: whoever shows it gets in. Left out of repr().";

void bind_exhibition_values(py::module_& module) {
  bind_value<BookingRules>(
      module, "BookingRules", "What an exhibition allows its reservations.",
      optional<"hold_ttl">(&BookingRules::hold_ttl, "Of a hold without a length of its own."),
      optional<"hold_max">(&BookingRules::hold_max,
                           "From reserving to the last extension; at most 366 days."),
      optional<"max_places_per_reservation">(&BookingRules::max_places_per_reservation),
      optional<"max_places_per_member">(&BookingRules::max_places_per_member,
                                        "In the whole exhibition; 0 sets no limit."),
      optional<"cancel_cutoff">(
          &BookingRules::cancel_cutoff,
          "So long before the start, members can no longer cancel; 0 sets none."));
  bind_value<Exhibition>(module, "Exhibition", "What is shown.", required<"id">(&Exhibition::id),
                         required<"title">(&Exhibition::title), optional<"kind">(&Exhibition::kind),
                         optional<"status">(&Exhibition::status),
                         optional<"rules">(&Exhibition::rules),
                         optional<"withdrawn_at">(&Exhibition::withdrawn_at),
                         optional<"version">(&Exhibition::version, "Grows with every change."));
  bind_value<Registered>(
      module, "Registered", "An exhibition as it is now, and its sessions.",
      required<"exhibition">(&Registered::exhibition),
      required<"sessions">(&Registered::sessions, "In the order of their start."),
      optional<"replayed">(&Registered::replayed, "The command had been applied before."));
}

void bind_session_values(py::module_& module) {
  bind_value<SessionTimes>(module, "SessionTimes",
                           "When a session takes place, and when its places are sold. A session "
                           "without ends_at is never over.",
                           required<"starts_at">(&SessionTimes::starts_at),
                           optional<"ends_at">(&SessionTimes::ends_at),
                           optional<"sales_from">(&SessionTimes::sales_from),
                           optional<"sales_until">(&SessionTimes::sales_until));
  bind_value<NewSession>(
      module, "NewSession", "A session to be.", required<"starts_at">(&NewSession::starts_at),
      optional<"ends_at">(&NewSession::ends_at, "None: it is never over."),
      optional<"sales_from">(&NewSession::sales_from),
      optional<"sales_until">(&NewSession::sales_until),
      optional<"capacity">(&NewSession::capacity, "Places, at least 1. None: there is no limit."))
      .def(py::init([](Named<Instant, "starts_at"> starts_at,
                       Named<std::optional<Instant>, "ends_at"> ends_at,
                       Named<std::optional<Instant>, "sales_from"> sales_from,
                       Named<std::optional<Instant>, "sales_until"> sales_until,
                       Named<std::optional<std::uint32_t>, "capacity"> capacity) {
             return NewSession{starts_at.value, ends_at.value, sales_from.value, sales_until.value,
                               capacity.value};
           }),
           named<"starts_at">(), named<"ends_at">() = py::none(), py::kw_only(),
           named<"sales_from">() = py::none(), named<"sales_until">() = py::none(),
           named<"capacity">() = py::none());
  bind_value<Session>(
      module, "Session", "One bookable time of an exhibition.", required<"id">(&Session::id),
      required<"exhibition">(&Session::exhibition), required<"times">(&Session::times),
      optional<"capacity">(&Session::capacity, "Places. None: there is no limit."),
      optional<"taken">(&Session::taken,
                        "Places of held and confirmed reservations that are not yet settled."),
      optional<"status">(&Session::status), optional<"cancelled_at">(&Session::cancelled_at),
      optional<"overbooked">(&Session::overbooked, "The capacity was lowered below what is taken."),
      optional<"version">(&Session::version, "Grows with every change; taken is outside it."));
  bind_value<SessionCursor>(module, "SessionCursor",
                            "A place in a list of sessions, which is in the order of their start.",
                            required<"starts_at">(&SessionCursor::starts_at),
                            required<"id">(&SessionCursor::id));
  bind_value<SessionAvailability>(
      module, "SessionAvailability", "What a session has to give at one instant. Units: places.",
      required<"session">(&SessionAvailability::session),
      required<"exhibition">(&SessionAvailability::exhibition),
      required<"times">(&SessionAvailability::times),
      optional<"capacity">(&SessionAvailability::capacity, "None: there is no limit."),
      optional<"in_force">(&SessionAvailability::in_force, "Taken, less what is due."),
      optional<"free">(&SessionAvailability::free, "None: there is no limit."),
      optional<"overbooked">(&SessionAvailability::overbooked, "More in force than the capacity."),
      optional<"refuses">(&SessionAvailability::refuses,
                          "Why one place would be refused now, if it would."));
}

void bind_reservation_values(py::module_& module) {
  bind_value<Reservation>(
      module, "Reservation", "Places taken for some persons of one member.",
      required<"id">(&Reservation::id), required<"exhibition">(&Reservation::exhibition),
      required<"session">(&Reservation::session), required<"member">(&Reservation::member),
      optional<"places">(&Reservation::places), optional<"status">(&Reservation::status),
      optional<"expires_at">(&Reservation::expires_at, "Of a hold; kept when it has expired."),
      optional<"reason">(&Reservation::reason, "Of a cancellation."),
      required<"created_at">(&Reservation::created_at),
      optional<"under_member_limit">(&Reservation::under_member_limit,
                                     "Made while its exhibition limited members."),
      optional<"version">(&Reservation::version, "Grows with every change."));
  bind_value<Reserved>(
      module, "Reserved", "A reservation as it is now.",
      required<"reservation">(&Reserved::reservation),
      optional<"replayed">(&Reserved::replayed, "The command had been applied before."));
}

void bind_voucher_values(py::module_& module) {
  bind_value<Redemption>(module, "Redemption", "Some persons let in at once.",
                         required<"at">(&Redemption::at), optional<"gate">(&Redemption::gate),
                         optional<"count">(&Redemption::count));
  bind_value<Voucher>(module, "Voucher", "The right to enter.", required<"id">(&Voucher::id),
                      required<"reservation">(&Voucher::reservation),
                      required<"code">(&Voucher::code, voucher_code_doc, Shown::no),
                      optional<"admits">(&Voucher::admits, "Persons."),
                      optional<"admitted">(&Voucher::admitted, "Persons, so far."),
                      optional<"status">(&Voucher::status),
                      optional<"redemptions">(&Voucher::redemptions),
                      optional<"version">(&Voucher::version, "Grows with every change."));
  bind_value<MyPageEntry>(
      module, "MyPageEntry", "One reservation as its member sees it.",
      required<"reservation">(&MyPageEntry::reservation),
      required<"exhibition">(&MyPageEntry::exhibition), required<"session">(&MyPageEntry::session),
      required<"member">(&MyPageEntry::member),
      required<"title">(&MyPageEntry::title, "As it was when reserved."),
      optional<"kind">(&MyPageEntry::kind, "As it was when reserved."),
      required<"starts_at">(&MyPageEntry::starts_at), optional<"ends_at">(&MyPageEntry::ends_at),
      optional<"places">(&MyPageEntry::places), optional<"status">(&MyPageEntry::status),
      optional<"reason">(&MyPageEntry::reason), optional<"expires_at">(&MyPageEntry::expires_at),
      optional<"voucher_code">(&MyPageEntry::voucher_code,
                               "Empty until a voucher was active. A bearer secret, left out of "
                               "repr().",
                               Shown::no),
      optional<"voucher_status">(&MyPageEntry::voucher_status),
      required<"updated_at">(&MyPageEntry::updated_at));
}

}  // namespace

void bind_values(py::module_& module) {
  bind_exhibition_values(module);
  bind_session_values(module);
  bind_reservation_values(module);
  bind_voucher_values(module);
  bind_value<Offer>(
      module, "Offer", "A session and its exhibition as a catalogue elsewhere knows them.",
      required<"exhibition">(&Offer::exhibition), required<"session">(&Offer::session));
  bind_value<Aggregate>(module, "Aggregate", "Whose event it is: \"Reservation/123\".",
                        required<"kind">(&Aggregate::kind), required<"id">(&Aggregate::id))
      .def("__str__", [](const Aggregate& self) { return to_string(self); });
  bind_value<AuditFinding>(
      module, "AuditFinding", "A difference between what a store has and what the rule asks for.",
      required<"rule">(&AuditFinding::rule), required<"where">(&AuditFinding::where),
      required<"expected">(&AuditFinding::expected), required<"found">(&AuditFinding::found))
      .def("__str__", [](const AuditFinding& self) { return to_string(self); });
}

}  // namespace exhibition::python
