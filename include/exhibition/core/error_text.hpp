#pragma once

#include "exhibition/core/error.hpp"

/// The words of an Error: what `to_string` and `message` say.

namespace exhibition {

inline std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::not_found: return "not_found";
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::illegal_transition: return "illegal_transition";
    case Errc::exhibition_not_open: return "exhibition_not_open";
    case Errc::session_closed: return "session_closed";
    case Errc::session_cancelled: return "session_cancelled";
    case Errc::session_over: return "session_over";
    case Errc::sales_not_open: return "sales_not_open";
    case Errc::sales_closed: return "sales_closed";
    case Errc::sold_out: return "sold_out";
    case Errc::party_too_large: return "party_too_large";
    case Errc::member_limit: return "member_limit";
    case Errc::hold_expired: return "hold_expired";
    case Errc::hold_max_reached: return "hold_max_reached";
    case Errc::cutoff_passed: return "cutoff_passed";
    case Errc::already_admitted: return "already_admitted";
    case Errc::voucher_deactivated: return "voucher_deactivated";
    case Errc::already_redeemed: return "already_redeemed";
    case Errc::idempotency_mismatch: return "idempotency_mismatch";
    case Errc::version_conflict: return "version_conflict";
    case Errc::overloaded: return "overloaded";
    case Errc::circuit_open: return "circuit_open";
    case Errc::timeout: return "timeout";
    case Errc::closed: return "closed";
    case Errc::log_diverged: return "log_diverged";
    case Errc::history_truncated: return "history_truncated";
    case Errc::unknown_version: return "unknown_version";
    case Errc::storage_failure: return "storage_failure";
  }
  return "unknown";
}

namespace refusal {

inline std::string text(const NotFound& no) {
  std::string text = "no such " + std::string(no.what);
  if (no.id != 0) text += ": " + std::to_string(no.id);
  return text;
}

inline std::string text(const InvalidArgument& no) {
  std::string text(no.field);
  if (no.index) text += " of number " + std::to_string(*no.index + 1);
  return text + ": " + std::string(no.rule);
}

inline std::string text(const IllegalTransition& no) {
  return "not possible: it is " + std::string(no.from);
}

inline std::string text(const ExhibitionNotOpen&) { return "the exhibition takes no reservations"; }
inline std::string text(const SessionClosed&) { return "the session is closed"; }
inline std::string text(const SessionCancelled&) { return "the session is cancelled"; }
inline std::string text(const SessionOver&) { return "the session is over"; }

inline std::string text(const SalesNotOpen& no) {
  return "sales open at " + exhibition::to_string(no.opens_at);
}

inline std::string text(const SalesClosed&) { return "sales are closed"; }

inline std::string text(const SoldOut& no) {
  return "sold out: " + std::to_string(no.requested) + " requested, " + std::to_string(no.free) +
         " free";
}

inline std::string text(const PartyTooLarge& no) {
  return "a reservation takes at most " + std::to_string(no.max) + " places";
}

inline std::string text(const MemberLimit& no) {
  return "the member has " + std::to_string(no.used) + " of at most " + std::to_string(no.limit) +
         " places";
}

inline std::string text(const HoldExpired& no) {
  return "the hold expired at " + exhibition::to_string(no.at);
}

inline std::string text(const HoldMaxReached& no) {
  return "the hold can last until " + exhibition::to_string(no.until) + " at most";
}

inline std::string text(const CutoffPassed& no) {
  return "cancelling was possible before " + exhibition::to_string(no.at);
}

inline std::string text(const AlreadyAdmitted&) { return "someone of the party is already in"; }
inline std::string text(const VoucherDeactivated&) { return "the voucher is deactivated"; }

inline std::string text(const AlreadyRedeemed& no) {
  std::string text = "the voucher admits " + std::to_string(no.admits) + " and has admitted " +
                     std::to_string(no.admitted);
  if (no.last_at) text += ", last at " + exhibition::to_string(*no.last_at);
  return text;
}

inline std::string text(const IdempotencyMismatch&) {
  return "the idempotency key was used for another request";
}

inline std::string text(const VersionConflict& no) {
  return "it is at version " + std::to_string(no.actual) + ", not " + std::to_string(no.expected) +
         ": read it again";
}

/// What follows a refusal that says when to come back.
inline std::string hint(const std::optional<std::chrono::milliseconds>& retry_after) {
  if (!retry_after) return "";
  return ": come back in " + std::to_string(retry_after->count()) + " ms";
}

inline std::string text(const Overloaded& no) {
  return "too much is going on" + hint(no.retry_after);
}

inline std::string text(const CircuitOpen& no) {
  return "what this needs is out of order (" + std::string(no.state) + ")" + hint(no.retry_after);
}

inline std::string text(const Timeout& no) { return "not done in time" + hint(no.retry_after); }

inline std::string text(const Closed&) { return "the engine is closed"; }

inline std::string text(const LogDiverged& no) {
  return "the log does not hold the event at position " + std::to_string(no.position) +
         " that a follower or an archive has: it is another log, or an older copy";
}

inline std::string text(const HistoryTruncated& no) {
  return "the events after position " + std::to_string(no.position) + " up to " +
         std::to_string(no.floor) + " are needed, and there is no archive that has them";
}

inline std::string text(const UnknownVersion& no) {
  return "the event at position " + std::to_string(no.position) + " is of schema version " +
         std::to_string(no.schema_version) +
         ", which this version of the library does not know: run the one that wrote it, or a later "
         "one";
}

inline std::string text(const StorageFailure& no) { return no.cause; }

}  // namespace refusal

inline std::optional<std::chrono::milliseconds> Error::retry_after() const {
  return std::visit(
      [](const auto& refusal) -> std::optional<std::chrono::milliseconds> {
        if constexpr (requires { refusal.retry_after; }) {
          return refusal.retry_after;
        } else {
          return std::nullopt;
        }
      },
      detail);
}

inline std::string Error::message() const {
  return std::visit([](const auto& refusal) { return refusal::text(refusal); }, detail);
}

inline std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << to_string(error.code) << ": " << error.message();
}

}  // namespace exhibition
