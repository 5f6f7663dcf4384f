#include "exhibition/application/catalogue.hpp"

#include "bindings.hpp"
#include "desk_arguments.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using CatalogueDesk = DeskOf<Catalogue>;

/// A command that needs to know of what, and nothing else.
template <auto command, class Id, Name name>
auto plain_command() {
  return [](const CatalogueDesk& self, Named<Id, name> id, Key key, Actor actor,
            Correlation correlation) {
    return value_of(self.call([&](Catalogue& desk) {
      return (desk.*command)(id.value, options(key, actor, correlation));
    }));
  };
}

void bind_exhibition_commands(py::class_<CatalogueDesk>& bound) {
  def_command(
      bound, "register_exhibition",
      [](const CatalogueDesk& self, Named<std::string, "title"> title,
         Named<std::string, "kind"> kind, Named<ExhibitionStatus, "status"> status,
         Named<std::optional<BookingRules>, "rules"> rules, std::vector<NewSession> sessions,
         Key key, Actor actor, Correlation correlation) {
        const NewExhibition wanted{std::move(title.value), std::move(kind.value), status.value,
                                   rules.value.value_or(BookingRules{}), std::move(sessions)};
        return value_of(self.call([&](Catalogue& desk) {
          return desk.register_exhibition(wanted, options(key, actor, correlation));
        }));
      },
      R"(Registers an exhibition, open or suspended, with at most 1,000 sessions; more can be added.

Units: title 1 to 200 bytes of UTF-8, kind at most 64.
Errors: InvalidArgument, with the index of the session; IdempotencyMismatch; Closed;
StorageFailure.
Effects: ExhibitionRegistered, SessionAdded for each session.)",
      named<"title">(), py::kw_only(), named<"kind">() = "",
      py::arg_v("status", ExhibitionStatus::open, "..."), named<"rules">() = py::none(),
      py::arg_v("sessions", std::vector<NewSession>(), "[]"));
  def_command(
      bound, "update",
      [](const CatalogueDesk& self, ExhibitionArgument id,
         Named<std::optional<std::string>, "title"> title,
         Named<std::optional<std::string>, "kind"> kind,
         Named<std::optional<BookingRules>, "rules"> rules,
         Named<std::optional<std::int64_t>, "expected_version"> expected, Key key, Actor actor,
         Correlation correlation) {
        const ExhibitionUpdate change{title.value, kind.value, rules.value, expected.value};
        return value_of(self.call([&](Catalogue& desk) {
          return desk.update(id.value, change, options(key, actor, correlation));
        }));
      },
      R"(Changes what is given; what is None stays.

Errors: InvalidArgument; NotFound; VersionConflict unless it has the expected version;
IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
Effects: ExhibitionUpdated, if anything changes.)",
      named<"exhibition">(), py::kw_only(), named<"title">() = py::none(),
      named<"kind">() = py::none(), named<"rules">() = py::none(),
      named<"expected_version">() = py::none());
  const auto command = [&](const char* name, auto function, const char* doc) {
    def_command(bound, name, function, doc, named<"exhibition">(), py::kw_only());
  };
  command("suspend", plain_command<&Catalogue::suspend, ExhibitionId, "exhibition">(),
          R"(Stops new reservations; those that are there may be confirmed, extended and cancelled.

Errors: NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
Effects: ExhibitionSuspended, unless it is suspended already.)");
  command("resume", plain_command<&Catalogue::resume, ExhibitionId, "exhibition">(),
          R"(Lets it take reservations again.

Errors: NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
Effects: ExhibitionResumed, unless it is open already.)");
  command("withdraw", plain_command<&Catalogue::withdraw, ExhibitionId, "exhibition">(),
          R"(Ends the exhibition for good.

From then on none of its reservations is good but those of sessions that were over; pump writes that
down.

Errors: NotFound; IdempotencyMismatch; Closed; StorageFailure.
Effects: ExhibitionWithdrawn, unless it is withdrawn already.)");
}

void bind_session_commands(py::class_<CatalogueDesk>& bound) {
  def_command(
      bound, "add_session",
      [](const CatalogueDesk& self, ExhibitionArgument exhibition,
         Named<Instant, "starts_at"> starts_at, Named<std::optional<Instant>, "ends_at"> ends_at,
         Named<std::optional<Instant>, "sales_from"> sales_from,
         Named<std::optional<Instant>, "sales_until"> sales_until,
         Named<std::optional<std::uint32_t>, "capacity"> capacity, Key key, Actor actor,
         Correlation correlation) {
        const NewSession wanted{starts_at.value, ends_at.value, sales_from.value, sales_until.value,
                                capacity.value};
        return value_of(self.call([&](Catalogue& desk) {
          return desk.add_session(exhibition.value, wanted, options(key, actor, correlation));
        }));
      },
      R"(Adds a session. Without ends_at it is never over, without capacity there is no limit.

Errors: InvalidArgument; NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
StorageFailure.
Effects: SessionAdded.)",
      named<"exhibition">(), named<"starts_at">(), named<"ends_at">() = py::none(), py::kw_only(),
      named<"sales_from">() = py::none(), named<"sales_until">() = py::none(),
      named<"capacity">() = py::none());
  def_command(
      bound, "update_session",
      [](const CatalogueDesk& self, SessionArgument id, Named<Instant, "starts_at"> starts_at,
         Named<std::optional<Instant>, "ends_at"> ends_at,
         Named<std::optional<Instant>, "sales_from"> sales_from,
         Named<std::optional<Instant>, "sales_until"> sales_until,
         Named<std::optional<std::int64_t>, "expected_version"> expected, Key key, Actor actor,
         Correlation correlation) {
        const SessionUpdate change{
            {starts_at.value, ends_at.value, sales_from.value, sales_until.value}, expected.value};
        return value_of(self.call([&](Catalogue& desk) {
          return desk.update_session(id.value, change, options(key, actor, correlation));
        }));
      },
      R"(Gives a session other times. All of them are replaced: None is none.

Errors: InvalidArgument; NotFound; VersionConflict unless it has the expected version;
SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
Effects: SessionUpdated, if anything changes.)",
      named<"session">(), named<"starts_at">(), named<"ends_at">(), py::kw_only(),
      named<"sales_from">() = py::none(), named<"sales_until">() = py::none(),
      named<"expected_version">() = py::none());
  def_command(
      bound, "set_capacity",
      [](const CatalogueDesk& self, SessionArgument id,
         Named<std::optional<std::uint32_t>, "capacity"> capacity, Key key, Actor actor,
         Correlation correlation) {
        return value_of(self.call([&](Catalogue& desk) {
          return desk.set_capacity(id.value, capacity.value, options(key, actor, correlation));
        }));
      },
      R"(Says how many places a session has; None is no limit.

Below the places in force, the session is overbooked until they fit again, and takes no more.

Errors: InvalidArgument; NotFound; SessionIsCancelled; IllegalTransition when withdrawn;
IdempotencyMismatch; Closed; StorageFailure.
Effects: CapacityChanged, if it changes.)",
      named<"session">(), named<"capacity">(), py::kw_only());
  const auto command = [&](const char* name, auto function, const char* doc) {
    def_command(bound, name, function, doc, named<"session">(), py::kw_only());
  };
  command("close", plain_command<&Catalogue::close, SessionId, "session">(),
          R"(Stops new reservations of the session.

Errors: NotFound; SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
StorageFailure.
Effects: SessionClosed, unless it is closed already.)");
  command("reopen", plain_command<&Catalogue::reopen, SessionId, "session">(),
          R"(Lets the session take reservations again.

Errors: NotFound; SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
StorageFailure.
Effects: SessionReopened, unless it is open already.)");
  command("cancel_session", plain_command<&Catalogue::cancel_session, SessionId, "session">(),
          R"(Ends the session for good, and with it all its reservations; pump writes that down.

Errors: NotFound; SessionOver; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
StorageFailure.
Effects: SessionCancelled, unless it is cancelled already.)");
}

void bind_catalogue_queries(py::class_<CatalogueDesk>& bound) {
  bound.def(
      "find",
      [](const CatalogueDesk& self, ExhibitionArgument id) {
        return value_of(self.call([&](Catalogue& desk) { return desk.find(id.value); }));
      },
      named<"exhibition">(), R"(The exhibition of that id.

Errors: NotFound; Closed; StorageFailure.)");
  def_list(
      bound, "list",
      [](const CatalogueDesk& self, Named<std::optional<ExhibitionId>, "after"> after,
         Limit limit) {
        return list_of<Exhibition, ExhibitionId>(
            self, [](const Catalogue& desk, const auto& page) { return desk.list(page); }, after,
            limit);
      },
      R"(All exhibitions, in the order of their ids, as an iterator that fetches page after page.

Errors: while iterating: Closed; StorageFailure.)",
      py::kw_only());
  def_list(
      bound, "sessions_of",
      [](const CatalogueDesk& self, ExhibitionArgument id,
         Named<std::optional<SessionCursor>, "after"> after, Limit limit) {
        return list_of<Session, SessionCursor>(
            self,
            [id](const Catalogue& desk, const auto& page) {
              return desk.sessions_of(id.value, page);
            },
            after, limit);
      },
      R"(An exhibition's sessions, in the order of their start, fetched page after page.

Errors: while iterating: NotFound; Closed; StorageFailure.)",
      named<"exhibition">(), py::kw_only());
}

}  // namespace

void bind_catalogue(py::module_& module) {
  bind_paged<Exhibition, ExhibitionId>(module, "_Exhibitions");
  bind_paged<Session, SessionCursor>(module, "_Sessions");
  py::class_<CatalogueDesk> bound(module, "Catalogue",
                                  R"(The desk of those who make exhibitions: Engine.catalogue.

Asking for a status that is there already changes nothing and succeeds. Every command may come with
an idempotency_key (then it is applied once, however often it is sent), an actor and a
correlation_id, which go with its events; each 1 to 255 bytes of UTF-8.

Threads: any.)");
  bind_exhibition_commands(bound);
  bind_session_commands(bound);
  bind_catalogue_queries(bound);
}

}  // namespace exhibition::python
