#include "held.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "forks.hpp"

namespace exhibition::python {
namespace {

/// Objects that were let go of without the GIL; guarded by shared_mutex(). It is never destroyed:
/// threads may outlive main().
std::vector<PyObject*>& let_go() {
  static auto* const objects = new std::vector<PyObject*>;
  return *objects;
}

int release_all(void*) {
  std::vector<PyObject*> objects;
  {
    const std::lock_guard lock(shared_mutex());
    objects.swap(let_go());
  }
  for (auto* object : objects) Py_DECREF(object);
  return 0;
}

/// "ValueError: it is too late", as the last line of a traceback.
std::string describe(const py::object& exception) {
  std::string type = Py_TYPE(exception.ptr())->tp_name;
  try {
    const auto message = py::str(exception).cast<std::string>();
    return message.empty() ? type : type + ": " + message;
  } catch (const py::error_already_set&) {
    return type + ", which cannot be shown";
  }
}

}  // namespace

void Held::release(PyObject* object) noexcept {
  if (is_ending()) return;
  if (PyGILState_Check() != 0) return Py_DECREF(object);
  try {
    const std::lock_guard lock(shared_mutex());
    let_go().push_back(object);
  } catch (...) {
    return;  // no memory to remember it by: it stays
  }
  // Where the interpreter has too many calls pending, the next release takes this object along.
  Py_AddPendingCall(&release_all, nullptr);
}

RaisedInPython::RaisedInPython(const py::error_already_set& raised)
    : std::runtime_error(describe(raised.value())),
      exception_(py::reinterpret_borrow<py::object>(raised.value())) {
  if (raised.trace()) PyException_SetTraceback(exception_.get().ptr(), raised.trace().ptr());
}

RaisedInPython::RaisedInPython(py::object exception)
    : std::runtime_error(describe(exception)), exception_(std::move(exception)) {}

bool is_ending() noexcept {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0 || Py_IsInitialized() == 0;
#else
  return _Py_IsFinalizing() != 0 || Py_IsInitialized() == 0;
#endif
}

}  // namespace exhibition::python
