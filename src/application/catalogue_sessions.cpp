#include <utility>

#include "context.hpp"
#include "exhibition/application/catalogue.hpp"
#include "exhibition/domain/facts.hpp"
#include "idempotent_command.hpp"
#include "new_session.hpp"
#include "paging.hpp"
#include "releases.hpp"

namespace exhibition {
namespace {

/// Applies a pure decision to the session, whose exhibition must not be withdrawn, and appends
/// `make_event(session)` if that changes anything.
template <class Decide, class MakeEvent>
Result<Session> change(Context& context, std::string_view kind, SessionId id,
                       const CommandOptions& options, const Fingerprint& request, Decide decide,
                       MakeEvent make_event) {
  return at_the_desk(context, [&]() -> Result<Session> {
    const IdempotentCommand command(context, kind, options, request);
    const auto replay = [&](const ReadView& view, std::int64_t) -> Result<Session> {
      auto session = view.sessions().find(id);
      if (!session) return refusal::NotFound{"session", id.value()};
      return *std::move(session);
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    const ReleaseAtTheEnd releasing(context.refusals.releases());
    return command.apply(replay, [&](UnitOfWork& unit) -> Result<Session> {
      const auto session = unit.sessions().find_for_update(id);
      if (!session) return refusal::NotFound{"session", id.value()};
      const auto exhibition = unit.exhibitions().find(session->exhibition);
      if (!exhibition) return refusal::NotFound{"exhibition", session->exhibition.value()};
      const auto alive = exhibition->check_not_withdrawn();
      if (!alive) return alive.error();
      Result<Session> next = decide(*session, command.now());
      if (!next || next->version == session->version) return next;
      unit.sessions().save(*next);
      unit.log().append(command.event(make_event(*next), next->version));
      return next;
    });
  });
}

}  // namespace

Result<Session> Catalogue::add_session(ExhibitionId id, const NewSession& wanted,
                                       const CommandOptions& options) {
  return at_the_desk(context_, [&]() -> Result<Session> {
    Fingerprint print;
    add(print.add(id), times_of(wanted)).add(wanted.capacity);
    const IdempotentCommand command(context_, "add_session", options, print);
    const auto replay = [&](const ReadView& view, std::int64_t session_id) -> Result<Session> {
      auto session = view.sessions().find(SessionId{session_id});
      if (!session) return refusal::NotFound{"session", session_id};
      return *std::move(session);
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    if (const auto checked = check(wanted); !checked) return checked.error();

    const Session made = make_session(context_.ids.draw<SessionId>(), id, wanted);
    auto answer = command.apply(replay, [&](UnitOfWork& unit) -> Result<Session> {
      const auto exhibition = unit.exhibitions().find(id);
      if (!exhibition) return refusal::NotFound{"exhibition", id.value()};
      const auto alive = exhibition->check_not_withdrawn();
      if (!alive) return alive.error();
      unit.sessions().add(made);
      unit.log().append(command.event(facts::added(made), made.version));
      return made;
    });
    const bool is_replay = answer && answer->id != made.id;
    if (is_replay) {
      context_.ids.give_back(made.id);
    } else {
      context_.ids.settle(answer, made.id);
    }
    return answer;
  });
}

Result<Session> Catalogue::update_session(SessionId id, const SessionUpdate& update,
                                          const CommandOptions& options) {
  Fingerprint print;
  add(print.add(id), update.times).add(update.expected_version);
  return change(
      context_, "update_session", id, options, print,
      [&](const Session& session, Instant) {
        return session.update(update.times, update.expected_version);
      },
      [](const Session& changed) -> Event { return facts::updated(changed); });
}

Result<Session> Catalogue::set_capacity(SessionId id, std::optional<std::uint32_t> capacity,
                                        const CommandOptions& options) {
  return change(
      context_, "set_capacity", id, options, Fingerprint().add(id).add(capacity),
      [&](const Session& session, Instant) { return session.set_capacity(capacity); },
      [](const Session& changed) -> Event {
        return CapacityChanged{changed.id, changed.exhibition, changed.capacity};
      });
}

Result<Session> Catalogue::close(SessionId id, const CommandOptions& options) {
  return change(
      context_, "close", id, options, Fingerprint().add(id),
      [](const Session& session, Instant) { return session.close(); },
      [](const Session& changed) -> Event {
        return SessionClosed{changed.id, changed.exhibition};
      });
}

Result<Session> Catalogue::reopen(SessionId id, const CommandOptions& options) {
  return change(
      context_, "reopen", id, options, Fingerprint().add(id),
      [](const Session& session, Instant) { return session.reopen(); },
      [](const Session& changed) -> Event {
        return SessionReopened{changed.id, changed.exhibition};
      });
}

Result<Session> Catalogue::cancel_session(SessionId id, const CommandOptions& options) {
  return change(
      context_, "cancel_session", id, options, Fingerprint().add(id),
      [](const Session& session, Instant now) { return session.cancel(now); },
      [](const Session& changed) -> Event {
        return SessionCancelled{changed.id, changed.exhibition, *changed.cancelled_at};
      });
}

Result<Page<Session, SessionCursor>> Catalogue::sessions_of(
    ExhibitionId id, const PageRequest<SessionCursor>& request) const {
  using Answer = Result<Page<Session, SessionCursor>>;
  return at_the_desk(context_, [&]() -> Answer {
    if (const auto checked = check(request); !checked) return checked.error();
    return read(*context_.storage, [&](const ReadView& view) -> Answer {
      if (!view.exhibitions().find(id)) return refusal::NotFound{"exhibition", id.value()};
      const auto after = request.after.value_or(SessionCursor{Instant::min(), SessionId{}});
      return make_page(
          request,
          [&](std::size_t limit) { return view.sessions().list(id, after, Instant::max(), limit); },
          [](const Session& last) {
            return SessionCursor{last.times.starts_at, last.id};
          });
    });
  });
}

}  // namespace exhibition
