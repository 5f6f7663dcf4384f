#include "forks.hpp"

#include <pthread.h>

#include <atomic>

namespace exhibition::python {
namespace {

/// Never destroyed: threads may outlive main().
struct Process {
  std::mutex mutex;
  std::atomic<unsigned> forks = 0;
};

Process& process() noexcept {
  static auto* const here = new Process;
  return *here;
}

/// When the module is loaded.
const int registered =
    ::pthread_atfork([] { process().mutex.lock(); }, [] { process().mutex.unlock(); },
                     [] {
                       ++process().forks;
                       process().mutex.unlock();
                     });

}  // namespace

unsigned forks() noexcept { return process().forks; }

std::mutex& shared_mutex() noexcept { return process().mutex; }

}  // namespace exhibition::python
