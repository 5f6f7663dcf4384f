// Runs the tests of stores in trouble: stores_in_trouble [<gtest option>...] <surroundings>
// <folder>
//   ordinary_user   as somebody whom permissions bind; if root starts it, as nobody
//   small_disk      on a disk of 2 MiB, in the mount namespace that it was started in

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "stores/trouble.hpp"

namespace exhibition::tests {
namespace {

std::filesystem::path& chosen_place() {
  static std::filesystem::path place;
  return place;
}

void check(int answer, const char* attempt) {
  if (answer != 0) throw std::system_error(errno, std::generic_category(), attempt);
}

void become_ordinary(const char* folder) {
  if (::geteuid() != 0) return;
  constexpr uid_t nobody = 65534;
  check(::chown(folder, nobody, nobody), "chown");
  check(::setgroups(0, nullptr), "setgroups");
  check(::setresgid(nobody, nobody, nobody), "setresgid");
  check(::setresuid(nobody, nobody, nobody), "setresuid");
  check(::prctl(PR_SET_DUMPABLE, 1), "prctl");  // for sanitizers, which look at their own process
}

void settle_in(std::string_view surroundings, const char* folder) {
  if (surroundings == "ordinary_user") become_ordinary(folder);
  if (surroundings == "small_disk") {
    check(::mount("tmpfs", folder, "tmpfs", 0, "size=2m"), "mounting a small disk");
  }
  chosen_place() = folder;
}

}  // namespace

const std::filesystem::path& place() { return chosen_place(); }

std::filesystem::path new_folder() {
  static int count = 0;
  auto folder = place() / std::to_string(++count);
  std::filesystem::create_directory(folder);
  return folder;
}

}  // namespace exhibition::tests

int main(int count, char** arguments) {
  ::testing::InitGoogleTest(&count, arguments);
  if (count != 3) return 2;
  try {
    exhibition::tests::settle_in(arguments[1], arguments[2]);
  } catch (const std::system_error& failure) {
    std::cout << failure.what() << std::endl;
    return 1;
  }
  return RUN_ALL_TESTS();
}
