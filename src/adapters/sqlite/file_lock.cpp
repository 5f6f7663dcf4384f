#include "file_lock.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "byte_lock.hpp"
#include "exhibition/core/deadline.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {

using namespace std::chrono_literals;

namespace {

/// Shared by all who wait for the lock: a byte beyond those that tell who is there.
constexpr std::int64_t waiting_room = std::int64_t{1} << 41U;

constexpr auto longest_pause = 1ms;

/// Among those who wait, from here to the end of this object.
class Waiting {
 public:
  explicit Waiting(int descriptor) : descriptor_(descriptor) {
    share_byte(descriptor_, waiting_room);
  }
  ~Waiting() { unlock_byte(descriptor_, waiting_room); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  int descriptor_;
};

}  // namespace

FileLock::FileLock(std::filesystem::path store)
    : store_(std::move(store)),
      file_(store_),
      jitter_(static_cast<std::minstd_rand::result_type>(::getpid())) {}

bool FileLock::try_lock() {
  for (;;) {
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) {
      was_here_last_ = false;
      return false;
    }
    if (errno != EINTR) {
      throw PortError(file_.path().string() + ": cannot be locked: " + std::strerror(errno));
    }
  }
}

void FileLock::pause(std::chrono::microseconds longest,
                     std::chrono::steady_clock::duration at_most) {
  std::uniform_int_distribution<std::int64_t> span(longest.count() / 2, longest.count());
  std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(
      std::chrono::microseconds{span(jitter_)}, at_most));
}

void FileLock::wait(std::chrono::milliseconds timeout) {
  const Waiting waiting(file_.descriptor());
  const auto deadline = deadline_after(timeout);
  for (std::chrono::microseconds longest = 100us;;
       longest = std::min<std::chrono::microseconds>(2 * longest, longest_pause)) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      throw PortError(store_.string() + ": locked: other writers held it for all of " +
                      std::to_string(timeout.count()) + " ms");
    }
    pause(longest, deadline - now);
    if (try_lock()) return;
  }
}

FileLock::Hold::Hold(FileLock& lock, std::chrono::milliseconds timeout) : lock_(lock) {
  if (lock_.was_here_last_ &&
      is_byte_locked(lock_.file_.descriptor(), waiting_room).value_or(false)) {
    lock_.pause(longest_pause, timeout);
  }
  if (!lock_.try_lock()) lock_.wait(timeout);
  lock_.was_here_last_ = true;
}

FileLock::Hold::~Hold() { ::flock(lock_.file_.descriptor(), LOCK_UN); }

}  // namespace exhibition::sqlite
