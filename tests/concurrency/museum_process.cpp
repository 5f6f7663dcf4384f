// A process that uses a booking file: what the tests of several processes start.
//
//   museum_process <booking file> reserve <session> <seed>   reserves until sold out
//   museum_process <booking file> pump <events>              pumps until the log has so many events
//   museum_process <booking file> trade <session> <seed>     reserves, cancels, pumps until killed
//
// It begins when its input ends or gives a byte, and writes a byte for every command that was done.
// Exit status: 0, or 1 and why.

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/exhibition.hpp"
#include "exhibition/testing/manual_clock.hpp"

namespace exhibition {
namespace {

void say_done() {
  if (::write(STDOUT_FILENO, ".", 1) != 1) throw std::runtime_error("nobody is listening");
}

void reserve(Engine& museum, SessionId session, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (;;) {
    const auto places = static_cast<std::uint32_t>(1 + random() % 5);
    const auto answer = museum.bookings().reserve(
        {.session = session, .member = std::to_string(seed), .places = places});
    if (answer) {
      say_done();
      continue;
    }
    const auto& sold_out = std::get<refusal::SoldOut>(answer.error().detail);
    if (sold_out.free == 0) return;
  }
}

void pump(Engine& museum, const Storage& storage, std::int64_t events) {
  for (;;) {
    for (const auto& failure : museum.events().pump({.max_events = 10}).failures) {
      throw Exception(failure.error);
    }
    say_done();
    if (read(storage, [](const ReadView& view) { return view.log().head(); }).value() >= events)
      break;
  }
  const auto last = museum.events().pump();
  for (const auto& failure : last.failures) throw Exception(failure.error);
}

[[noreturn]] void trade(Engine& museum, SessionId session, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (;;) {
    const auto made =
        museum.bookings().reserve({.session = session, .member = "trader", .places = 2}).value();
    if (random() % 2 == 0) museum.bookings().cancel(made.reservation.id).value();
    if (random() % 4 == 0) {
      for (const auto& failure : museum.events().pump().failures) throw Exception(failure.error);
    }
    say_done();
  }
}

void run(const std::string& file, const std::string& role, std::int64_t number,
         std::uint64_t seed) {
  auto opened = sqlite::storage(file);
  const Storage& storage = *opened.value();
  using namespace std::chrono_literals;
  // What the clock of the tests' museum shows: 2026-09-01T08:00:00.000Z.
  const testing::ManualClock clock(std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 8h);
  auto museum = Engine::open({.storage = std::move(opened), .clock = clock.handle()}).value();
  char start = 0;
  if (::read(STDIN_FILENO, &start, 1) < 0) throw std::runtime_error("nobody said when to start");
  if (role == "reserve") reserve(museum, SessionId{number}, seed);
  if (role == "pump") pump(museum, storage, number);
  if (role == "trade") trade(museum, SessionId{number}, seed);
}

}  // namespace
}  // namespace exhibition

int main(int count, char** arguments) {
  ::alarm(300);  // whatever happens to the test, this ends
  try {
    const std::string seed = count > 4 ? arguments[4] : "0";
    exhibition::run(arguments[1], arguments[2], std::stoll(arguments[3]), std::stoull(seed));
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 1;
  }
}
