#include "bindings.hpp"
#include "exhibition/application/event_feed.hpp"
#include "exhibition/engine.hpp"
#include "value.hpp"

/// What an engine tells of its followers and of itself.

namespace exhibition::python {

template <>
inline PumpFailure initial() {
  return {{}, initial<Error>()};
}

namespace {

void bind_pump_report(py::module_& module) {
  bind_value<FollowerProgress>(
      module, "FollowerProgress",
      "What a durable follower did: events that it took, passed over as not wanted, or parked.",
      required<"name">(&FollowerProgress::name), optional<"followed">(&FollowerProgress::followed));
  bind_value<PumpReport>(
      module, "PumpReport", "What a pump did.",
      optional<"settled">(&PumpReport::settled, "Due reservations that were written down."),
      optional<"followers">(&PumpReport::followers, "In the order in which they ran."),
      optional<"delivered">(&PumpReport::delivered, "Events that were given to subscriptions."),
      optional<"subscriber_errors">(&PumpReport::subscriber_errors,
                                    "Exceptions that subscribers raised."),
      optional<"more">(&PumpReport::more, "Pump again: the budget was used up."),
      optional<"retry_at">(&PumpReport::retry_at,
                           "Pump again then: a follower backs off, or a store failed."),
      optional<"inside_handler">(&PumpReport::inside_handler,
                                 "Called from a handler, it did nothing."),
      optional<"failures">(&PumpReport::failures,
                           "What a store or another port refused; the others went on."))
      .def("followed", &PumpReport::followed, py::arg("name"),
           "How many events the follower of that name has followed; 0 for an unknown one.");
}

void bind_follower_status(py::module_& module) {
  bind_value<Failure>(module, "Failure", "The event that a follower could not take so far.",
                      required<"at">(&Failure::at), optional<"attempts">(&Failure::attempts),
                      required<"retry_at">(&Failure::retry_at, "None is made before."),
                      optional<"error">(&Failure::error));
  bind_value<RebuildProgress>(
      module, "RebuildProgress",
      "How far a rebuild has come on its way to where the read model is that serves.",
      required<"position">(&RebuildProgress::position),
      required<"target">(&RebuildProgress::target));
  bind_value<FollowerStatus>(
      module, "FollowerStatus", "Where a follower is, and how far behind.",
      required<"name">(&FollowerStatus::name), optional<"state">(&FollowerStatus::state),
      optional<"position">(&FollowerStatus::position),
      optional<"head">(&FollowerStatus::head, "Of the log."),
      optional<"floor">(&FollowerStatus::floor,
                        "Of the log: the last position that it has forgotten."),
      optional<"lag_events">(&FollowerStatus::lag_events,
                             "Events of its types that it has not followed."),
      optional<"lag">(&FollowerStatus::lag, "Since the first of them."),
      optional<"failure">(&FollowerStatus::failure, "Of the event it is at."),
      optional<"parked">(&FollowerStatus::parked, "Dead letters."),
      optional<"unknown">(&FollowerStatus::unknown,
                          "Events that were skipped, for their types are not known."),
      optional<"generation">(&FollowerStatus::generation,
                             "Of its read model: one more with every rebuild."),
      optional<"rebuild">(&FollowerStatus::rebuild, "Of this engine, that is not over."),
      optional<"halted_by">(&FollowerStatus::halted_by,
                            "Why it has halted: an exception that nobody has raised."),
      optional<"owner">(&FollowerStatus::owner,
                        "The process that runs it, or ran it last: host, process, number."),
      optional<"epoch">(&FollowerStatus::epoch, "How many times that has been another one."),
      optional<"store_failure">(&FollowerStatus::store_failure,
                                "Why its last run ended early; empty when it did not."));
}

void bind_dead_letters(py::module_& module) {
  bind_value<DeadLetter>(
      module, "DeadLetter",
      "An event that a follower has laid aside: a copy, for the log may forget "
      "the event.",
      required<"envelope">(&DeadLetter::envelope), optional<"reason">(&DeadLetter::reason),
      optional<"attempts">(&DeadLetter::attempts, "That failed."),
      optional<"error">(&DeadLetter::error), required<"parked_at">(&DeadLetter::parked_at));
  bind_value<RetryReport>(
      module, "RetryReport", "What retrying dead letters came to.",
      optional<"resumed">(&RetryReport::resumed,
                          "The follower had halted, and goes on with the next pump."),
      optional<"replayed">(&RetryReport::replayed),
      optional<"failed">(&RetryReport::failed, "Of each stream the one that has failed again."));
}

void bind_retention_reports(py::module_& module) {
  bind_value<PruneReport>(
      module, "PruneReport", "What forgetting has come to.",
      optional<"events">(&PruneReport::events, "That the log has forgotten."),
      optional<"archived">(&PruneReport::archived, "Those that went to the archive before."),
      optional<"keys">(&PruneReport::keys, "Idempotency keys that were removed."),
      optional<"floor">(&PruneReport::floor, "The last position that the log has forgotten."),
      optional<"held_by">(&PruneReport::held_by,
                          "The follower that needs what comes next, where that kept it from "
                          "forgetting more."));
  bind_value<ArchiveReport>(module, "ArchiveReport", "What archiving has come to.",
                            optional<"events">(&ArchiveReport::events, "That went to the archive."),
                            optional<"end">(&ArchiveReport::end, "Of the archive now."));
}

}  // namespace

void bind_reports(py::module_& module) {
  bind_value<PumpFailure>(
      module, "PumpFailure",
      R"(A part of a pump that a store or another port refused, or a follower that has halted.)",
      required<"part">(&PumpFailure::part,
                       "\"clock\" (and nothing was done), \"holds\", \"closings\", "
                       "\"subscriptions\", or the name of a follower."),
      required<"error">(&PumpFailure::error, "An exception that nobody has raised."));
  bind_pump_report(module);
  bind_follower_status(module);
  bind_dead_letters(module);
  bind_retention_reports(module);
  bind_value<AdmissionStats>(
      module, "AdmissionStats", "How busy an engine is.",
      optional<"inside">(&AdmissionStats::inside, "Reserve calls on their way."),
      optional<"queued">(&AdmissionStats::queued,
                         "Commands of all kinds that wait for the store or are in it."),
      optional<"takes">(&AdmissionStats::takes, "How long the store is busy with one, of late."),
      optional<"admitted">(&AdmissionStats::admitted, "Reserve calls of all times."),
      optional<"rejected">(&AdmissionStats::rejected, "Likewise, with Overloaded."),
      optional<"remembered">(&AdmissionStats::remembered,
                             "Likewise, refused as the session was a moment ago."));
  bind_value<AvailabilityStats>(module, "AvailabilityStats",
                                "How the catalogue elsewhere is doing.",
                                optional<"breaker">(&AvailabilityStats::breaker),
                                optional<"bulkhead">(&AvailabilityStats::bulkhead));
  bind_value<EngineStats>(
      module, "EngineStats", "How an engine is doing.",
      optional<"admission">(&EngineStats::admission),
      optional<"availability">(&EngineStats::availability, "None without a catalogue elsewhere."));
}

}  // namespace exhibition::python
