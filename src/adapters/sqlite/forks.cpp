#include "forks.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {
namespace {

using namespace std::chrono_literals;

/// Device and number.
using FileId = std::pair<std::uint64_t, std::uint64_t>;
/// Files that a parent had open, and how far from their devices this process has them.
using Inherited = std::map<FileId, std::uint64_t>;

/// What this process has open.
struct Open {
  std::mutex mutex;                   // held while it forks
  std::map<FileId, int> connections;  // guarded by mutex
  std::set<LockFile*> lock_files;     // guarded by mutex
  std::uint64_t generation = 0;       // how many forks after the first of its parents
  Inherited inherited;                // changes only while there is no other thread
};

/// The mutexes that all of SQLite shares. Those that are for applications are left to them.
using Mutexes = std::array<sqlite3_mutex*, 9>;

Mutexes mutexes_of_sqlite() {
  Mutexes mutexes{};
  std::size_t i = 0;
  for (const int number :
       {SQLITE_MUTEX_STATIC_MASTER, SQLITE_MUTEX_STATIC_MEM, SQLITE_MUTEX_STATIC_OPEN,
        SQLITE_MUTEX_STATIC_PRNG, SQLITE_MUTEX_STATIC_LRU, SQLITE_MUTEX_STATIC_PMEM,
        SQLITE_MUTEX_STATIC_VFS1, SQLITE_MUTEX_STATIC_VFS2, SQLITE_MUTEX_STATIC_VFS3}) {
    mutexes[i++] = sqlite3_mutex_alloc(number);
  }
  return mutexes;
}

/// All of them or none: SQLite takes some inside others, in an order of its own.
bool try_enter(const Mutexes& mutexes) {
  for (std::size_t i = 0; i < mutexes.size(); ++i) {
    if (sqlite3_mutex_try(mutexes[i]) == SQLITE_OK) continue;
    while (i > 0) sqlite3_mutex_leave(mutexes[--i]);
    return false;
  }
  return true;
}

/// What is held from before a fork to after it, in the thread that forks.
struct Forking {
  Mutexes mutexes{};
  bool has_entered = false;
  Inherited inherited;  ///< of the child
};

void before_fork();
void in_parent();
void in_child();

/// Neither is ever destroyed: threads may outlive main().
Open& open_here() {
  static auto* const open = [] {
    if (::pthread_atfork(&before_fork, &in_parent, &in_child) != 0) throw std::bad_alloc();
    return new Open;
  }();
  return *open;
}

Forking& forking() {
  static auto* const state = new Forking;
  return *state;
}

void before_fork() {
  auto& open = open_here();
  open.mutex.lock();
  auto& fork = forking();
  fork.mutexes = mutexes_of_sqlite();
  // They are held for microseconds; but who forks inside one of them must not wait for ever.
  for (int attempts = 0; attempts < 10'000 && !fork.has_entered; ++attempts) {
    if (attempts > 0) std::this_thread::sleep_for(100us);
    fork.has_entered = try_enter(fork.mutexes);
  }
  fork.inherited = open.inherited;
  // Devices have 32 bits in Linux, dev_t has 64.
  for (const auto& file : open.connections) {
    fork.inherited[file.first] = (open.generation + 1) << 32U;
  }
}

void after_fork() {
  auto& fork = forking();
  if (fork.has_entered) {
    for (auto* mutex : fork.mutexes) sqlite3_mutex_leave(mutex);
  }
  fork.has_entered = false;
  open_here().mutex.unlock();
}

void in_parent() { after_fork(); }

/// Gives a file that was inherited the device that this process knows it by.
void place(struct stat& file) {
  const auto& inherited = open_here().inherited;
  const auto found = inherited.find({file.st_dev, file.st_ino});
  if (found != inherited.end()) file.st_dev += found->second;
}

/// A system call of SQLite's that looks at a file.
template <class... Which>
struct Look {
  using Call = int (*)(Which..., struct stat*);
  static inline Call before = nullptr;

  static int call(Which... which, struct stat* file) {
    const int answer = before(which..., file);
    if (answer == 0) place(*file);
    return answer;
  }

  static void replace(sqlite3_vfs& vfs, const char* name) {
    if (before) return;
    before = reinterpret_cast<Call>(vfs.xGetSystemCall(&vfs, name));
    vfs.xSetSystemCall(&vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&call));
  }
};

void in_child() {
  auto& open = open_here();
  ++open.generation;
  open.connections.clear();
  open.inherited.swap(forking().inherited);
  for (auto* file : open.lock_files) file->close();
  open.lock_files.clear();
  after_fork();
  auto* const vfs = sqlite3_vfs_find("unix");
  if (open.inherited.empty() || !vfs || vfs->iVersion < 3) return;
  Look<const char*>::replace(*vfs, "stat");
  Look<int>::replace(*vfs, "fstat");
}

}  // namespace

OpenFile::OpenFile(const std::filesystem::path& path, int flags, sqlite3** connection) {
  auto& open = open_here();
  const std::lock_guard lock(open.mutex);
  answer_ = sqlite3_open_v2(path.c_str(), connection, flags, nullptr);
  struct stat file {};
  if (answer_ != SQLITE_OK || ::stat(path.c_str(), &file) != 0) return;
  id_ = FileId{file.st_dev, file.st_ino};
  ++open.connections[*id_];
}

OpenFile::~OpenFile() {
  if (!id_) return;
  auto& open = open_here();
  const std::lock_guard lock(open.mutex);
  const auto found = open.connections.find(*id_);
  if (found != open.connections.end() && --found->second == 0) open.connections.erase(found);
}

LockFile::LockFile(const std::filesystem::path& store) : path_(store) {
  path_ += "-lock";
  auto& open = open_here();
  const std::lock_guard lock(open.mutex);
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    throw PortError(path_.string() + ": cannot be opened for writing: " + std::strerror(errno));
  }
  open.lock_files.insert(this);
}

LockFile::~LockFile() {
  auto& open = open_here();
  const std::lock_guard lock(open.mutex);
  open.lock_files.erase(this);
  close();
}

void LockFile::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace exhibition::sqlite
