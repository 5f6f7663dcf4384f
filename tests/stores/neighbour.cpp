// Another process at the same files. It says "ready" when it has begun, and goes on when it is told
// to, or when its input ends:
//   flock <file>              holds the library's lock of the file
//   write <file>              holds an SQLite write transaction
//   exclusive <file>          lets nobody else read or write
//   try <file>                says whether an SQLite write transaction is "free" or "locked", now
//                             and whenever it is told to go on
//   open <file>               opens the store once told to; says "opened", or why not
//   reserve <file> <session>  reserves until it is killed; says the id of every reservation

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

void wait_until_told() {
  std::cout << "ready" << std::endl;
  std::string line;
  std::getline(std::cin, line);
}

int hold_flock(const std::string& file) {
  const int lock = ::open((file + "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0) return 1;
  wait_until_told();
  ::close(lock);
  return 0;
}

int hold_writing(const std::string& file) {
  RawFile raw(file);
  raw.execute("BEGIN IMMEDIATE");
  wait_until_told();
  raw.execute("ROLLBACK");
  return 0;
}

int hold_exclusively(const std::string& file) {
  RawFile raw(file);
  raw.execute("PRAGMA locking_mode = EXCLUSIVE");
  raw.execute("BEGIN EXCLUSIVE");
  wait_until_told();
  raw.execute("ROLLBACK");
  return 0;
}

int try_to_write(const std::string& file) {
  RawFile raw(file);
  raw.execute("PRAGMA busy_timeout = 20");
  do {
    try {
      raw.execute("BEGIN IMMEDIATE");
      raw.execute("ROLLBACK");
      std::cout << "free" << std::endl;
    } catch (const std::runtime_error& failure) {
      const std::string_view why = failure.what();
      if (why.find("locked") == std::string_view::npos) throw;
      std::cout << "locked" << std::endl;
    }
  } while (std::cin.ignore());
  return 0;
}

int open_store(const std::string& file) {
  wait_until_told();
  auto engine = open_file(file);
  if (!engine) {
    std::cout << engine.error() << std::endl;
    return 1;
  }
  std::cout << "opened" << std::endl;
  return 0;
}

int reserve_on(const std::string& file, const std::string& session) {
  auto engine = open_file(file).value();
  for (;;) {
    const auto made = try_reserve(engine, SessionId{std::stoll(session)}).value();
    std::cout << made.reservation.id.value() << std::endl;
  }
}

int run(std::string_view what, const std::string& file, const std::string& session) {
  if (what == "flock") return hold_flock(file);
  if (what == "write") return hold_writing(file);
  if (what == "exclusive") return hold_exclusively(file);
  if (what == "try") return try_to_write(file);
  if (what == "open") return open_store(file);
  if (what == "reserve") return reserve_on(file, session);
  return 2;
}

}  // namespace
}  // namespace exhibition::tests

int main(int count, char** arguments) {
  if (count < 3) return 2;
  try {
    return exhibition::tests::run(arguments[1], arguments[2], count > 3 ? arguments[3] : "");
  } catch (const std::exception& failure) {
    std::cout << failure.what() << std::endl;
    return 1;
  }
}
