#include "exhibition/application/catalogue.hpp"

#include <cstddef>
#include <utility>

#include "context.hpp"
#include "exhibition/domain/facts.hpp"
#include "idempotent_command.hpp"
#include "new_session.hpp"
#include "paging.hpp"
#include "releases.hpp"

namespace exhibition {
namespace {

Result<void> check(const NewExhibition& wanted) {
  if (const auto checked = check_title(wanted.title); !checked) return checked;
  if (const auto checked = check_kind(wanted.kind); !checked) return checked;
  if (const auto checked = check(wanted.rules); !checked) return checked;
  if (wanted.status == ExhibitionStatus::withdrawn) {
    return refusal::InvalidArgument{"status", "must be open or suspended"};
  }
  if (wanted.sessions.size() > 1000) {
    return refusal::InvalidArgument{"sessions", "must be at most 1,000; add more later"};
  }
  for (std::size_t i = 0; i < wanted.sessions.size(); ++i) {
    if (const auto checked = check(wanted.sessions[i]); !checked) {
      auto refused = std::get<refusal::InvalidArgument>(checked.error().detail);
      refused.index = i;
      return refused;
    }
  }
  return {};
}

Fingerprint& add(Fingerprint& print, const BookingRules& rules) {
  return print.add(rules.hold_ttl)
      .add(rules.hold_max)
      .add(rules.max_places_per_reservation)
      .add(rules.max_places_per_member)
      .add(rules.cancel_cutoff);
}

Fingerprint fingerprint_of(const NewExhibition& wanted) {
  Fingerprint print;
  print.add(wanted.title).add(wanted.kind).add(wanted.status);
  add(print, wanted.rules);
  for (const auto& session : wanted.sessions) add(print, times_of(session)).add(session.capacity);
  return print;
}

std::vector<SessionId> session_ids(const ReadView& view, ExhibitionId exhibition) {
  std::vector<SessionId> ids;
  SessionCursor after{Instant::min(), SessionId{}};
  for (;;) {
    const auto batch = view.sessions().list(exhibition, after, Instant::max(), max_page_limit);
    for (const auto& session : batch) ids.push_back(session.id);
    if (batch.size() < max_page_limit) return ids;
    after = {batch.back().times.starts_at, batch.back().id};
  }
}

/// Applies a pure decision to the exhibition and appends `make_event(exhibition)` if that changes
/// anything.
template <class Decide, class MakeEvent>
Result<Exhibition> change(Context& context, std::string_view kind, ExhibitionId id,
                          const CommandOptions& options, const Fingerprint& request, Decide decide,
                          MakeEvent make_event) {
  return at_the_desk(context, [&]() -> Result<Exhibition> {
    const IdempotentCommand command(context, kind, options, request);
    const auto replay = [&](const ReadView& view, std::int64_t) -> Result<Exhibition> {
      auto exhibition = view.exhibitions().find(id);
      if (!exhibition) return refusal::NotFound{"exhibition", id.value()};
      return *std::move(exhibition);
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    const ReleaseAtTheEnd releasing(context.refusals.releases());
    return command.apply(replay, [&](UnitOfWork& unit) -> Result<Exhibition> {
      const auto exhibition = unit.exhibitions().find_for_update(id);
      if (!exhibition) return refusal::NotFound{"exhibition", id.value()};
      Result<Exhibition> next = decide(*exhibition, command.now());
      if (!next || next->version == exhibition->version) return next;
      unit.exhibitions().save(*next);
      unit.log().append(command.event(make_event(*next), next->version));
      return next;
    });
  });
}

}  // namespace

Result<Registered> Catalogue::register_exhibition(const NewExhibition& wanted,
                                                  const CommandOptions& options) {
  return at_the_desk(context_, [&]() -> Result<Registered> {
    const IdempotentCommand command(context_, "register_exhibition", options,
                                    fingerprint_of(wanted));
    const auto replay = [&](const ReadView& view, std::int64_t id) -> Result<Registered> {
      auto exhibition = view.exhibitions().find(ExhibitionId{id});
      if (!exhibition) return refusal::NotFound{"exhibition", id};
      return Registered{*std::move(exhibition), session_ids(view, ExhibitionId{id}), true};
    };
    if (auto known = command.answered(replay)) return *std::move(known);
    if (const auto checked = check(wanted); !checked) return checked.error();

    const Exhibition made{.id = context_.ids.draw<ExhibitionId>(),
                          .title = wanted.title,
                          .kind = wanted.kind,
                          .status = wanted.status,
                          .rules = wanted.rules};
    std::vector<Session> sessions;
    for (const auto& session : wanted.sessions) {
      sessions.push_back(make_session(context_.ids.draw<SessionId>(), made.id, session));
    }
    auto answer = command.apply(replay, [&](UnitOfWork& unit) -> Result<Registered> {
      unit.exhibitions().add(made);
      unit.log().append(command.event(facts::registered(made), made.version));
      for (const auto& session : sessions) {
        unit.sessions().add(session);
        unit.log().append(command.event(facts::added(session), session.version));
      }
      return Registered{made, session_ids(unit, made.id)};
    });
    context_.ids.settle(answer, made.id);
    for (const auto& session : sessions) context_.ids.settle(answer, session.id);
    return answer;
  });
}

Result<Exhibition> Catalogue::update(ExhibitionId id, const ExhibitionUpdate& update,
                                     const CommandOptions& options) {
  Fingerprint print;
  print.add(id).add(update.title).add(update.kind).add(update.expected_version);
  if (update.rules) add(print, *update.rules);
  return change(
      context_, "update", id, options, print,
      [&](const Exhibition& exhibition, Instant) { return exhibition.update(update); },
      [](const Exhibition& changed) -> Event { return facts::updated(changed); });
}

Result<Exhibition> Catalogue::suspend(ExhibitionId id, const CommandOptions& options) {
  return change(
      context_, "suspend", id, options, Fingerprint().add(id),
      [](const Exhibition& exhibition, Instant) { return exhibition.suspend(); },
      [](const Exhibition& changed) -> Event { return ExhibitionSuspended{changed.id}; });
}

Result<Exhibition> Catalogue::resume(ExhibitionId id, const CommandOptions& options) {
  return change(
      context_, "resume", id, options, Fingerprint().add(id),
      [](const Exhibition& exhibition, Instant) { return exhibition.resume(); },
      [](const Exhibition& changed) -> Event { return ExhibitionResumed{changed.id}; });
}

Result<Exhibition> Catalogue::withdraw(ExhibitionId id, const CommandOptions& options) {
  return change(
      context_, "withdraw", id, options, Fingerprint().add(id),
      [](const Exhibition& exhibition, Instant now) { return exhibition.withdraw(now); },
      [](const Exhibition& changed) -> Event {
        return ExhibitionWithdrawn{changed.id, *changed.withdrawn_at};
      });
}

Result<Exhibition> Catalogue::find(ExhibitionId id) const {
  return at_the_desk(context_, [&] {
    return read(*context_.storage, [&](const ReadView& view) -> Result<Exhibition> {
      auto exhibition = view.exhibitions().find(id);
      if (!exhibition) return refusal::NotFound{"exhibition", id.value()};
      return *std::move(exhibition);
    });
  });
}

Result<Page<Exhibition, ExhibitionId>> Catalogue::list(
    const PageRequest<ExhibitionId>& request) const {
  return at_the_desk(context_, [&]() -> Result<Page<Exhibition, ExhibitionId>> {
    if (const auto checked = check(request); !checked) return checked.error();
    return read(*context_.storage, [&](const ReadView& view) {
      return make_page(
          request,
          [&](std::size_t limit) {
            return view.exhibitions().list(request.after.value_or(ExhibitionId{}), limit);
          },
          [](const Exhibition& last) { return last.id; });
    });
  });
}

}  // namespace exhibition
