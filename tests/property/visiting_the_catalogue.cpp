#include <rapidcheck.h>

#include <set>
#include <string>

#include "property/requests.hpp"
#include "property/visitor.hpp"

namespace exhibition::tests {

void Visitor::register_one(const Command& command) {
  NewExhibition wanted{
      .title = command.a == 255 ? "" : "Monet",
      .kind = "gallery",
      .status = command.a % 16 == 7 ? ExhibitionStatus::suspended : ExhibitionStatus::open,
      .rules = rules_of(command.a)};
  for (std::uint8_t i = 0; i < command.b % 3; ++i) {
    wanted.sessions.push_back(session_of(static_cast<std::uint8_t>(command.which + i), command.a));
  }
  Against reasons;
  if (wanted.title.empty()) reasons.insert(Errc::invalid_argument);
  for (const auto& session : wanted.sessions) reasons.merge(against(session));
  std::string request =
      text_of("register", wanted.title, static_cast<int>(wanted.status), command.a % 4);
  for (const auto& session : wanted.sessions) request += request_text(session);
  const auto mine = turn(command, request);
  const auto answer = museum_.catalogue().register_exhibition(wanted, mine.options);
  if (!is_applied(mine, answer, reasons)) {
    if (answer)
      RC_ASSERT(answer->replayed && answer->exhibition.id.value() == mine.known->aggregate);
    return;
  }
  const auto id = answer->exhibition.id;
  remember(mine, id.value());
  model_.exhibitions[id] = {.id = id,
                            .title = wanted.title,
                            .kind = wanted.kind,
                            .status = wanted.status,
                            .rules = wanted.rules};
  // The answer has the sessions in the order of their start; the ids were drawn in the order of the
  // request.
  std::set<SessionId> ids(answer->sessions.begin(), answer->sessions.end());
  RC_ASSERT(ids.size() == wanted.sessions.size());
  auto next = ids.begin();
  for (const auto& session : wanted.sessions) {
    model_.sessions[*next] = made_of(session, *next, id);
    ++next;
  }
}

void Visitor::change_exhibition(const Command& command) {
  auto& exhibition = pick(model_.exhibitions, command.which);
  auto& desk = museum_.catalogue();
  Exhibition next = exhibition;
  Against reasons;
  const bool is_withdrawn = exhibition.status == ExhibitionStatus::withdrawn;
  if (is_withdrawn && command.kind != Kind::withdraw) reasons.insert(Errc::illegal_transition);
  const bool has_details = command.kind == Kind::update;
  const std::int64_t expected = exhibition.version + (command.b % 3 == 2 ? 1 : 0);
  const auto mine = turn(command, text_of(to_string(command.kind), exhibition.id.value(),
                                          has_details ? command.a % 4 : 0,
                                          has_details && command.a % 4 == 1 ? command.b % 4 : 0,
                                          has_details && command.b % 3 > 0 ? expected : 0));
  const auto answer = [&]() -> Result<Exhibition> {
    if (command.kind == Kind::suspend) {
      next.status = ExhibitionStatus::suspended;
      return desk.suspend(exhibition.id, mine.options);
    }
    if (command.kind == Kind::resume) {
      next.status = ExhibitionStatus::open;
      return desk.resume(exhibition.id, mine.options);
    }
    if (command.kind == Kind::withdraw) {
      next.status = ExhibitionStatus::withdrawn;
      if (!is_withdrawn) next.withdrawn_at = model_.now;
      return desk.withdraw(exhibition.id, mine.options);
    }
    ExhibitionUpdate change;
    if (command.a % 4 == 0) change.title = next.title = "Picasso";
    if (command.a % 4 == 1) change.rules = next.rules = rules_of(command.b);
    if (command.a % 4 == 2) change.kind = std::string(65, 'x');
    if (command.b % 3 > 0) change.expected_version = expected;
    if (change.kind) reasons.insert(Errc::invalid_argument);
    if (expected != exhibition.version) reasons.insert(Errc::version_conflict);
    return desk.update(exhibition.id, change, mine.options);
  }();
  if (is_applied(mine, answer, reasons)) {
    remember(mine, exhibition.id.value());
    if (next != exhibition) ++next.version;
    exhibition = next;
  }
  if (answer) RC_ASSERT(*answer == exhibition);
}

void Visitor::add_session(const Command& command) {
  const auto& exhibition = pick(model_.exhibitions, command.which);
  const auto wanted = session_of(command.a, command.b);
  Against reasons = against(wanted);
  if (exhibition.status == ExhibitionStatus::withdrawn) reasons.insert(Errc::illegal_transition);
  const auto mine =
      turn(command, text_of("add_session", exhibition.id.value(), request_text(wanted)));
  const auto answer = museum_.catalogue().add_session(exhibition.id, wanted, mine.options);
  if (!is_applied(mine, answer, reasons)) return;
  RC_ASSERT(!model_.sessions.contains(answer->id));
  remember(mine, answer->id.value());
  model_.sessions[answer->id] = made_of(wanted, answer->id, exhibition.id);
}

void Visitor::change_session(const Command& command) {
  if (model_.sessions.empty() || command.which == nothing) {
    RC_ASSERT(museum_.catalogue().close(SessionId{999}).error().code == Errc::not_found);
    return;
  }
  auto& session = pick(model_.sessions, command.which);
  auto& desk = museum_.catalogue();
  const auto wanted = session_of(command.a, command.b);
  const std::int64_t expected = session.version + (command.b % 3 == 2 ? 1 : 0);
  Session next = session;
  Against reasons;
  const bool is_cancelled = session.status == SessionStatus::cancelled;
  if (is_cancelled && command.kind != Kind::cancel_session) reasons.insert(Errc::session_cancelled);
  if (model_.exhibition_of(session).status == ExhibitionStatus::withdrawn) {
    reasons.insert(Errc::illegal_transition);
  }
  std::string request = text_of(to_string(command.kind), session.id.value());
  if (command.kind == Kind::update_session) {
    auto times = wanted;
    times.capacity = std::nullopt;
    request += request_text(times) + text_of(command.b % 3 > 0 ? expected : 0);
  }
  if (command.kind == Kind::set_capacity) request += text_of(command.b % 6);
  const auto mine = turn(command, request);
  const auto answer = [&]() -> Result<Session> {
    if (command.kind == Kind::close) {
      next.status = SessionStatus::closed;
      return desk.close(session.id, mine.options);
    }
    if (command.kind == Kind::reopen) {
      next.status = SessionStatus::open;
      return desk.reopen(session.id, mine.options);
    }
    if (command.kind == Kind::set_capacity) {
      next.capacity = wanted.capacity;
      if (wanted.capacity == 0U) reasons.insert(Errc::invalid_argument);
      return desk.set_capacity(session.id, wanted.capacity, mine.options);
    }
    if (command.kind == Kind::cancel_session) {
      if (!is_cancelled) {
        if (model_.is_over(session, model_.now)) reasons.insert(Errc::session_over);
        next.status = SessionStatus::cancelled;
        next.cancelled_at = model_.now;
      }
      return desk.cancel_session(session.id, mine.options);
    }
    auto times = wanted;
    times.capacity = 1;
    reasons.merge(against(times));
    next.times = made_of(wanted, {}, {}).times;
    SessionUpdate change{.times = next.times};
    if (command.b % 3 > 0) change.expected_version = expected;
    if (expected != session.version) reasons.insert(Errc::version_conflict);
    return desk.update_session(session.id, change, mine.options);
  }();
  if (is_applied(mine, answer, reasons)) {
    remember(mine, session.id.value());
    if (next != session) ++next.version;
    session = next;
  }
}

}  // namespace exhibition::tests
