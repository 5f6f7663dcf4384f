#include "voucher_policy.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "booking_store.hpp"
#include "exhibition/domain/facts.hpp"
#include "exhibition/domain/voucher_reaction.hpp"
#include "thrown.hpp"

namespace exhibition {
namespace {

std::optional<Voucher> active_of(const ReadView& view, ReservationId reservation) {
  for (auto& voucher : view.vouchers().list_of(reservation)) {
    if (voucher.status == VoucherStatus::active) return std::move(voucher);
  }
  return std::nullopt;
}

}  // namespace

Taken VoucherPolicy::take(const Batch& batch, Settle settle) {
  const Instant now = clock_.now();
  auto blanks = draw_blanks(batch.events);
  expect(exhibition::transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    for (auto& blank : blanks) blank.is_used = false;
    for (const auto& envelope : batch.events) react_to(unit, envelope, blanks, now);
    settle(unit.followers(), batch.events.size());
    return {};
  }));
  for (const auto& blank : blanks) {
    if (!blank.is_used) ids_.give_back(blank.id);
  }
  return {batch.events.size()};
}

void VoucherPolicy::transact(FunctionRef<void(Followers&)> work) {
  expect(exhibition::transact(storage_, [&](UnitOfWork& unit) -> Result<void> {
    work(unit.followers());
    return {};
  }));
}

void VoucherPolicy::read(FunctionRef<void(const Followers&)> reader) const {
  storage_.read([&](const ReadView& view) { reader(view.followers()); });
}

std::vector<VoucherPolicy::Blank> VoucherPolicy::draw_blanks(std::span<const Envelope> events) {
  const auto confirmed = std::count_if(events.begin(), events.end(), [](const Envelope& each) {
    return std::holds_alternative<ReservationConfirmed>(each.event);
  });
  std::vector<Blank> blanks;
  for (auto& code : draw_codes(static_cast<std::size_t>(confirmed))) {
    blanks.push_back({ids_.draw<VoucherId>(), std::move(code)});
  }
  return blanks;
}

/// A source that is seeded anew at every start begins with what it gave before.
std::vector<std::string> VoucherPolicy::draw_codes(std::size_t count) {
  constexpr std::size_t most_repetitions = 1000;
  std::vector<std::string> codes;
  std::set<std::string> drawn;
  for (std::size_t repetitions = 0; codes.size() < count;) {
    std::vector<std::string> fresh;
    while (codes.size() + fresh.size() < count) {
      const auto high = random_.bits();
      const auto low = random_.bits();
      fresh.push_back(make_voucher_code(high, low));
    }
    storage_.read([&](const ReadView& view) {
      for (auto& code : fresh) {
        if (!drawn.insert(code).second || view.vouchers().find_by_code(code)) {
          ++repetitions;
        } else {
          codes.push_back(std::move(code));
        }
      }
    });
    if (repetitions >= most_repetitions) {
      throw PortError("the random source repeats itself: the codes it gives are vouchers' already");
    }
  }
  return codes;
}

void VoucherPolicy::react_to(UnitOfWork& unit, const Envelope& envelope, std::vector<Blank>& blanks,
                             Instant now) {
  const ReservationId id{envelope.aggregate.id};
  const auto booking = find_booking(unit, id);
  if (!booking) return;
  const auto active = active_of(unit, id);
  switch (react(envelope.event, *booking, active.has_value(), now)) {
    case VoucherReaction::activate: {
      auto& blank = *std::find_if(blanks.begin(), blanks.end(),
                                  [](const Blank& each) { return !each.is_used; });
      const Voucher issued{.id = blank.id,
                           .reservation = id,
                           .code = blank.code,
                           .admits = booking->reservation.places};
      blank.is_used = true;
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

}  // namespace exhibition
