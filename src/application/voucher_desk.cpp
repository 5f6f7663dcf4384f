#include "exhibition/application/voucher_desk.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "booking_store.hpp"
#include "context.hpp"
#include "exhibition/domain/facts.hpp"
#include "idempotent_command.hpp"
#include "paging.hpp"

namespace exhibition {
namespace {

Result<Voucher> find_in(const ReadView& view, std::string_view typed) {
  const auto code = parse_voucher_code(typed);
  auto voucher = code ? view.vouchers().find_by_code(*code) : std::nullopt;
  if (!voucher) return refusal::NotFound{"voucher"};
  return *std::move(voucher);
}

/// The same for every spelling of a code.
std::string spelled(std::string_view typed) {
  return parse_voucher_code(typed).value_or(std::string(typed));
}

/// Applies a pure decision to the voucher with this code and appends `make_event(before, after,
/// reservation)`.
template <class Decide, class MakeEvent>
Result<Voucher> change(Context& context, std::string_view kind, std::string_view code,
                       const CommandOptions& options, const Fingerprint& request, Decide decide,
                       MakeEvent make_event) {
  return at_the_desk(context, [&]() -> Result<Voucher> {
    const IdempotentCommand command(context, kind, options, request);
    const auto replay = [&](const ReadView& view, std::int64_t) { return find_in(view, code); };
    if (auto known = command.answered(replay)) return *std::move(known);
    return command.apply(replay, [&](UnitOfWork& unit) -> Result<Voucher> {
      const auto seen = find_in(unit, code);
      if (!seen) return seen;
      const auto voucher = unit.vouchers().find_for_update(seen->id);
      const auto booking = find_booking(unit, seen->reservation);
      if (!voucher || !booking) return refusal::NotFound{"voucher"};
      Result<Voucher> next = decide(*voucher, *booking, command.now());
      if (!next) return next;
      unit.vouchers().save(*next);
      unit.log().append(
          command.event(make_event(*voucher, *next, booking->reservation), next->version));
      return next;
    });
  });
}

}  // namespace

Result<Voucher> VoucherDesk::redeem(std::string_view code, const RedeemRequest& request,
                                    const CommandOptions& options) {
  return change(
      context_, "redeem", code, options,
      Fingerprint().add(spelled(code)).add(request.gate).add(request.count),
      [&](const Voucher& voucher, const Booking& booking, Instant now) {
        return voucher.redeem(request, booking, now);
      },
      [](const Voucher&, const Voucher& changed, const Reservation& of) -> Event {
        return facts::redeemed(changed, of);
      });
}

Result<Voucher> VoucherDesk::undo_redeem(std::string_view code, const CommandOptions& options) {
  return change(
      context_, "undo_redeem", code, options, Fingerprint().add(spelled(code)),
      [](const Voucher& voucher, const Booking& booking, Instant now) {
        return voucher.undo_redeem(booking, now);
      },
      [](const Voucher& before, const Voucher& changed, const Reservation& of) -> Event {
        return facts::undone(before, changed, of);
      });
}

Result<Voucher> VoucherDesk::find(std::string_view code) const {
  return at_the_desk(context_, [&] {
    return read(*context_.storage, [&](const ReadView& view) { return find_in(view, code); });
  });
}

Result<std::vector<Voucher>> VoucherDesk::of(ReservationId reservation) const {
  return at_the_desk(context_, [&]() -> Result<std::vector<Voucher>> {
    return read(*context_.storage,
                [&](const ReadView& view) { return view.vouchers().list_of(reservation); });
  });
}

Result<Page<Voucher, VoucherId>> VoucherDesk::list(const PageRequest<VoucherId>& request) const {
  return at_the_desk(context_, [&]() -> Result<Page<Voucher, VoucherId>> {
    if (const auto checked = check(request); !checked) return checked.error();
    return read(*context_.storage, [&](const ReadView& view) {
      return make_page(
          request,
          [&](std::size_t limit) {
            return view.vouchers().list(request.after.value_or(VoucherId{}), limit);
          },
          [](const Voucher& last) { return last.id; });
    });
  });
}

}  // namespace exhibition
