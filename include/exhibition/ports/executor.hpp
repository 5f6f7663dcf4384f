#pragma once

#include <functional>

namespace exhibition {

/// Where tasks are run that must not hold up the thread they come from: a host's event loop, or
/// threads.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Has the task run once, on a thread of the executor's, after this call or beside it; waits for
  /// nothing.
  /// Threads: any.
  virtual void post(std::function<void()> task) noexcept = 0;
};

}  // namespace exhibition
