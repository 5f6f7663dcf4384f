#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "exhibition/application/audit.hpp"
#include "exhibition/application/follower.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/domain/voucher.hpp"
#include "exhibition/ports/followers.hpp"
#include "exhibition/resilience/breaker_events.hpp"
#include "exhibition/resilience/verdict.hpp"

/// The library's enums as members of the classes in exhibition/_enums.py, each of which is a word.

namespace exhibition {

[[nodiscard]] constexpr std::string_view to_string(Canceller canceller) {
  return canceller == Canceller::member ? "member" : "organiser";
}

[[nodiscard]] constexpr std::string_view to_string(OnFailure on_failure) {
  return on_failure == OnFailure::halt ? "halt" : "park_stream";
}

[[nodiscard]] constexpr std::string_view to_string(BreakerEvent::Kind kind) {
  switch (kind) {
    case BreakerEvent::Kind::transition: return "transition";
    case BreakerEvent::Kind::thresholds: return "thresholds";
    case BreakerEvent::Kind::probe_lost: return "probe_lost";
  }
  return "unknown";
}

}  // namespace exhibition

namespace exhibition::python {

namespace py = pybind11;

/// A value of the right type that is out of the question; `rule` says what it must be.
struct BadValue {
  std::string_view rule;
};

/// `name` is that of its class in Python; `count` of its members, which begin at 0.
template <class E>
struct Words;

template <>
struct Words<Errc> {
  static constexpr char name[] = "ErrorCode";
  static constexpr std::size_t count = static_cast<std::size_t>(Errc::storage_failure) + 1;
};
template <>
struct Words<ExhibitionStatus> {
  static constexpr char name[] = "ExhibitionStatus";
  static constexpr std::size_t count = 3;
};
template <>
struct Words<SessionStatus> {
  static constexpr char name[] = "SessionStatus";
  static constexpr std::size_t count = 3;
};
template <>
struct Words<ReservationStatus> {
  static constexpr char name[] = "ReservationStatus";
  static constexpr std::size_t count = 4;
};
template <>
struct Words<CancelReason> {
  static constexpr char name[] = "CancelReason";
  static constexpr std::size_t count = 4;
};
template <>
struct Words<Canceller> {
  static constexpr char name[] = "Canceller";
  static constexpr std::size_t count = 2;
};
template <>
struct Words<VoucherStatus> {
  static constexpr char name[] = "VoucherStatus";
  static constexpr std::size_t count = 2;
};
template <>
struct Words<AggregateKind> {
  static constexpr char name[] = "AggregateKind";
  static constexpr std::size_t count = 4;
};
template <>
struct Words<StreamKind> {
  static constexpr char name[] = "StreamKind";
  static constexpr std::size_t count = 2;
};
template <>
struct Words<OnFailure> {
  static constexpr char name[] = "OnFailure";
  static constexpr std::size_t count = 2;
};
template <>
struct Words<FollowerState> {
  static constexpr char name[] = "FollowerState";
  static constexpr std::size_t count = 5;
};
template <>
struct Words<DeadLetterReason> {
  static constexpr char name[] = "DeadLetterReason";
  static constexpr std::size_t count = 2;
};
template <>
struct Words<Verdict> {
  static constexpr char name[] = "Verdict";
  static constexpr std::size_t count = 3;
};
template <>
struct Words<BreakerState> {
  static constexpr char name[] = "BreakerState";
  static constexpr std::size_t count = 6;
};
template <>
struct Words<BreakerEvent::Kind> {
  static constexpr char name[] = "BreakerEventKind";
  static constexpr std::size_t count = 3;
};
template <>
struct Words<AuditRule> {
  static constexpr char name[] = "AuditRule";
  static constexpr std::size_t count = 6;
};

template <class E>
concept Worded = requires {
  Words<E>::count;
};

template <Worded E>
using Members = std::array<py::handle, Words<E>::count>;

/// Its members in Python, in their order. They live as long as the process.
/// Errors: what Python raises when one is missing there.
template <Worded E>
const Members<E>& members() {
  static const Members<E> all = [] {
    const auto type = py::module_::import("exhibition._enums").attr(Words<E>::name);
    if (py::len(type) != Words<E>::count)
      throw std::logic_error("an enum has other members in Python");
    Members<E> found;
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = type(std::string(to_string(static_cast<E>(i)))).release();
    }
    return found;
  }();
  return all;
}

template <Worded E>
py::handle to_word(E member) {
  return members<E>()[static_cast<std::size_t>(member)];
}

/// A member, or its word; false for anything that is no str.
/// Errors: BadValue for another word.
template <Worded E>
bool load_word(py::handle from, E& into) {
  if (!py::isinstance<py::str>(from)) return false;
  const auto& all = members<E>();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!from.equal(all[i])) continue;
    into = static_cast<E>(i);
    return true;
  }
  static const std::string rule = std::string("must be a word of exhibition.") + Words<E>::name;
  throw BadValue{rule};
}

}  // namespace exhibition::python
