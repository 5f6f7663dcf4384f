#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "field_words.hpp"
#include "named.hpp"

/// A struct of the library as a frozen class of Python: keyword-only construction, ==, hash, repr,
/// pickling and to_dict(), all from one list of its fields.

namespace exhibition::python {

enum class Shown : bool { yes, no };  ///< in a repr, which ends up in logs

/// A member under its name in Python. Without `is_required` it is what the struct says by default.
template <class Struct, class Member, Name name, bool is_required>
struct Field {
  Member Struct::*member;
  const char* doc;
  Shown shown = Shown::yes;

  using Argument = Named<Member, name>;
  static constexpr const char* text = name.text;

  template <class T>
  [[nodiscard]] auto argument() const {
    if constexpr (is_required) {
      return py::arg(text);
    } else {
      return py::arg_v(text, initial<T>().*member, "...");
    }
  }
};

template <Name name, class Struct, class Member>
Field<Struct, Member, name, true> required(Member Struct::*member, const char* doc = "",
                                           Shown shown = Shown::yes) {
  return {member, doc, shown};
}
template <Name name, class Struct, class Member>
Field<Struct, Member, name, false> optional(Member Struct::*member, const char* doc = "",
                                            Shown shown = Shown::yes) {
  return {member, doc, shown};
}

/// What it says of itself, or else what its name means.
inline const char* doc_of(const char* field, const char* said) {
  const char* meaning = *said == '\0' ? meaning_of(field) : said;
  return meaning ? meaning : said;
}

/// A value as JSON would have it, but for datetimes and timedeltas: nested values are dicts, members
/// of enums are their words.
inline py::object plain(const py::object& value) {
  if (py::isinstance<py::list>(value)) {
    py::list all;
    for (const auto& each : value) all.append(plain(py::reinterpret_borrow<py::object>(each)));
    return all;
  }
  if (PyUnicode_Check(value.ptr()) != 0) {
    return py::reinterpret_steal<py::object>(PyUnicode_FromObject(value.ptr()));
  }
  return py::hasattr(value, "to_dict") ? value.attr("to_dict")() : value;
}

/// Something with the hash of the value: a list has none.
inline py::object hashable(const py::object& value) {
  if (py::isinstance<py::list>(value)) return py::tuple(value);
  if (PyExceptionInstance_Check(value.ptr()) != 0) return py::str(value);
  return value;
}

template <class T, class... Fields>
py::class_<T> bind_value(py::handle scope, const char* name, const char* doc, Fields... fields) {
  py::class_<T> bound(scope, name, doc);
  const auto object = [](const auto& member) { return py::cast(member); };

  bound.def(py::init([=](typename Fields::Argument... arguments) {
              T made = initial<T>();
              ((made.*(fields.member) = std::move(arguments.value)), ...);
              return made;
            }),
            py::kw_only(), fields.template argument<T>()...);
  (bound.def_property_readonly(
       Fields::text, [=](const T& self) { return self.*(fields.member); },
       doc_of(Fields::text, fields.doc)),
   ...);

  bound.def(
      "__eq__",
      [=](const T& self, const py::object& other) {
        if (!py::isinstance<T>(other)) return false;
        const auto& that = other.cast<const T&>();
        return ((self.*(fields.member) == that.*(fields.member)) && ...);
      },
      py::arg("other"));
  bound.def("__hash__", [=](const T& self) {
    return py::hash(py::make_tuple(hashable(object(self.*(fields.member)))...));
  });
  bound.def("__repr__", [=](py::handle self) {
    std::string text = py::cast<std::string>(py::type::of(self).attr("__name__")) + '(';
    const auto add = [&](const char* field, Shown shown) {
      if (text.back() != '(') text += ", ";
      text += field;
      text += '=';
      text += shown == Shown::yes ? py::repr(self.attr(field)).template cast<std::string>() : "...";
    };
    (add(Fields::text, fields.shown), ...);
    return text + ')';
  });
  bound.def(
      "to_dict",
      [=](const T& self) {
        py::typing::Dict<py::str, py::object> all;
        ((all[Fields::text] = plain(object(self.*(fields.member)))), ...);
        return all;
      },
      "The fields under their names; values in them are dicts too, and enum members their words.");
  // With every protocol of pickle; and nothing is made that is not complete.
  bound.def("__reduce__", [=](const py::object& self) -> py::typing::Tuple<py::object, py::object> {
    const auto& value = self.cast<const T&>();
    return py::make_tuple(
        py::module_::import("exhibition._pickles").attr("restore"),
        py::make_tuple(py::type::of(self), py::make_tuple(object(value.*(fields.member))...)));
  });
  bound.def_static(
      "_restore",
      [=](const py::typing::Tuple<py::object, py::ellipsis>& state) {
        if (state.size() != sizeof...(Fields)) {
          throw py::value_error("pickled by another version of exhibition");
        }
        T made = initial<T>();
        std::size_t at = 0;
        ((made.*(fields.member) =
              state[at++]
                  .template cast<std::remove_reference_t<decltype(made.*(fields.member))>>()),
         ...);
        return made;
      },
      py::arg("state"));
  return bound;
}

}  // namespace exhibition::python
