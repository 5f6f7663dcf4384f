#include "exhibition/domain/events.hpp"

#include "bindings.hpp"
#include "delivery.hpp"
#include "errors.hpp"
#include "exhibition/application/event_feed.hpp"
#include "exhibition/codec/json.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

constexpr auto event_code_doc = "A bearer secret: whoever shows it gets in. Left out of repr().";

template <class E, class... Fields>
void bind_event(py::module_& module, const char* doc, Fields... fields) {
  bind_value<E>(module, std::string(E::type).c_str(), doc, fields...);
}

template <class E, class... Fields>
void bind_exhibition_event(py::module_& module, const char* doc, Fields... fields) {
  bind_event<E>(module, doc, required<"exhibition">(&E::exhibition), fields...);
}

template <class E, class... Fields>
void bind_session_event(py::module_& module, const char* doc, Fields... fields) {
  bind_event<E>(module, doc, required<"session">(&E::session),
                required<"exhibition">(&E::exhibition), fields...);
}

template <class E, class... Fields>
void bind_reservation_event(py::module_& module, const char* doc, Fields... fields) {
  bind_event<E>(module, doc, required<"reservation">(&E::reservation),
                required<"exhibition">(&E::exhibition), required<"session">(&E::session),
                required<"member">(&E::member), optional<"places">(&E::places),
                required<"title">(&E::title), optional<"kind">(&E::kind),
                required<"starts_at">(&E::starts_at), optional<"ends_at">(&E::ends_at), fields...);
}

template <class E, class... Fields>
void bind_voucher_event(py::module_& module, const char* doc, Fields... fields) {
  bind_event<E>(module, doc, required<"voucher">(&E::voucher),
                required<"reservation">(&E::reservation), required<"member">(&E::member),
                fields...);
}

void bind_event_types(py::module_& module) {
  bind_exhibition_event<ExhibitionRegistered>(module, "An exhibition was registered.",
                                              required<"title">(&ExhibitionRegistered::title),
                                              optional<"kind">(&ExhibitionRegistered::kind),
                                              optional<"status">(&ExhibitionRegistered::status),
                                              optional<"rules">(&ExhibitionRegistered::rules));
  bind_exhibition_event<ExhibitionUpdated>(module, "Its title, kind or rules are now these.",
                                           required<"title">(&ExhibitionUpdated::title),
                                           optional<"kind">(&ExhibitionUpdated::kind),
                                           optional<"rules">(&ExhibitionUpdated::rules));
  bind_exhibition_event<ExhibitionSuspended>(module, "It takes no new reservations.");
  bind_exhibition_event<ExhibitionResumed>(module, "It takes reservations again.");
  bind_exhibition_event<ExhibitionWithdrawn>(
      module, "It ended for good.", required<"withdrawn_at">(&ExhibitionWithdrawn::withdrawn_at));

  bind_session_event<SessionAdded>(module, "An exhibition got a session.",
                                   required<"times">(&SessionAdded::times),
                                   optional<"capacity">(&SessionAdded::capacity));
  bind_session_event<SessionUpdated>(module, "Its times are now these.",
                                     required<"times">(&SessionUpdated::times));
  bind_session_event<SessionClosed>(module, "It takes no new reservations.");
  bind_session_event<SessionReopened>(module, "It takes reservations again.");
  bind_session_event<SessionCancelled>(module, "It ended for good.",
                                       required<"cancelled_at">(&SessionCancelled::cancelled_at));
  bind_session_event<CapacityChanged>(module, "It has so many places; None is no limit.",
                                      required<"capacity">(&CapacityChanged::capacity));

  bind_reservation_event<ReservationHeld>(module, "Places are held until expires_at.",
                                          required<"expires_at">(&ReservationHeld::expires_at));
  bind_reservation_event<ReservationConfirmed>(module, "Places are taken for good.");
  bind_reservation_event<HoldExtended>(module, "A hold lasts until expires_at now.",
                                       required<"expires_at">(&HoldExtended::expires_at));
  bind_reservation_event<ReservationExpired>(
      module, "A hold was over; it was written down when the event occurred.",
      required<"due_at">(&ReservationExpired::due_at, "When the hold ended."));
  bind_reservation_event<ReservationCancelled>(
      module, "Places were given back.", required<"reason">(&ReservationCancelled::reason),
      optional<"due_at">(&ReservationCancelled::due_at,
                         "When a withdrawal or a cancelled session made it due; None when someone "
                         "asked for it."));

  bind_voucher_event<VoucherActivated>(
      module, "A reservation has a voucher.",
      required<"code">(&VoucherActivated::code, event_code_doc, Shown::no),
      optional<"admits">(&VoucherActivated::admits, "Persons."));
  bind_voucher_event<VoucherDeactivated>(module, "The voucher lets nobody in any more.");
  bind_voucher_event<VoucherRedeemed>(
      module, "Persons were let in.", optional<"gate">(&VoucherRedeemed::gate),
      optional<"count">(&VoucherRedeemed::count, "Persons."),
      optional<"admitted">(&VoucherRedeemed::admitted,
                           "Everyone whom the voucher has let in by then."));
  bind_voucher_event<RedemptionUndone>(
      module, "The last redemption was taken back.", optional<"gate">(&RedemptionUndone::gate),
      optional<"count">(&RedemptionUndone::count, "Persons."),
      optional<"admitted">(&RedemptionUndone::admitted,
                           "Everyone whom the voucher has let in by then."));
  bind_value<UnknownEvent>(module, "UnknownEvent",
                           "An event of a type, or of a version of it, that this version of the "
                           "library does not know, as it is stored.",
                           required<"type">(&UnknownEvent::type),
                           required<"payload">(&UnknownEvent::payload, "", Shown::no));
}

}  // namespace

void bind_events(py::module_& module) {
  bind_event_types(module);
  bind_value<Stream>(module, "Stream",
                     "What has to stay in order: an exhibition and its sessions, or a reservation "
                     "and its vouchers. \"reservation/123\".",
                     required<"kind">(&Stream::kind), required<"id">(&Stream::id))
      .def("__str__", [](const Stream& self) { return to_string(self); });
  bind_value<Headers>(module, "Headers", "What the host knows of a command's origin.",
                      optional<"correlation_id">(&Headers::correlation_id),
                      optional<"actor">(&Headers::actor));
  bind_value<Envelope>(
      module, "Envelope", "An event as the log has it.", required<"position">(&Envelope::position),
      required<"stream">(&Envelope::stream), required<"aggregate">(&Envelope::aggregate),
      optional<"version">(&Envelope::version, "The aggregate's, that the event made."),
      required<"occurred_at">(&Envelope::occurred_at),
      optional<"schema_version">(&Envelope::schema_version),
      optional<"headers">(&Envelope::headers), required<"event">(&Envelope::event))
      .def_property_readonly("key", &Envelope::key,
                             "\"Reservation/123/2\": the same for every delivery, and no other "
                             "event's.")
      .def(
          "to_cloud_event",
          [](const Envelope& self, Named<std::string, "source"> source, bool voucher_codes) {
            return codec::to_cloud_event(
                self, source.value,
                voucher_codes ? codec::VoucherCodes::keep : codec::VoucherCodes::omit);
          },
          R"(The event as CloudEvents 1.0 in JSON, in one line.

source is a URI reference that tells whose log it is from, such as "/museum". A voucher's code lets
in who has it: voucher_codes=True leaves it in.)",
          py::kw_only(), named<"source">(), py::arg("voucher_codes") = false)
      .def_static(
          "from_cloud_event",
          [](const Named<std::string, "text">& text) {
            return value_of(codec::parse_cloud_event(text.value)).envelope;
          },
          R"(What to_cloud_event has made the text of; a code that was left out is empty.

Errors: InvalidArgument naming the attribute.)",
          named<"text">());
  bind_value<EventSlice>(
      module, "EventSlice", "A part of what has happened.",
      optional<"events">(&EventSlice::events, "The wanted ones among the events up to end."),
      optional<"end">(&EventSlice::end, "From where the next part goes on."));
  bind_value<HeldDelivery>(
      module, "Delivery",
      R"(An event on its way to a follower. To one whose effect is outside it comes at least once:
what the handler does it should do only once for each key.)",
      required<"envelope">(&HeldDelivery::envelope),
      optional<"attempt">(&HeldDelivery::attempt, "1 for the first try."),
      optional<"replaying">(&HeldDelivery::replaying,
                            "In a rebuild: it is to change the read model, and nothing else."))
      .def_property_readonly(
          "event", [](const HeldDelivery& self) -> const Event& { return self.envelope.event; },
          "What has happened.")
      .def_property_readonly(
          "key", [](const HeldDelivery& self) { return self.envelope.key(); },
          "\"Reservation/123/2\": the same for every delivery, and no other event's.");
}

}  // namespace exhibition::python
