#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "exhibition/core/id.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/ids.hpp"
#include "words.hpp"

/// How the library's plain types are said in Python: an Instant is an aware datetime, a duration a
/// timedelta, an id an int with a type of its own for type checkers, an enum an enum.Enum of words.
/// pybind11/chrono.h is not used: it drops a datetime's time zone.

namespace exhibition::python {

/// The instant of an aware datetime, cut to milliseconds; false for anything but a datetime.
/// Errors: BadValue when it is naive.
bool load_instant(PyObject* from, Instant& into);
/// An aware datetime in UTC.
/// Errors: OverflowError outside the years 1 to 9999.
PyObject* to_datetime(Instant instant);

/// The microseconds of a timedelta, or the most that there can be; false for anything else.
bool load_timedelta(PyObject* from, std::int64_t& microseconds);
PyObject* to_timedelta(std::int64_t microseconds);

/// Longer than a Span can be is as long as it can be, which is hundreds of years.
template <class Span>
Span span_of(std::int64_t microseconds) {
  constexpr auto factor =
      std::max<std::intmax_t>(1, std::ratio_divide<std::micro, typename Span::period>::num);
  constexpr auto most = std::numeric_limits<std::int64_t>::max() / factor;
  return std::chrono::floor<Span>(std::chrono::microseconds{std::clamp(microseconds, -most, most)});
}

/// Any object with __index__; false for anything else.
/// Errors: BadValue{rule} when it is not within the two.
bool load_int(PyObject* from, std::int64_t& into, std::int64_t least, std::int64_t most,
              std::string_view rule);
bool load_unsigned(PyObject* from, std::uint64_t& into, std::string_view rule);

template <class T>
bool load_whole_number(pybind11::handle from, T& into, std::string_view rule) {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::unsigned_integral<T> && sizeof(T) == 8) {
    std::uint64_t number = 0;
    if (!load_unsigned(from.ptr(), number, rule)) return false;
    into = number;
  } else {
    std::int64_t number = 0;
    if (!load_int(from.ptr(), number, Limits::min(), Limits::max(), rule)) return false;
    into = static_cast<T>(number);
  }
  return true;
}

/// A str; false for anything else, bytes as well.
/// Errors: BadValue for one with lone surrogates.
bool load_text(pybind11::handle from, std::string& into);

template <class Tag>
struct NameOfId;
template <>
struct NameOfId<ExhibitionTag> {
  static constexpr auto value = pybind11::detail::const_name("exhibition._ids.ExhibitionId");
};
template <>
struct NameOfId<SessionTag> {
  static constexpr auto value = pybind11::detail::const_name("exhibition._ids.SessionId");
};
template <>
struct NameOfId<ReservationTag> {
  static constexpr auto value = pybind11::detail::const_name("exhibition._ids.ReservationId");
};
template <>
struct NameOfId<VoucherTag> {
  static constexpr auto value = pybind11::detail::const_name("exhibition._ids.VoucherId");
};
template <>
struct NameOfId<PositionTag> {
  static constexpr auto value = pybind11::detail::const_name("exhibition._ids.Position");
};

}  // namespace exhibition::python

namespace pybind11::detail {

template <>
struct type_caster<exhibition::Instant> {
  PYBIND11_TYPE_CASTER(exhibition::Instant, const_name("datetime.datetime"));
  bool load(handle from, bool) { return exhibition::python::load_instant(from.ptr(), value); }
  static handle cast(exhibition::Instant instant, return_value_policy, handle) {
    return exhibition::python::to_datetime(instant);
  }
};

template <class Rep, class Period>
struct type_caster<std::chrono::duration<Rep, Period>> {
  using Span = std::chrono::duration<Rep, Period>;
  PYBIND11_TYPE_CASTER(Span, const_name("datetime.timedelta"));

  bool load(handle from, bool) {
    std::int64_t microseconds = 0;
    if (!exhibition::python::load_timedelta(from.ptr(), microseconds)) return false;
    value = exhibition::python::span_of<Span>(microseconds);
    return true;
  }
  static handle cast(Span span, return_value_policy, handle) {
    return exhibition::python::to_timedelta(
        std::chrono::floor<std::chrono::microseconds>(span).count());
  }
};

template <class Tag>
struct type_caster<exhibition::Id<Tag>> {
  using Identifier = exhibition::Id<Tag>;
  PYBIND11_TYPE_CASTER(Identifier, exhibition::python::NameOfId<Tag>::value);

  bool load(handle from, bool) {
    std::int64_t number = 0;
    if (!exhibition::python::load_whole_number(from, number, "must be -2**63 to 2**63 - 1")) {
      return false;
    }
    value = Identifier{number};
    return true;
  }
  static handle cast(Identifier id, return_value_policy, handle) {
    return PyLong_FromLongLong(id.value());
  }
};

template <exhibition::python::Worded E>
struct type_caster_enum_type_enabled<E, void> : std::false_type {};

template <exhibition::python::Worded E>
struct type_caster<E> {
  using Words = exhibition::python::Words<E>;
  PYBIND11_TYPE_CASTER(E, const_name("exhibition._enums.") + const_name(Words::name));

  bool load(handle from, bool) { return exhibition::python::load_word<E>(from, value); }
  static handle cast(E member, return_value_policy, handle) {
    return exhibition::python::to_word(member).inc_ref();
  }
};

}  // namespace pybind11::detail
