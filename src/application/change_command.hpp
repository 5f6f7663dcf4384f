#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "booking_store.hpp"
#include "context.hpp"
#include "exhibition/domain/reservation.hpp"
#include "fingerprint.hpp"
#include "idempotent_command.hpp"

namespace exhibition {

/// What changes a reservation, on its way: `decide(unit, booking, now)` gives the reservation as it is
/// to be, and `make_event(booking)` says so if that changes anything. As carry_out and Submission take
/// it.
template <class Decide, class MakeEvent>
class ChangeCommand {
 public:
  using Answer = Result<Reservation>;

  /// The options outlive it.
  ChangeCommand(Context& context, std::string_view kind, ReservationId id,
                const CommandOptions& options, const Fingerprint& request, Decide decide,
                MakeEvent make_event)
      : context_(context),
        id_(id),
        command_(context, kind, options, request),
        decide_(std::move(decide)),
        make_event_(std::move(make_event)) {}

  [[nodiscard]] const IdempotentCommand& command() const { return command_; }
  [[nodiscard]] std::optional<Answer> known(const ReadView& view) const {
    return command_.known(view, replay());
  }
  [[nodiscard]] static Result<void> admit() { return {}; }
  [[nodiscard]] static Result<void> prepare() { return {}; }
  [[nodiscard]] static bool try_prepare() { return true; }
  [[nodiscard]] Answer run(UnitOfWork& unit) {
    return command_.run(unit, replay(), [this](UnitOfWork& taken) { return change(taken); });
  }
  void finish(const Answer&) {
    if (freed_) context_.refusals.releases().release(*freed_);
  }

 private:
  [[nodiscard]] auto replay() const {
    return [this](const ReadView& view, std::int64_t) -> Answer {
      const auto booking = find_booking(view, id_);
      if (!booking) return refusal::NotFound{"reservation", id_.value()};
      return booking->shown(command_.now());
    };
  }

  [[nodiscard]] Answer change(UnitOfWork& unit) {
    auto booking = find_booking_for_update(unit, id_);
    if (!booking) return refusal::NotFound{"reservation", id_.value()};
    Answer next = decide_(unit, *booking, command_.now());
    if (!next || next->version == booking->reservation.version) return next;
    if (!next->is_live()) {
      freed_ = booking->session.id;
      unit.sessions().save(booking->session.release(next->places));
    }
    unit.reservations().save(*next);
    booking->reservation = *next;
    unit.log().append(command_.event(make_event_(*booking), next->version));
    return next;
  }

  Context& context_;
  ReservationId id_;
  IdempotentCommand command_;
  Decide decide_;
  MakeEvent make_event_;
  std::optional<SessionId> freed_;  ///< places of it, if all went well
};

}  // namespace exhibition
