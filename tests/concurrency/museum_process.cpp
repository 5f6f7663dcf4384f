// A process that uses a booking file: what the tests of several processes start.
//
//   museum_process <booking file> reserve <session> <seed>   reserves until sold out
//   museum_process <booking file> hurry <session> <seed>     the same with four callers, one place at
//                                                            a time, and pauses nowhere
//   museum_process <booking file> pump                       pumps until its input ends
//   museum_process <booking file> trade <session> <seed>     reserves, cancels, pumps until killed
//
// It says "ready" when it has opened the file, and begins when it is told to. Then it says the id
// of every reservation that was made, or how many events each pump let my page follow, if any. Exit
// status: 0, or 1 and why.

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/exhibition.hpp"
#include "exhibition/testing/manual_clock.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;

void say(const std::string& line) { std::cout << line << std::endl; }

void wait_until_told() {
  say("ready");
  std::string line;
  std::getline(std::cin, line);
}

/// Who asks for the lock of the file again at once may get it before those who wait for it.
void let_others_have_their_turns() { std::this_thread::sleep_for(1ms); }

/// Whether its input has ended.
bool is_told_to_end() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

void reserve(Engine& museum, SessionId session, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (;;) {
    const auto places = static_cast<std::uint32_t>(1 + random() % 5);
    const auto answer = museum.bookings().reserve(
        {.session = session, .member = std::to_string(seed), .places = places});
    if (answer) {
      let_others_have_their_turns();
      say(to_string(answer->reservation.id));
      continue;
    }
    const auto& sold_out = std::get<refusal::SoldOut>(answer.error().detail);
    if (sold_out.free == 0) return;
  }
}

void hurry(Engine& museum, SessionId session, std::uint64_t seed) {
  std::mutex saying;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      std::string ids;
      for (;;) {
        const auto answer =
            museum.bookings().reserve({.session = session, .member = std::to_string(seed)});
        if (!answer && answer.error().code == Errc::sold_out) break;
        ids += to_string(answer.value().reservation.id) + '\n';
      }
      const std::lock_guard lock(saying);
      std::cout << ids;
    });
  }
}

void pump(Engine& museum) {
  for (bool is_last = false; !is_last;) {
    is_last = is_told_to_end();
    const auto report = is_last ? museum.events().pump() : museum.events().pump({.max_events = 10});
    for (const auto& failure : report.failures) throw Exception(failure.error);
    if (const auto followed = report.followed("my-page")) say(std::to_string(followed));
  }
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
    let_others_have_their_turns();
    say(to_string(made.reservation.id));
  }
}

void run(const std::string& file, const std::string& role, SessionId session, std::uint64_t seed) {
  // What the clock of the tests' museum shows: 2026-09-01T08:00:00.000Z.
  const testing::ManualClock clock(std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 8h);
  auto museum = Engine::open({.storage = sqlite::storage(file), .clock = clock.handle()}).value();
  wait_until_told();
  if (role == "reserve") reserve(museum, session, seed);
  if (role == "hurry") hurry(museum, session, seed);
  if (role == "pump") pump(museum);
  if (role == "trade") trade(museum, session, seed);
}

}  // namespace
}  // namespace exhibition

int main(int count, char** arguments) {
  ::alarm(300);  // whatever happens to the test, this ends
  try {
    const exhibition::SessionId session{count > 3 ? std::stoll(arguments[3]) : 0};
    const std::uint64_t seed = count > 4 ? std::stoull(arguments[4]) : 0;
    exhibition::run(arguments[1], arguments[2], session, seed);
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 1;
  }
}
