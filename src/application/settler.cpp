#include "settler.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "booking_store.hpp"
#include "unreadable.hpp"

namespace exhibition {
namespace {

/// So many reservations are settled in one unit: what others may have to wait for.
constexpr std::size_t settled_at_once = 64;

/// Events that are no closings are passed without a commit, up to so many: after a restart they are
/// passed again.
constexpr std::int64_t passed_unsaved_at_most = 1024;

}  // namespace

std::size_t Settler::settle_holds(Instant now, std::size_t at_most) {
  std::size_t settled = 0;
  while (settled < at_most) {
    const auto ids = read(storage_, [&](const ReadView& view) {
      std::vector<ReservationId> found;
      for (const auto& hold :
           view.reservations().holds_past(now, std::min(settled_at_once, at_most - settled))) {
        found.push_back(hold.id);
      }
      return found;
    });
    if (ids.empty()) break;
    settled += settle_all(ids, now);
  }
  return settled;
}

std::size_t Settler::settle_closings(Instant now, std::size_t at_most) {
  std::size_t settled = 0;
  while (settled < at_most && (closing_ || find_closing())) {
    const auto ids = read(storage_, [&](const ReadView& view) {
      return next_of_closing(view, std::min(settled_at_once, at_most - settled));
    });
    if (!ids.empty()) {
      try {
        settled += settle_all(ids, now);
      } catch (...) {
        closing_.reset();  // they are found again from the start
        throw;
      }
    }
    if (closing_->is_done) {
      pass(closing_->position);
      save();
      closing_.reset();
    }
  }
  return settled;
}

bool Settler::find_closing() {
  for (;;) {
    const auto found = read(storage_, [&](const ReadView& view) {
      if (const auto known = view.followers().find(name)) saved_ = known->position;
      passed_ = std::max(passed_, saved_);
      return view.log().slice(passed_, 256,
                              EventTypes::of<ExhibitionWithdrawn, SessionCancelled>());
    });
    if (found.seen == 0) return false;
    if (!found.events.empty()) {
      if (auto why = unreadable(found.events.front())) throw Exception(*std::move(why));
      closing_ = closing_of(found.events.front());
      return true;
    }
    pass(found.end);
    if (passed_.value() - saved_.value() >= passed_unsaved_at_most) save();
  }
}

Settler::Closing Settler::closing_of(const Envelope& envelope) {
  if (const auto* withdrawn = std::get_if<ExhibitionWithdrawn>(&envelope.event)) {
    return {envelope.position, withdrawn->exhibition};
  }
  const auto& cancelled = std::get<SessionCancelled>(envelope.event);
  return {envelope.position, cancelled.exhibition, cancelled.session};
}

void Settler::pass(Position position) { passed_ = std::max(passed_, position); }

void Settler::save() {
  transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    const auto known = unit.followers().find(name);
    if (!known || known->position < passed_) unit.followers().save(name, {passed_, passed_});
    return {};
  }).value();
}

std::vector<ReservationId> Settler::next_of_closing(const ReadView& view, std::size_t at_most) {
  std::vector<ReservationId> due;
  const auto exhibition = view.exhibitions().find(closing_->exhibition);
  while (exhibition && due.size() < at_most) {
    std::optional<Session> session;
    if (closing_->only) {
      session = view.sessions().find(*closing_->only);
    } else if (auto found =
                   view.sessions().list(exhibition->id, closing_->session, Instant::max(), 1);
               !found.empty()) {
      session = std::move(found.front());
    }
    if (!session) break;
    if (session->taken > 0) collect(view, *session, *exhibition, at_most, due);
    if (due.size() == at_most) return due;
    closing_->session = {session->times.starts_at, session->id};
    closing_->reservation = {};
    if (closing_->only) break;
  }
  closing_->is_done = due.size() < at_most;
  return due;
}

void Settler::collect(const ReadView& view, const Session& session, const Exhibition& exhibition,
                      std::size_t at_most, std::vector<ReservationId>& due) {
  if (!session.closure(exhibition)) return;
  for (bool more = true; more;) {
    const auto batch =
        view.reservations().list_of(session.id, closing_->reservation, settled_at_once);
    more = batch.size() == settled_at_once;
    for (const auto& reservation : batch) {
      if (due.size() == at_most) return;
      closing_->reservation = reservation.id;
      if (reservation.is_live()) due.push_back(reservation.id);
    }
  }
}

/// What was due is settled for good, even where the clock steps back: its places are free from now on.
std::size_t Settler::settle_all(const std::vector<ReservationId>& ids, Instant now) {
  std::vector<SessionId> freed;
  const auto settled = transact(storage_, [&](UnitOfWork& unit) -> Result<std::size_t> {
    std::size_t count = 0;
    for (const auto id : ids) {
      const auto booking = find_booking_for_update(unit, id);
      const auto due = booking ? booking->due(now) : std::nullopt;
      if (!due) continue;
      unit.sessions().save(settle(unit, *booking, *due, now));
      freed.push_back(booking->session.id);
      ++count;
    }
    return count;
  });
  for (const auto session : freed) releases_.release(session);
  return settled.value();
}

}  // namespace exhibition
