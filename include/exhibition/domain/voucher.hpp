#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/core/result.hpp"
#include "exhibition/core/text.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/reservation.hpp"

namespace exhibition {

enum class VoucherStatus : std::uint8_t { active, deactivated };

[[nodiscard]] constexpr std::string_view to_string(VoucherStatus status) {
  switch (status) {
    case VoucherStatus::active: return "active";
    case VoucherStatus::deactivated: return "deactivated";
  }
  return "unknown";
}

namespace crockford {

inline constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace crockford

/// The code of 128 random bits: 26 characters that people can read out, without I, L, O and U.
/// Source: Douglas Crockford, Base 32.
[[nodiscard]] inline std::string make_voucher_code(std::uint64_t high, std::uint64_t low) {
  std::string code(26, '0');
  for (std::size_t i = code.size(); i-- > 0;) {
    code[i] = crockford::digits[low & 31U];
    low = low >> 5U | high << 59U;
    high >>= 5U;
  }
  return code;
}

/// A code as typed or scanned, in its one written form: lower case, hyphens, spaces, and I, L, O
/// for 1, 1, 0 are accepted. None if it cannot be a code.
[[nodiscard]] inline std::optional<std::string> parse_voucher_code(std::string_view typed) {
  std::string code;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (crockford::digits.find(c) == std::string_view::npos || code.size() == 26)
      return std::nullopt;
    code += c;
  }
  if (code.size() != 26) return std::nullopt;
  return code;
}

/// Some persons let in at once.
struct Redemption {
  Instant at;
  std::string gate = {};
  std::uint32_t count = 1;

  friend bool operator==(const Redemption&, const Redemption&) = default;
};

/// What a gate asks for: to let `count` persons in.
struct RedeemRequest {
  std::string gate = {};  ///< 0 to 64 bytes of UTF-8, the host's name for it
  std::uint32_t count = 1;
};

/// Errors: invalid_argument{gate, count}.
[[nodiscard]] inline Result<void> check(const RedeemRequest& request) {
  if (request.gate.size() > 64 || !is_utf8(request.gate)) {
    return refusal::InvalidArgument{"gate", "must be at most 64 bytes of UTF-8"};
  }
  if (request.count == 0) return refusal::InvalidArgument{"count", "must be at least 1"};
  return {};
}

/// The right to enter. Its code is a bearer secret: whoever shows it gets in.
/// Threads: a value.
struct Voucher {
  VoucherId id;
  ReservationId reservation;
  std::string code;
  std::uint32_t admits = 1;
  std::uint32_t admitted = 0;
  VoucherStatus status = VoucherStatus::active;
  std::vector<Redemption> redemptions = {};
  std::int64_t version = 1;

  friend bool operator==(const Voucher&, const Voucher&) = default;

  /// Lets persons in. The reservation decides as well, so that a desk that lags admits nobody whose
  /// reservation is no longer good.
  /// Errors: invalid_argument; voucher_deactivated; session_over; already_redeemed.
  [[nodiscard]] Result<Voucher> redeem(const RedeemRequest& request, const Booking& booking,
                                       Instant now) const {
    if (const auto checked = check(request); !checked) return checked.error();
    if (const auto valid = check_valid(booking, now); !valid) return valid.error();
    if (booking.session.is_over(now)) return refusal::SessionOver{};
    if (request.count > admits - admitted) {
      return refusal::AlreadyRedeemed{
          admits, admitted,
          redemptions.empty() ? std::nullopt : std::optional(redemptions.back().at)};
    }
    Voucher next = *this;
    next.redemptions.push_back({now, request.gate, request.count});
    next.admitted += request.count;
    ++next.version;
    return next;
  }

  /// Takes back the last redemption.
  /// Errors: voucher_deactivated; illegal_transition when nobody was admitted.
  [[nodiscard]] Result<Voucher> undo_redeem(const Booking& booking, Instant now) const {
    if (const auto valid = check_valid(booking, now); !valid) return valid.error();
    if (redemptions.empty()) return refusal::IllegalTransition{"not redeemed"};
    Voucher next = *this;
    next.admitted -= next.redemptions.back().count;
    next.redemptions.pop_back();
    ++next.version;
    return next;
  }

  [[nodiscard]] Voucher deactivate() const {
    Voucher next = *this;
    next.status = VoucherStatus::deactivated;
    ++next.version;
    return next;
  }

 private:
  [[nodiscard]] Result<void> check_valid(const Booking& booking, Instant now) const {
    if (status != VoucherStatus::active || booking.status_at(now) != ReservationStatus::confirmed) {
      return refusal::VoucherDeactivated{};
    }
    return {};
  }
};

}  // namespace exhibition
