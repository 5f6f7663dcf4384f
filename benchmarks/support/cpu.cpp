#include "support/cpu.hpp"

#include <ctime>

namespace exhibition::benchmarks {

std::chrono::nanoseconds cpu_time() {
  std::timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

}  // namespace exhibition::benchmarks
