#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace exhibition::tests {

/// Another program, running beside the test; killed and reaped with this object at the latest.
/// It is spawned, never forked alone, so that sanitizers bear it. Threads: one.
class Process {
 public:
  /// Starts it: the first word is the program, looked up in PATH if it has no slash.
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// The next line that it prints; none when it prints no more.
  [[nodiscard]] std::optional<std::string> line();
  /// Waits for so many lines; false when it prints fewer.
  [[nodiscard]] bool prints(std::size_t lines);
  /// All that it prints, until it closes its output.
  [[nodiscard]] std::string rest();
  /// The lines that it has printed so far; it waits for none, and the next one is new.
  [[nodiscard]] std::string so_far();
  /// Tells it to go on: it reads a line. One that is gone already is found out by what it answers.
  void go() const;
  /// Stops it wherever it is, as a debugger or a machine that is moved would; and lets it go on.
  void freeze() const;
  void thaw() const;
  /// Lets it read the end of its input, waits for its end, and gives its exit status; negative if
  /// a signal ended it.
  int finish();
  /// Ends it at once, as a power cut would, and waits for that. Gives what `finish` gives: another
  /// status than -SIGKILL is that of a program that had ended before.
  int kill();

 private:
  int reap();
  bool read_more();

  pid_t id_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string unread_;
};

}  // namespace exhibition::tests
