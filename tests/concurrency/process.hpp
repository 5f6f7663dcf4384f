#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

extern char** environ;

namespace exhibition::tests {

/// A program that a test has started, with its standard input and output in the test's hands. It is
/// killed, if it still runs, and waited for when this object ends.
/// Threads: one.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command) {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    // Close-on-exec, so that no other program that is started holds an end of them open.
    if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0)
      fail(errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const auto& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    to_ = input[1];
    from_ = output[0];
    if (error != 0) fail(error);
  }
  ~Process() {
    kill();
    wait();
    ::close(from_);
    start();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Lets it begin.
  void start() {
    if (to_ >= 0) ::close(to_);
    to_ = -1;
  }

  /// Waits for so many bytes that it writes; false when it ended before.
  [[nodiscard]] bool wait_for_output(std::size_t bytes) const {
    for (char byte = 0; bytes > 0; --bytes) {
      if (::read(from_, &byte, 1) != 1) return false;
    }
    return true;
  }

  /// As many bytes as it writes until it ends.
  [[nodiscard]] std::size_t count_output() const {
    std::size_t count = 0;
    while (wait_for_output(1)) ++count;
    return count;
  }

  void kill() const {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
  }

  /// Its exit status once it has ended, or minus the signal that ended it.
  int wait() {
    if (pid_ > 0) {
      int status = 0;
      while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
      }
      pid_ = 0;
      ended_as_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    return ended_as_;
  }

 private:
  [[noreturn]] static void fail(int error) {
    throw std::system_error(error, std::generic_category(), "a process cannot be started");
  }

  pid_t pid_ = 0;
  int to_ = -1;
  int from_ = -1;
  int ended_as_ = 0;
};

}  // namespace exhibition::tests
