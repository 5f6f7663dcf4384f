#include "voucher_policy.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "booking_store.hpp"
#include "exhibition/domain/facts.hpp"
#include "exhibition/domain/voucher_reaction.hpp"

namespace exhibition {
namespace {

/// So many events are reacted to in one unit: what others may have to wait for.
constexpr std::size_t slice = 64;

std::optional<Voucher> active_of(const ReadView& view, ReservationId reservation) {
  for (auto& voucher : view.vouchers().list_of(reservation)) {
    if (voucher.status == VoucherStatus::active) return std::move(voucher);
  }
  return std::nullopt;
}

}  // namespace

std::size_t VoucherPolicy::run(Instant now, Position until, std::size_t at_most) {
  std::size_t followed = 0;
  while (followed < at_most) {
    auto events = log_.next(std::min(slice, at_most - followed));
    std::erase_if(events, [&](const Envelope& envelope) { return envelope.position > until; });
    if (events.empty()) break;
    const bool concerned = std::any_of(events.begin(), events.end(), [](const Envelope& envelope) {
      return concerns_vouchers(envelope.event);
    });
    if (concerned || log_.is_save_due()) react_to(events, now);
    log_.pass(events.back().position);
    followed += events.size();
  }
  return followed;
}

void VoucherPolicy::react_to(const std::vector<Envelope>& events, Instant now) {
  auto blanks = draw_blanks(events);
  transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    react_in(unit, events, blanks, now);
    return {};
  }).value();
  for (const auto& blank : blanks) {
    if (!blank.is_used) ids_.give_back(blank.id);
  }
}

std::vector<VoucherPolicy::Blank> VoucherPolicy::draw_blanks(const std::vector<Envelope>& events) {
  std::vector<Blank> blanks;
  for (const auto& envelope : events) {
    if (!std::holds_alternative<ReservationConfirmed>(envelope.event)) continue;
    const auto high = random_.bits();
    const auto low = random_.bits();
    blanks.push_back({ids_.draw<VoucherId>(), make_voucher_code(high, low)});
  }
  return blanks;
}

void VoucherPolicy::react_in(UnitOfWork& unit, const std::vector<Envelope>& events,
                             std::vector<Blank>& blanks, Instant now) const {
  const Position done = unit.followers().position(name);
  auto blank = blanks.begin();
  for (auto& each : blanks) each.is_used = false;
  for (const auto& envelope : events) {
    if (envelope.position <= done || !concerns_vouchers(envelope.event)) continue;
    const ReservationId id{envelope.aggregate.id};
    const auto booking = find_booking(unit, id);
    if (!booking) continue;
    const auto active = active_of(unit, id);
    switch (react(envelope.event, *booking, active.has_value(), now)) {
      case VoucherReaction::activate: {
        const Voucher issued{.id = blank->id,
                             .reservation = id,
                             .code = blank->code,
                             .admits = booking->reservation.places};
        blank->is_used = true;
        ++blank;
        unit.vouchers().add(issued);
        unit.log().append({facts::activated(issued, booking->reservation), issued.version, now});
        break;
      }
      case VoucherReaction::deactivate: {
        const Voucher ended = active->deactivate();
        unit.vouchers().save(ended);
        unit.log().append({facts::deactivated(ended, booking->reservation), ended.version, now});
        break;
      }
      case VoucherReaction::none: break;
    }
  }
  log_.save(unit, events.back().position);
}

}  // namespace exhibition
