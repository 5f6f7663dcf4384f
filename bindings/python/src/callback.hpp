#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "exhibition/core/error.hpp"
#include "gil.hpp"
#include "held.hpp"

/// Calls from the engine into Python.

namespace exhibition::python {

/// Where this thread is between Python and engines.
struct CallDepth {
  int calls = 0;        ///< of engines, that Python has made and that have not returned
  int callbacks = 0;    ///< into Python, that engines have made and that have not returned
  Held interrupt = {};  ///< that a callback has raised: KeyboardInterrupt, SystemExit
  Held refusal = {};    ///< the exhibition.Error that a port has raised last, in this call

  static CallDepth& here() noexcept;
};

/// Counts up for as long as it is there.
class Counted {
 public:
  explicit Counted(int& count) noexcept : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& count_;
};

/// A handler's answer is of no interest; but one to be awaited means that it has not run.
/// Errors: TypeError.
/// Threads: with the GIL.
void expect_none_to_await(const py::object& answer);

/// Something of Python that an engine calls. The engine only knows of it: its Python side keeps it,
/// so that an engine and its handlers that know each other can be collected.
/// Threads: any.
class Callback {
 public:
  /// With the GIL. `target` can be referred to weakly.
  explicit Callback(const py::object& target) : target_(py::weakref(target)) {}

  /// Gives what `use(target)` gives, which runs with the GIL, and must not be a Python object.
  /// Errors: RaisedInPython; AwayInPython for a StorageFailure, and for a KeyboardInterrupt and its
  /// like, which then end the call that Python has made; PortError when the target is gone, or the
  /// interpreter ends.
  template <class Use>
  auto operator()(Use&& use) const {
    if (is_ending()) throw PortError("the interpreter is ending");
    const WithGil gil;
    const Counted inside(CallDepth::here().callbacks);
    try {
      const py::object target = py::reinterpret_borrow<py::object>(target_.get())();
      if (target.is_none()) throw PortError("the engine is being let go of");
      return or_stay([&] { return use(target); });
    } catch (const py::error_already_set& raised) {
      pass_on(raised);
    }
  }

 private:
  [[noreturn]] static void pass_on(const py::error_already_set& raised);

  Held target_;
};

}  // namespace exhibition::python
