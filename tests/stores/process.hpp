#pragma once

#include <sys/types.h>

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
  /// All that it prints, until it closes its output.
  [[nodiscard]] std::string rest();
  /// Tells it to go on: it reads a line.
  void go();
  /// Lets it read the end of its input, waits for its end, and gives its exit status; negative if
  /// a signal ended it.
  int finish();
  /// Ends it at once, as a power cut would, and waits for that.
  void kill();

 private:
  int reap();
  bool read_more();

  pid_t id_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string unread_;
};

}  // namespace exhibition::tests
