#include "byte_lock.hpp"

#include <fcntl.h>

namespace exhibition::sqlite {

#ifdef F_OFD_SETLK

namespace {

struct flock one_byte(std::int64_t byte, short type = F_WRLCK) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

}  // namespace

bool try_lock_byte(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte);
  return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

std::optional<bool> is_byte_locked(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte);
  if (::fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return std::nullopt;
  return lock.l_type != F_UNLCK;
}

void share_byte(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte, F_RDLCK);
  ::fcntl(descriptor, F_OFD_SETLK, &lock);
}

void unlock_byte(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte, F_UNLCK);
  ::fcntl(descriptor, F_OFD_SETLK, &lock);
}

#else

bool try_lock_byte(int, std::int64_t) { return true; }

std::optional<bool> is_byte_locked(int, std::int64_t) { return std::nullopt; }

void share_byte(int, std::int64_t) {}
void unlock_byte(int, std::int64_t) {}

#endif

}  // namespace exhibition::sqlite
