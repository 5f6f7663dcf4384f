#include "disk.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace exhibition::tests::disk {
namespace {

std::atomic<std::size_t> asked = 0;
thread_local std::size_t asked_here = 0;
std::atomic<bool> fails = false;

}  // namespace

std::size_t syncs() { return asked; }
std::size_t syncs_here() { return asked_here; }

Failing::Failing() { fails = true; }
Failing::~Failing() { fails = false; }

}  // namespace exhibition::tests::disk

/// SQLite calls this one, for a program's own function goes before the system's.
extern "C" [[gnu::visibility("default")]] int fdatasync(int descriptor) {
  using namespace exhibition::tests::disk;
  ++asked;
  ++asked_here;
  if (fails) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
