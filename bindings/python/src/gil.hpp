#pragma once

#include <pybind11/pybind11.h>
#include <unistd.h>

#include <optional>

/// The interpreter's lock. When the interpreter ends, Python ends each thread that asks for its lock,
/// wherever that is, by unwinding it: through destructors, which let nothing through, and past what
/// must not be touched without the lock. Here such a thread stays where it is until the process ends,
/// as Python itself has it from 3.14 on.
/// Source: docs.python.org/3/c-api, "Cautions regarding runtime finalization".

namespace exhibition::python {

/// Stays where it is when the interpreter ends meanwhile.
template <class Take>
void take_gil(Take take) noexcept {
  try {
    take();
  } catch (...) {  // nothing but the end of this thread
    for (;;) ::pause();
  }
}

/// Without the lock, from here to the end of this object, in a thread that has it.
class WithoutGil {
 public:
  WithoutGil() : thread_(PyEval_SaveThread()) {}
  ~WithoutGil() {
    take_gil([this] { PyEval_RestoreThread(thread_); });
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* thread_;
};

/// With the lock, from here to the end of this object, in any thread.
class WithGil {
 public:
  WithGil() {
    take_gil([this] { taken_.emplace(); });
  }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  std::optional<pybind11::gil_scoped_acquire> taken_;
};

}  // namespace exhibition::python
