#pragma once

#include <string_view>
#include <vector>

#include "exhibition/application/command.hpp"
#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/voucher.hpp"

namespace exhibition {

struct Context;

/// The desk at the gates. It activates a voucher when a reservation is confirmed and deactivates it
/// when that is cancelled or expires, as it follows the log: see EventFeed::pump. Codes are taken
/// as typed or scanned: in lower case, with hyphens and spaces, O for 0, I and L for 1.
/// Errors: every call may answer closed and storage_failure, every command
/// invalid_argument{idempotency_key, actor, correlation_id} and idempotency_mismatch, and every
/// list invalid_argument{limit} unless it is 1 to 1,000.
/// Threads: any.
class [[gnu::visibility("default")]] VoucherDesk {
 public:
  explicit VoucherDesk(Context& context) : context_(context) {}

  /// Lets persons in, before the session starts as well. Give a key, so that a scan sent twice lets
  /// in once.
  /// Errors: invalid_argument{gate, count}; not_found; voucher_deactivated, also when only the
  /// reservation is no longer good; session_over; already_redeemed when fewer are left than asked
  /// for.
  /// Effects: VoucherRedeemed.
  Result<Voucher> redeem(std::string_view code, const RedeemRequest& request = {},
                         const CommandOptions& options = {});

  /// Takes the voucher's last redemption back.
  /// Errors: not_found; voucher_deactivated; illegal_transition when there is none.
  /// Effects: RedemptionUndone.
  Result<Voucher> undo_redeem(std::string_view code, const CommandOptions& options = {});

  /// Errors: not_found.
  [[nodiscard]] Result<Voucher> find(std::string_view code) const;

  /// Every voucher that the reservation has had, in the order of their ids; none is an answer.
  [[nodiscard]] Result<std::vector<Voucher>> of(ReservationId reservation) const;

  /// In the order of their ids.
  [[nodiscard]] Result<Page<Voucher, VoucherId>> list(const PageRequest<VoucherId>& page = {})
      const;

 private:
  Context& context_;
};

}  // namespace exhibition
