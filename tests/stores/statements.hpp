#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace exhibition::tests {

/// A statement that begins.
struct Begun {
  std::filesystem::path file;
  const void* connection = nullptr;
  std::string sql;
};

/// Tells of every statement that begins on a connection that this process opens while it lives.
/// Threads: one, and there is one object at a time.
class StatementWatch {
 public:
  explicit StatementWatch(std::function<void(const Begun&)> tell);
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

 private:
  std::function<void(const Begun&)> tell_;
};

}  // namespace exhibition::tests
