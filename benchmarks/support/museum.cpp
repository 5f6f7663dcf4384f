#include "support/museum.hpp"

#include <chrono>
#include <cstdint>
#include <exhibition/adapters/sqlite.hpp>
#include <stdexcept>
#include <utility>

namespace exhibition::benchmarks {

using namespace std::chrono_literals;

Engine Museum::open(std::unique_ptr<Executor> executor) const {
  return Engine::open({.storage = sqlite::storage(file), .executor = std::move(executor)}).value();
}

void Museum::check(std::size_t sold) const {
  auto engine = open();
  const auto seen = engine.bookings().availability(session).value();
  const auto events = engine.events().head().value().value();
  const auto number = static_cast<std::int64_t>(sold);
  if (seen.in_force != number) throw std::runtime_error("other places are taken than were sold");
  if (events != 2 + number) throw std::runtime_error("the log has other events than were caused");
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
