#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "exhibition/core/time.hpp"

namespace exhibition {

/// What to branch on. The codes are stable; the messages are not.
enum class Errc : std::uint8_t {
  not_found,
  invalid_argument,
  illegal_transition,
  exhibition_not_open,
  session_closed,
  session_cancelled,
  session_over,
  sales_not_open,
  sales_closed,
  sold_out,
  party_too_large,
  member_limit,
  hold_expired,
  hold_max_reached,
  cutoff_passed,
  already_admitted,
  voucher_deactivated,
  already_redeemed,
  idempotency_mismatch,
  version_conflict,
  overloaded,
  circuit_open,
  timeout,
  closed,
  log_diverged,
  history_truncated,
  unknown_version,
  storage_failure,
};

[[nodiscard]] std::string_view to_string(Errc code);

/// One struct for each code, with the facts a caller may want to act on. Every text in them but
/// StorageFailure::cause is a literal of the library, so that making a refusal allocates nothing.
namespace refusal {

/// Nothing of that kind has that id (0 where it was looked up by something else than an id).
struct NotFound {
  static constexpr Errc code = Errc::not_found;
  std::string_view what;
  std::int64_t id = 0;
  friend bool operator==(const NotFound&, const NotFound&) = default;
};

/// `field` breaks `rule`; `index` tells which element of a list it is in.
struct InvalidArgument {
  static constexpr Errc code = Errc::invalid_argument;
  std::string_view field;
  std::string_view rule;
  std::optional<std::size_t> index = std::nullopt;
  friend bool operator==(const InvalidArgument&, const InvalidArgument&) = default;
};

/// What was asked is not possible from the status `from`.
struct IllegalTransition {
  static constexpr Errc code = Errc::illegal_transition;
  std::string_view from;
  friend bool operator==(const IllegalTransition&, const IllegalTransition&) = default;
};

/// The exhibition is suspended or withdrawn.
struct ExhibitionNotOpen {
  static constexpr Errc code = Errc::exhibition_not_open;
  friend bool operator==(const ExhibitionNotOpen&, const ExhibitionNotOpen&) = default;
};

struct SessionClosed {
  static constexpr Errc code = Errc::session_closed;
  friend bool operator==(const SessionClosed&, const SessionClosed&) = default;
};

struct SessionCancelled {
  static constexpr Errc code = Errc::session_cancelled;
  friend bool operator==(const SessionCancelled&, const SessionCancelled&) = default;
};

struct SessionOver {
  static constexpr Errc code = Errc::session_over;
  friend bool operator==(const SessionOver&, const SessionOver&) = default;
};

struct SalesNotOpen {
  static constexpr Errc code = Errc::sales_not_open;
  Instant opens_at;
  friend bool operator==(const SalesNotOpen&, const SalesNotOpen&) = default;
};

struct SalesClosed {
  static constexpr Errc code = Errc::sales_closed;
  friend bool operator==(const SalesClosed&, const SalesClosed&) = default;
};

/// Units: places.
struct SoldOut {
  static constexpr Errc code = Errc::sold_out;
  std::uint32_t requested = 0;
  std::uint32_t free = 0;
  friend bool operator==(const SoldOut&, const SoldOut&) = default;
};

/// Units: places in one reservation.
struct PartyTooLarge {
  static constexpr Errc code = Errc::party_too_large;
  std::uint32_t max = 0;
  friend bool operator==(const PartyTooLarge&, const PartyTooLarge&) = default;
};

/// Units: places of this member in this exhibition.
struct MemberLimit {
  static constexpr Errc code = Errc::member_limit;
  std::uint32_t limit = 0;
  std::int64_t used = 0;
  friend bool operator==(const MemberLimit&, const MemberLimit&) = default;
};

struct HoldExpired {
  static constexpr Errc code = Errc::hold_expired;
  Instant at;
  friend bool operator==(const HoldExpired&, const HoldExpired&) = default;
};

/// The hold may last until `until`, and not longer.
struct HoldMaxReached {
  static constexpr Errc code = Errc::hold_max_reached;
  Instant until;
  friend bool operator==(const HoldMaxReached&, const HoldMaxReached&) = default;
};

struct CutoffPassed {
  static constexpr Errc code = Errc::cutoff_passed;
  Instant at;
  friend bool operator==(const CutoffPassed&, const CutoffPassed&) = default;
};

/// Someone of the party is already in.
struct AlreadyAdmitted {
  static constexpr Errc code = Errc::already_admitted;
  friend bool operator==(const AlreadyAdmitted&, const AlreadyAdmitted&) = default;
};

struct VoucherDeactivated {
  static constexpr Errc code = Errc::voucher_deactivated;
  friend bool operator==(const VoucherDeactivated&, const VoucherDeactivated&) = default;
};

/// The voucher admits fewer than would then be in.
/// Units: persons.
struct AlreadyRedeemed {
  static constexpr Errc code = Errc::already_redeemed;
  std::uint32_t admits = 0;
  std::uint32_t admitted = 0;
  std::optional<Instant> last_at;
  friend bool operator==(const AlreadyRedeemed&, const AlreadyRedeemed&) = default;
};

/// The idempotency key was used for another request of the same kind.
struct IdempotencyMismatch {
  static constexpr Errc code = Errc::idempotency_mismatch;
  friend bool operator==(const IdempotencyMismatch&, const IdempotencyMismatch&) = default;
};

/// Someone changed it since the caller read it.
struct VersionConflict {
  static constexpr Errc code = Errc::version_conflict;
  std::int64_t expected = 0;
  std::int64_t actual = 0;
  friend bool operator==(const VersionConflict&, const VersionConflict&) = default;
};

/// So many are being served that more would only wait: come back.
struct Overloaded {
  static constexpr Errc code = Errc::overloaded;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  friend bool operator==(const Overloaded&, const Overloaded&) = default;
};

/// What this needs is known to fail at present, and is left alone; `state` is that of the circuit
/// breaker. No hint where only a human can close it.
struct CircuitOpen {
  static constexpr Errc code = Errc::circuit_open;
  std::string_view state;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  friend bool operator==(const CircuitOpen&, const CircuitOpen&) = default;
};

/// It was not done in time, as far as is known.
struct Timeout {
  static constexpr Errc code = Errc::timeout;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  bool callee_was_late = true;  ///< false when it was not asked, or was not waited for
  friend bool operator==(const Timeout&, const Timeout&) = default;
};

/// The engine is closed.
struct Closed {
  static constexpr Errc code = Errc::closed;
  friend bool operator==(const Closed&, const Closed&) = default;
};

/// The log does not hold the event at `position` that a follower has followed last, or that an
/// archive has: it is another log, or an older copy of this one.
struct LogDiverged {
  static constexpr Errc code = Errc::log_diverged;
  std::int64_t position = 0;
  friend bool operator==(const LogDiverged&, const LogDiverged&) = default;
};

/// What comes after `position` is needed, and the log has forgotten its events up to `floor`, or
/// does so only once an archive has them, and no archive has.
struct HistoryTruncated {
  static constexpr Errc code = Errc::history_truncated;
  std::int64_t position = 0;
  std::int64_t floor = 0;
  friend bool operator==(const HistoryTruncated&, const HistoryTruncated&) = default;
};

/// The event at `position` was written by a later version of the library, in a form that this one
/// does not know.
struct UnknownVersion {
  static constexpr Errc code = Errc::unknown_version;
  std::int64_t position = 0;
  int schema_version = 0;
  friend bool operator==(const UnknownVersion&, const UnknownVersion&) = default;
};

/// Not a refusal but a failure: the store, or the catalogue elsewhere, could not do it. `cause`
/// names it and what it said.
struct StorageFailure {
  static constexpr Errc code = Errc::storage_failure;
  std::string cause;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  friend bool operator==(const StorageFailure&, const StorageFailure&) = default;
};

}  // namespace refusal

template <class T>
concept Refusal = std::same_as<const Errc, decltype(T::code)>;

/// Why something was not done: a code to branch on, the facts behind it, and a message to show.
/// Threads: a value.
struct Error {
  using Detail =
      std::variant<refusal::NotFound, refusal::InvalidArgument, refusal::IllegalTransition,
                   refusal::ExhibitionNotOpen, refusal::SessionClosed, refusal::SessionCancelled,
                   refusal::SessionOver, refusal::SalesNotOpen, refusal::SalesClosed,
                   refusal::SoldOut, refusal::PartyTooLarge, refusal::MemberLimit,
                   refusal::HoldExpired, refusal::HoldMaxReached, refusal::CutoffPassed,
                   refusal::AlreadyAdmitted, refusal::VoucherDeactivated, refusal::AlreadyRedeemed,
                   refusal::IdempotencyMismatch, refusal::VersionConflict, refusal::Overloaded,
                   refusal::CircuitOpen, refusal::Timeout, refusal::Closed, refusal::LogDiverged,
                   refusal::HistoryTruncated, refusal::UnknownVersion, refusal::StorageFailure>;

  template <Refusal R>
  Error(R refusal)  // NOLINT(google-explicit-constructor): a refusal is an error
      : code(R::code), detail(std::move(refusal)) {}

  Errc code;
  Detail detail;

  /// How long to wait before it is worth another try, where that is known.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const;

  /// One English sentence without a final stop, made when asked for.
  [[nodiscard]] std::string message() const;

  friend bool operator==(const Error&, const Error&) = default;
};

std::ostream& operator<<(std::ostream& out, const Error& error);

/// An Error on its way through code that throws, such as Result::value().
class [[gnu::visibility("default")]] Exception : public std::runtime_error {
 public:
  explicit Exception(Error error) : std::runtime_error(error.message()), error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
};

/// What an adapter throws when its store fails; the desks answer it as `storage_failure`.
/// The text names the store (its file, if it has one) and the store's own message.
class [[gnu::visibility("default")]] PortError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace exhibition

#include "exhibition/core/error_text.hpp"
