#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "exhibition/application/command.hpp"
#include "exhibition/domain/ids.hpp"
#include "named.hpp"
#include "open_engine.hpp"
#include "paged.hpp"

/// What many functions of the desks take.

namespace exhibition::python {

using ExhibitionArgument = Named<ExhibitionId, "exhibition">;
using SessionArgument = Named<SessionId, "session">;
using ReservationArgument = Named<ReservationId, "reservation">;

using Key = Named<std::optional<std::string>, "idempotency_key">;
using Actor = Named<std::optional<std::string>, "actor">;
using Correlation = Named<std::optional<std::string>, "correlation_id">;

/// Errors: InvalidArgument for a key that is empty, and would protect from nothing.
inline CommandOptions options(Key& key, Actor& actor, Correlation& correlation) {
  if (key.value && key.value->empty()) {
    throw Exception(refusal::InvalidArgument{"idempotency_key",
                                             "must not be empty: leave it out, or give None"});
  }
  return {std::move(key.value).value_or(""), std::move(actor.value).value_or(""),
          std::move(correlation.value).value_or("")};
}

/// A function that takes what may come with any command, behind arguments of its own.
template <class Class, class Function, class... Arguments>
void def_command(Class& bound, const char* name, Function function, const char* doc,
                 Arguments... arguments) {
  bound.def(name, function, doc, arguments..., named<"idempotency_key">() = py::none(),
            named<"actor">() = py::none(), named<"correlation_id">() = py::none());
}

/// A list, said so that a class with a method of that name can be told apart from it.
template <class T>
class ListOf : public py::list {
 public:
  using py::list::list;
};

using Limit = Named<std::optional<std::size_t>, "limit">;

/// A function that gives a list, from behind `after` on and so many at most.
template <class Class, class Function, class... Arguments>
void def_list(Class& bound, const char* name, Function function, const char* doc,
              Arguments... arguments) {
  bound.def(name, function, doc, arguments..., named<"after">() = py::none(),
            named<"limit">() = py::none());
}

/// What such a function gives: `list(desk, page)` is asked for page after page.
template <class T, class Cursor, class Desk, class List>
py::typing::Iterator<T> list_of(const DeskOf<Desk>& desk, List list,
                                Named<std::optional<Cursor>, "after">& after, Limit limit) {
  return py::cast(Paged<T, Cursor>(
      [=](const PageRequest<Cursor>& page) {
        return desk.call([&](Desk& open) { return list(open, page); });
      },
      std::move(after.value), limit.value));
}

}  // namespace exhibition::python

template <class T>
struct pybind11::detail::handle_type_name<exhibition::python::ListOf<T>> {
  static constexpr auto name =
      const_name("builtins.list[") + make_caster<T>::name + const_name("]");
};
