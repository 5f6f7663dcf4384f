#include "file_lock.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "exhibition/core/deadline.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {

using namespace std::chrono_literals;

FileLock::FileLock(std::filesystem::path store)
    : store_(std::move(store)),
      file_(store_),
      jitter_(static_cast<std::minstd_rand::result_type>(::getpid())) {}

bool FileLock::try_lock() const {
  for (;;) {
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) {
      throw PortError(file_.path().string() + ": cannot be locked: " + std::strerror(errno));
    }
  }
}

FileLock::Hold::Hold(FileLock& lock, std::chrono::milliseconds timeout) : lock_(lock) {
  if (lock_.try_lock()) return;
  const auto deadline = deadline_after(timeout);
  for (std::chrono::microseconds longest = 100us;;
       longest = std::min<std::chrono::microseconds>(2 * longest, 10ms)) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      throw PortError(lock_.store_.string() + ": locked: other writers held it for all of " +
                      std::to_string(timeout.count()) + " ms");
    }
    std::uniform_int_distribution<std::int64_t> pause(longest.count() / 2, longest.count());
    const auto remaining = std::chrono::duration_cast<std::chrono::microseconds>(deadline - now);
    std::this_thread::sleep_for(
        std::min(std::chrono::microseconds{pause(lock_.jitter_)}, remaining));
    if (lock_.try_lock()) return;
  }
}

FileLock::Hold::~Hold() { ::flock(lock_.file_.descriptor(), LOCK_UN); }

}  // namespace exhibition::sqlite
