#include "stores/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

extern char** environ;

namespace exhibition::tests {
namespace {

[[noreturn]] void fail(int error, const std::string& attempt) {
  throw std::system_error(error, std::generic_category(), attempt);
}

/// A pipe that other programs do not inherit.
std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe2");
  return ends;
}

}  // namespace

Process::Process(const std::vector<std::string>& command) {
  const auto input = make_pipe();
  const auto output = make_pipe();
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  const int error =
      ::posix_spawnp(&id_, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(input[0]);
  ::close(output[1]);
  to_ = input[1];
  from_ = output[0];
  if (error != 0) {
    ::close(to_);
    ::close(from_);
    fail(error, "starting " + words.front());
  }
}

Process::~Process() {
  if (id_ > 0) kill();
  if (to_ >= 0) ::close(to_);
  ::close(from_);
}

std::optional<std::string> Process::line() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (!read_more()) return std::nullopt;
  }
}

std::string Process::rest() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

void Process::go() {
  // A process that is gone already is found out by what it answers.
  [[maybe_unused]] const auto written = ::write(to_, "\n", 1);
}

int Process::finish() {
  ::close(std::exchange(to_, -1));
  return reap();
}

void Process::kill() {
  ::kill(id_, SIGKILL);
  reap();
}

int Process::reap() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0) {
    if (errno != EINTR) fail(errno, "waitpid");
  }
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool Process::read_more() {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto count = ::read(from_, buffer.data(), buffer.size());
    if (count > 0) {
      unread_.append(buffer.data(), static_cast<std::size_t>(count));
      return true;
    }
    if (count == 0) return false;
    if (errno != EINTR) fail(errno, "reading from a process");
  }
}

}  // namespace exhibition::tests
