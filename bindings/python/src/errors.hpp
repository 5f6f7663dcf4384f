#pragma once

#include <pybind11/pybind11.h>

#include <concepts>
#include <optional>
#include <utility>

#include "exhibition/core/error.hpp"
#include "exhibition/core/result.hpp"

/// The library's Error and the exceptions of exhibition/_errors.py, from one to the other.

namespace exhibition::python {

/// The exception that says what `error` says.
/// Threads: with the GIL.
pybind11::object to_exception(const Error& error);

/// What an exception says that a port written in Python has raised; none for one that is not of the
/// library.
/// Threads: with the GIL.
std::optional<Error> to_error(pybind11::handle exception);

/// Has Python raise what the library throws: Exception, PortError, StatementError, and what was
/// raised in Python before.
void register_exceptions();

/// Throws the exception that says what `error` says. It is made here and not where Python is told of
/// what C++ has thrown: no thread may end there that Python's code runs on.
/// Threads: with the GIL.
[[noreturn]] void refuse(const Error& error);

/// The value, or the Error as an exception for Python.
/// Threads: with the GIL.
template <class T>
T value_of(Result<T> result) {
  if (!result) refuse(result.error());
  return *std::move(result);
}
inline void value_of(const Result<void>& result) {
  if (!result) refuse(result.error());
}

}  // namespace exhibition::python

/// An Error that is a part of a value is an exception that nobody has raised.
template <>
struct pybind11::detail::type_caster<exhibition::Error> {
 public:
  static constexpr auto name = const_name("exhibition._errors.Error");
  template <class T>
  using cast_op_type = movable_cast_op_type<T>;

  bool load(handle from, bool) {
    value_ = exhibition::python::to_error(from);
    return value_.has_value();
  }
  operator exhibition::Error*() { return &*value_; }
  operator exhibition::Error&() { return *value_; }
  operator exhibition::Error&&() && { return *std::move(value_); }

  static handle cast(const exhibition::Error& error, return_value_policy, handle) {
    return exhibition::python::to_exception(error).release();
  }

 private:
  std::optional<exhibition::Error> value_;
};
