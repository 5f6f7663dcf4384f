#pragma once

#include <mutex>

namespace exhibition::python {

/// How many times this process has come from a fork since the module was loaded.
[[nodiscard]] unsigned forks() noexcept;

/// Guards what the module keeps for all threads: nobody is inside while the process forks, so that a
/// child finds it whole and free. Who has it waits for nobody, and never for the GIL.
/// Threads: any.
[[nodiscard]] std::mutex& shared_mutex() noexcept;

}  // namespace exhibition::python
