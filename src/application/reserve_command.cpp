#include "reserve_command.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "booking_store.hpp"
#include "exhibition/domain/facts.hpp"
#include "remote_catalogue.hpp"

namespace exhibition {

namespace {

/// Only who has a key is told apart by it.
Fingerprint fingerprint_of(const ReserveRequest& request, const CommandOptions& options) {
  Fingerprint print;
  if (options.idempotency_key.empty()) return print;
  return print.add(request.session)
      .add(request.member)
      .add(request.places)
      .add(request.hold.has_value())
      .add(request.hold ? request.hold->length : std::nullopt);
}

}  // namespace

ReserveCommand::ReserveCommand(Context& context, const ReserveRequest& request,
                               const CommandOptions& options)
    : context_(context),
      request_(request),
      command_(context, "reserve", options, fingerprint_of(request, options)) {}

std::optional<ReserveCommand::Answer> ReserveCommand::known(const ReadView& view) const {
  return command_.known(view, std::bind_front(&ReserveCommand::replay, this));
}

Result<void> ReserveCommand::admit() {
  if (const auto checked = check(request_); !checked) return checked;
  if (auto refused = context_.refusals.refusal(request_, command_.now())) return *refused;
  auto pass = context_.admission.enter();
  if (!pass) return pass.error();
  pass_.emplace(*std::move(pass));
  return {};
}

Result<void> ReserveCommand::prepare() {
  auto offer = context_.catalogue.offer(request_.session);
  if (!offer) return offer.error();
  offer_ = *std::move(offer);
  id_ = context_.ids.draw<ReservationId>();
  return {};
}

bool ReserveCommand::try_prepare() {
  if (context_.catalogue.is_elsewhere()) return false;
  id_ = context_.ids.try_draw<ReservationId>();
  return id_.has_value();
}

ReserveCommand::Answer ReserveCommand::run(UnitOfWork& unit) {
  releases_ = context_.refusals.releases().count(request_.session);
  refused_.reset();
  return command_.run(unit, std::bind_front(&ReserveCommand::replay, this),
                      std::bind_front(&ReserveCommand::reserve, this));
}

void ReserveCommand::finish(const Answer& answer) {
  if (id_) context_.ids.settle(answer, *id_);
  const bool is_in_doubt = !answer && answer.error().code == Errc::storage_failure;
  // What others have was changed, and a due hold settled for good, even where the clock steps back.
  if (answer || is_in_doubt) context_.refusals.releases().release(request_.session);
  if (refused_ && !is_in_doubt) context_.refusals.keep(*std::move(refused_), releases_);
}

ReserveCommand::Answer ReserveCommand::replay(const ReadView& view, std::int64_t id) const {
  const auto booking = find_booking(view, ReservationId{id});
  if (!booking) return refusal::NotFound{"reservation", id};
  return Reserved{booking->shown(command_.now()), true};
}

/// Decides, settles the holds whose places are taken, and writes.
ReserveCommand::Answer ReserveCommand::reserve(UnitOfWork& unit) {
  const Instant now = command_.now();
  const auto shown = Shown::find(unit, request_.session, offer_);
  if (!shown) return shown.error();
  const Session& session = shown->session();
  const Exhibition& exhibition = shown->exhibition();

  auto reservation = make_reservation(*id_, request_, exhibition, now);
  if (!reservation) return reservation.error();
  const auto party = session.check_party(exhibition, request_.places, now);
  if (!party) {
    remember(*shown);
    return party.error();
  }
  if (const auto limit = exhibition.rules.max_places_per_member; limit > 0) {
    const auto used = unit.reservations().limited_places(exhibition.id, request_.member, now);
    if (used + request_.places > limit) return refusal::MemberLimit{limit, used};
  }

  // As many holds as places are enough, for each has at least one; only an overbooked session needs
  // the sum of all.
  std::vector<Reservation> past;
  std::int64_t due = 0;
  if (session.needs_due_places(request_.places)) {
    past = unit.reservations().holds_past_of(session.id, now, request_.places);
    for (const auto& hold : past) due += hold.places;
    if (session.exceeds_capacity()) due = unit.reservations().places_past_of(session.id, now);
  }
  auto taken = session.reserve_places(request_.places, due);
  if (!taken) {
    remember_sold_out(unit, *shown, due, past.size());
    return taken.error();
  }
  for (auto& hold : past) {
    if (session.is_settled_enough(taken->taken)) break;
    const Booking booking{std::move(hold), *taken, exhibition};
    *taken = settle(unit, booking, *booking.due(now), now);
  }

  shown->save(unit, *taken);
  unit.reservations().add(*reservation);
  unit.log().append(command_.event(facts::made({*reservation, *taken, exhibition}), 1));
  return Reserved{*std::move(reservation)};
}

/// A catalogue elsewhere is asked each time.
void ReserveCommand::remember(const Shown& shown) {
  if (offer_) return;
  refused_ = {.exhibition = shown.exhibition(),
              .session = shown.session(),
              .due = std::nullopt,
              .at = command_.now()};
}

/// Until the next hold ends; `past` of them have ended already.
void ReserveCommand::remember_sold_out(const UnitOfWork& unit, const Shown& shown, std::int64_t due,
                                       std::size_t past) {
  const auto holds =
      unit.reservations().holds_past_of(shown.session().id, Instant::max(), past + 1);
  if (holds.size() > past && holds.back().expires_at <= command_.now()) return;
  remember(shown);
  if (!refused_) return;
  refused_->due = due;
  if (holds.size() > past) refused_->until = *holds.back().expires_at;
}

}  // namespace exhibition
