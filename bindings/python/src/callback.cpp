#include "callback.hpp"

#include "errors.hpp"

namespace exhibition::python {

CallDepth& CallDepth::here() noexcept {
  thread_local CallDepth depth;
  return depth;
}

void expect_none_to_await(const py::object& answer) {
  if (PyCoro_CheckExact(answer.ptr()) == 0) return;
  answer.attr("close")();
  throw py::type_error(
      "the handler gave a coroutine, which nobody awaits here: see exhibition.aio");
}

void Callback::pass_on(const py::error_already_set& raised) {
  const RaisedInPython error(raised);
  auto& here = CallDepth::here();
  const bool is_interrupt = !raised.matches(PyExc_Exception) && here.calls > 0;
  if (is_interrupt) here.interrupt = error.held();
  const auto failure = to_error(raised.value());
  if (is_interrupt || (failure && failure->code == Errc::storage_failure)) {
    throw AwayInPython(error);
  }
  throw error;
}

}  // namespace exhibition::python
