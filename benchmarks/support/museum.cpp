#include "support/museum.hpp"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace exhibition::benchmarks {

using namespace std::chrono_literals;

Museum::Museum(const Museum& original) : capacity(original.capacity), session(original.session) {
  for (const auto& each : std::filesystem::directory_iterator(original.folder.path())) {
    std::filesystem::copy(each.path(), folder.path() / each.path().filename());
  }
}

Engine Museum::open(std::unique_ptr<Executor> executor, const sqlite::Options& options) const {
  return Engine::open({.storage = sqlite::storage(file, options), .executor = std::move(executor)})
      .value();
}

void Museum::check(std::size_t sold, std::size_t given_back) const {
  auto engine = open();
  const auto seen = engine.bookings().availability(session).value();
  const auto events = engine.events().head().value().value();
  const auto in_force = static_cast<std::int64_t>(sold - given_back);
  const auto caused = 2 + static_cast<std::int64_t>(sold + given_back);
  if (seen.in_force != in_force) throw std::runtime_error("other places are taken than were sold");
  if (events != caused) throw std::runtime_error("the log has other events than were caused");
  if (!engine.audit().value().empty()) throw std::runtime_error("the audit found differences");
}

SessionId Museum::make() const {
  return open()
      .catalogue()
      .register_exhibition(
          {.title = "Monet",
           .sessions = {{.starts_at = SystemClock{}.now() + 24h, .capacity = capacity}}})
      .value()
      .sessions.front();
}

}  // namespace exhibition::benchmarks
