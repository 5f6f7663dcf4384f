// A museum that dies: what the crash test starts, again and again on the same folder.
//
//   crash_process <folder> <milliseconds since 1970> <kill point> <hit> <seed> <session>...
//                 [position-first]
//
// It sells random visits of the sessions while their events are followed, read models made anew and
// old events archived and forgotten now and then, until it is at the kill point for the given time.
// Before each reservation it says "try <key> <session> <places> <held>", and of each answer
// "reserved <key> <id>", "refused <key>", "confirmed <id>" or "cancelled <id>".
// Exit status: 0 when it has sold enough and never was at that point, or 1 and why.

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "followed_museum.hpp"
#include "kill_points.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

constexpr int commands = 400;
constexpr int between_jobs = 40;

template <class... Words>
void say(const Words&... words) {
  const char* gap = "";
  ((std::cout << std::exchange(gap, " ") << words), ...);
  std::cout << std::endl;
}

/// A visitor who reserves, and then confirms and cancels what they have.
class Visitor {
 public:
  Visitor(FollowedMuseum& museum, std::vector<SessionId> sessions, std::uint64_t seed)
      : museum_(museum), sessions_(std::move(sessions)), seed_(seed), random_(seed) {}

  void act() {
    const BookingSteps::As command("command");
    const auto choice = random_() % 4;
    if (own_.empty() || choice < 2) {
      reserve();
    } else {
      change(own_[random_() % own_.size()], choice == 2);
    }
  }

 private:
  void reserve() {
    const auto session = sessions_[random_() % sessions_.size()];
    const auto places = static_cast<std::uint32_t>(1 + random_() % 3);
    const bool held = random_() % 2 == 0;
    const auto key = std::to_string(seed_) + '/' + std::to_string(++sent_);
    say("try", key, session.value(), places, held);
    const auto answer = museum_.engine().bookings().reserve(
        {.session = session,
         .member = key,
         .places = places,
         .hold = held ? std::optional<Hold>(Hold{}) : std::nullopt},
        {.idempotency_key = key});
    if (!answer) {
      say("refused", key);
      return;
    }
    own_.push_back(answer->reservation.id);
    say("reserved", key, answer->reservation.id.value());
  }

  void change(ReservationId id, bool is_to_be_confirmed) {
    auto& bookings = museum_.engine().bookings();
    const auto answer = is_to_be_confirmed ? bookings.confirm(id) : bookings.cancel(id);
    if (answer) say(is_to_be_confirmed ? "confirmed" : "cancelled", id.value());
  }

  FollowedMuseum& museum_;
  std::vector<SessionId> sessions_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  int sent_ = 0;
  std::vector<ReservationId> own_;
};

void run(const std::vector<std::string>& words) {
  Killer killer;
  const Instant now{std::chrono::milliseconds{std::stoll(words.at(1))}};
  const auto& point = kill_points()[std::stoul(words.at(2))];
  const std::uint64_t seed = std::stoull(words.at(4));
  auto journalling = Journalling::with_the_effect;
  std::vector<SessionId> sessions;
  for (std::size_t i = 5; i < words.size(); ++i) {
    if (words[i] == "position-first") {
      journalling = Journalling::before_the_effect;
    } else {
      sessions.emplace_back(std::stoll(words[i]));
    }
  }

  FollowedMuseum museum(words.at(0), now, killer, journalling);
  killer.aim(point, std::stoul(words.at(3)));
  Visitor visitor(museum, sessions, seed);
  auto& events = museum.engine().events();
  const bool with_worker = seed % 2 == 0;
  if (with_worker) events.start();
  for (int i = 0; i < commands; ++i) {
    visitor.act();
    museum.clock.advance(1s);
    if (!with_worker && i % 8 == 7) events.pump();
    const auto is_time_for = [&](Doing job) {
      return point.doing == job ? i % between_jobs == 7
                                : i == static_cast<int>(seed % (8 * commands));
    };
    if (is_time_for(Doing::rebuilding)) {
      events.rebuild(point.who == "my-page" ? "my-page" : "journal").value();
    }
    if (is_time_for(Doing::forgetting)) {
      // Who died in a rebuild has left what still needs the whole log.
      for (const auto* model : {"journal", "my-page"}) events.cancel_rebuild(model).value();
      const BookingSteps::As prune("prune");
      events.prune({.older_than = 0ms}).value();
    }
  }
  if (with_worker) events.stop(1h);
}

}  // namespace
}  // namespace exhibition::tests

int main(int count, char** arguments) {
  ::alarm(300);  // whatever happens to the test, this ends
  try {
    exhibition::tests::run(std::vector<std::string>(arguments + 1, arguments + count));
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 1;
  }
}
