#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casters.hpp"
#include "exhibition/core/error.hpp"

/// Arguments that know what they are called, so that a bad value is an InvalidArgument that names
/// its field, like every other one.

namespace exhibition::python {

/// A text as a template's parameter.
template <std::size_t Size>
struct Name {
  char text[Size];
  consteval Name(const char (&from)[Size]) {  // NOLINT(google-explicit-constructor): "places"
    for (std::size_t i = 0; i < Size; ++i) text[i] = from[i];
  }
};

/// A value to be overwritten.
template <class T>
T initial() {
  return T{};
}
template <>
inline Error initial() {
  return refusal::Closed{};
}

/// `T` out of a Python object, under the name of the argument that it is.
template <class T, Name name>
struct Named {
  T value = initial<T>();
};

template <Name name>
py::arg named() {
  return py::arg(name.text);
}

/// What a whole number may be, in words.
template <class T>
constexpr std::string_view rule_of() {
  if constexpr (std::same_as<T, std::uint32_t>)
    return "must be 0 to 4,294,967,295";
  else if constexpr (std::unsigned_integral<T>)
    return "must be 0 to 2**64 - 1";
  else if constexpr (sizeof(T) == 4)
    return "must be -2**31 to 2**31 - 1";
  else
    return "must be -2**63 to 2**63 - 1";
}

template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;

/// False for an object of another type.
/// Errors: BadValue.
template <class T>
bool load(py::handle from, T& into) {
  if constexpr (WholeNumber<T>) {
    return load_whole_number(from, into, rule_of<T>());
  } else if constexpr (std::same_as<T, std::string>) {
    return load_text(from, into);
  } else {
    // Nothing is made into something else, but an int into a float.
    py::detail::make_caster<T> caster;
    if (!caster.load(from, std::same_as<T, double> && PyLong_Check(from.ptr()) != 0)) return false;
    into = py::detail::cast_op<T>(std::move(caster));
    return true;
  }
}
template <class T>
bool load(py::handle from, std::optional<T>& into) {
  if (from.is_none()) {
    into.reset();
    return true;
  }
  return load(from, into.emplace(initial<T>()));
}

/// What an object of Python has to be; nothing where only pybind11 knows.
template <class T>
struct TypeInWords {
  static constexpr std::string_view text = WholeNumber<T>             ? "an int"
                                           : std::same_as<T, bool>    ? "a bool"
                                           : std::same_as<T, double>  ? "a float"
                                           : std::same_as<T, Instant> ? "an aware datetime.datetime"
                                           : std::same_as<T, std::string> ? "a str"
                                                                          : "";
};
template <class Rep, class Period>
struct TypeInWords<std::chrono::duration<Rep, Period>> {
  static constexpr std::string_view text = "a datetime.timedelta";
};
template <class T>
struct TypeInWords<std::optional<T>> : TypeInWords<T> {};

}  // namespace exhibition::python

template <class T, exhibition::python::Name argument>
struct pybind11::detail::type_caster<exhibition::python::Named<T, argument>> {
  using Argument = exhibition::python::Named<T, argument>;
  static constexpr auto name_of_type() {
    if constexpr (exhibition::python::WholeNumber<T>)
      return const_name("int");
    else
      return make_caster<T>::name;
  }
  PYBIND11_TYPE_CASTER(Argument, name_of_type());

  bool load(handle from, bool) {
    using namespace exhibition;
    try {
      if (python::load(from, value.value)) return true;
      constexpr auto wanted = python::TypeInWords<T>::text;
      if (wanted.empty()) return false;
      throw type_error(std::string(argument.text) + ": must be " + std::string(wanted) + ", not " +
                       Py_TYPE(from.ptr())->tp_name);
    } catch (const python::BadValue& bad) {
      throw Exception(refusal::InvalidArgument{argument.text, bad.rule});
    }
  }
};
