#include "support/crowd.hpp"

#include <atomic>
#include <semaphore>
#include <stdexcept>

namespace exhibition::benchmarks {

std::string member(std::size_t number) { return "member-" + std::to_string(number); }

void take_reservations(Engine& engine, SessionId session, std::size_t count, std::size_t members) {
  constexpr std::ptrdiff_t in_flight = 512;
  std::counting_semaphore<in_flight> free(in_flight);
  std::atomic<bool> has_failed = false;
  for (std::size_t i = 0; i < count; ++i) {
    free.acquire();
    engine.bookings().reserve_async({.session = session, .member = member(i % members)},
                                    [&](const Result<Reserved>& answer) {
                                      if (!answer) has_failed = true;
                                      free.release();
                                    });
  }
  for (std::ptrdiff_t i = 0; i < in_flight; ++i) free.acquire();
  if (has_failed) throw std::runtime_error("a reservation was refused");
}

void let_follow(Engine& engine) {
  for (;;) {
    const auto report = engine.events().pump();
    if (!report.failures.empty()) throw std::runtime_error(report.failures.front().error.message());
    if (!report.more) return;
  }
}

}  // namespace exhibition::benchmarks
