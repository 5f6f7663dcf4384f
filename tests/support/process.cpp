#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
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

using Ends = std::array<int, 2>;

/// A pipe that other programs do not inherit.
Ends make_pipe() {
  Ends ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe2");
  return ends;
}

/// The same, but writing to a reader that is gone is an error and no signal.
Ends make_socket_pair() {
  Ends ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    fail(errno, "socketpair");
  }
  return ends;
}

}  // namespace

Process::Process(const std::vector<std::string>& command) {
  const auto input = make_socket_pair();
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

bool Process::prints(std::size_t lines) {
  for (; lines > 0; --lines) {
    if (!line()) return false;
  }
  return true;
}

std::string Process::rest() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

std::string Process::so_far() {
  for (pollfd printed{from_, POLLIN, 0}; ::poll(&printed, 1, 0) > 0;) {
    if (!read_more()) break;
  }
  const auto end = unread_.rfind('\n') + 1;  // of a line that has begun, the end is still to come
  std::string lines = unread_.substr(0, end);
  unread_.erase(0, end);
  return lines;
}

void Process::go() const { [[maybe_unused]] const auto sent = ::send(to_, "\n", 1, MSG_NOSIGNAL); }

void Process::freeze() const { ::kill(id_, SIGSTOP); }

void Process::thaw() const { ::kill(id_, SIGCONT); }

int Process::finish() {
  ::close(std::exchange(to_, -1));
  return reap();
}

int Process::kill() {
  ::kill(id_, SIGKILL);
  return reap();
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
