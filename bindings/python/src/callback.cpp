#include "callback.hpp"

namespace exhibition::python {

CallDepth& CallDepth::here() noexcept {
  thread_local CallDepth depth;
  return depth;
}

void Callback::pass_on(const py::error_already_set& raised) {
  const RaisedInPython error(raised);
  auto& here = CallDepth::here();
  if (raised.matches(PyExc_Exception) || here.calls == 0) throw error;
  here.interrupt = error.held();
  throw PortError(error.what());
}

}  // namespace exhibition::python
