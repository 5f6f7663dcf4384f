#pragma once

#include <pybind11/pybind11.h>
#include <unistd.h>

#include <exception>
#include <optional>
#include <type_traits>

/// The interpreter's lock. When the interpreter ends, Python ends each thread that asks for its lock,
/// as whatever runs Python's code may, by unwinding it: through destructors, which let nothing
/// through, and past what must not be touched without the lock. Here such a thread stays where it is
/// until the process ends, as Python itself has it from 3.14 on.
/// Source: docs.python.org/3/c-api, "Cautions regarding runtime finalization".

namespace exhibition::python {

/// Gives what `use()` gives, or stays where it is when the interpreter ends meanwhile.
template <class Use>
auto or_stay(Use&& use) -> std::invoke_result_t<Use&> {
  try {
    return use();
  } catch (const std::exception&) {
    throw;
  } catch (...) {  // the end of this thread: what is thrown here is derived from std::exception
    for (;;) ::pause();
  }
}

/// Without the lock, from here to the end of this object, in a thread that has it.
class WithoutGil {
 public:
  WithoutGil() : thread_(PyEval_SaveThread()) {}
  ~WithoutGil() {
    or_stay([this] { PyEval_RestoreThread(thread_); });
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
    or_stay([this] { taken_.emplace(); });
  }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  std::optional<pybind11::gil_scoped_acquire> taken_;
};

}  // namespace exhibition::python
