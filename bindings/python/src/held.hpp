#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "exhibition/core/error.hpp"

/// Python's objects in the hands of threads that do not have the interpreter's lock (GIL).

namespace exhibition::python {

namespace py = pybind11;

/// A reference to a Python object that may be copied and let go of without the GIL: when it ends on
/// a thread that does not have it, the object is released by the interpreter soon after.
/// Threads: any; to use the object takes the GIL.
class Held {
 public:
  Held() = default;
  explicit Held(py::object object) : object_(object.release().ptr(), &release) {}

  [[nodiscard]] py::handle get() const { return object_.get(); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  static void release(PyObject* object) noexcept;

  std::shared_ptr<PyObject> object_;
};

/// Makes it the pending exception.
inline void raise(py::handle exception) {
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
}

/// A Python exception on its way through C++, which gives it back to Python unharmed. Unlike
/// py::error_already_set it never waits for the GIL.
class RaisedInPython : public std::runtime_error {
 public:
  explicit RaisedInPython(const py::error_already_set& raised);
  /// An exception that somebody has caught.
  explicit RaisedInPython(py::object exception);

  /// Makes it the pending exception again.
  void restore() const { raise(exception_.get()); }
  [[nodiscard]] py::handle exception() const { return exception_.get(); }
  [[nodiscard]] const Held& held() const { return exception_; }

 private:
  Held exception_;  // with its traceback
};

/// The same, for what keeps the engine from an event but is not the event's fault.
class AwayInPython : public PortError {
 public:
  explicit AwayInPython(const RaisedInPython& raised)
      : PortError(raised.what()), exception_(raised.held()) {}
  void restore() const { raise(exception_.get()); }
  [[nodiscard]] py::handle exception() const { return exception_.get(); }

 private:
  Held exception_;
};

/// Whether the interpreter is ending, and no thread may enter it any more.
[[nodiscard]] bool is_ending() noexcept;

}  // namespace exhibition::python
