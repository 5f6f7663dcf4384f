/// Rush hour with a catalogue that becomes slow: five users reserve one visit after the other for ten
/// seconds. Each time the catalogue is asked, which takes 400 to 620 ms, and in between 200 ms longer.
/// One sees the circuit breaker open, users being told when to come back, and recovery.
///
///     overload           on a simulated clock: it takes no time, and comes out the same each time
///     overload --real    the same, as it happens

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exhibition/exhibition.hpp>
#include <iomanip>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t users = 5;
constexpr auto rush_hour = 10s;
constexpr auto patience = 610ms;  // of the museum with the catalogue

/// When things happen, from zero. What happens at one moment happens in the order of the users.
class Time {
 public:
  virtual ~Time() = default;
  [[nodiscard]] virtual Moment now() const noexcept = 0;
  virtual void sleep_until(Moment moment, std::size_t user) = 0;
  /// The user sleeps no more.
  virtual void leave() {}
};

class RealTime final : public Time {
 public:
  [[nodiscard]] Moment now() const noexcept override {
    return Moment{std::chrono::steady_clock::now() - start_};
  }
  void sleep_until(Moment moment, std::size_t) override {
    std::this_thread::sleep_until(start_ + moment.time_since_epoch());
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Stands still while a user does something, and is moved on to the next one when all of them sleep.
class SimulatedTime final : public Time {
 public:
  [[nodiscard]] Moment now() const noexcept override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep_until(Moment moment, std::size_t user) override {
    std::unique_lock lock(mutex_);
    const Sleeper own{std::max(moment, now_), user};
    asleep_.insert(own);
    --awake_;
    wake_next();
    woken_.wait(lock, [&] { return !asleep_.contains(own); });
  }
  void leave() override {
    const std::lock_guard lock(mutex_);
    --awake_;
    wake_next();
  }

 private:
  using Sleeper = std::pair<Moment, std::size_t>;

  void wake_next() {
    if (awake_ > 0 || asleep_.empty()) return;
    now_ = asleep_.begin()->first;
    asleep_.erase(asleep_.begin());
    ++awake_;
    woken_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::set<Sleeper> asleep_;
  std::size_t awake_ = users;
  Moment now_;
};

/// The engine's view of it.
class Clockwork final : public MonotonicClock {
 public:
  explicit Clockwork(const Time& time) : time_(time) {}
  [[nodiscard]] Moment now() const noexcept override { return time_.now(); }

 private:
  const Time& time_;
};

thread_local std::size_t current_user = 0;

/// The catalogue, far away: it honours the deadline that it is given.
class SlowCatalogue final : public Availability {
 public:
  explicit SlowCatalogue(Time& time) : time_(time) {}

  Result<Offer> offer(SessionId session, Moment deadline) override {
    const Moment answers = time_.now() + delay();
    time_.sleep_until(std::min(answers, deadline), current_user);
    if (answers > deadline) return refusal::Timeout{};
    return Offer{{.id = ExhibitionId{1}, .title = "Monet", .kind = "", .rules = {}},
                 {.id = session,
                  .exhibition = ExhibitionId{1},
                  .times = {.starts_at = SystemClock{}.now() + 24h}}};
  }

 private:
  std::chrono::milliseconds delay() {
    const std::chrono::milliseconds usual{400 + random_.bits() % 220};
    const auto passed = time_.now().time_since_epoch();
    return passed >= 3s && passed < 6s ? usual + 200ms : usual;
  }

  Time& time_;
  SeededRandom random_{1};
};

/// What has happened, half a second in each line.
class Timeline {
 public:
  void note(Moment at, const Result<Reserved>& answer) {
    const std::lock_guard lock(mutex_);
    auto& row = row_at(at);
    if (answer) {
      ++row.reserved;
    } else if (answer.error().code == Errc::timeout) {
      ++row.too_late;
    } else {
      ++row.refused;
      const auto hint = answer.error().retry_after().value_or(0ms);
      row.told +=
          row.told.empty() ? std::to_string(hint.count()) : ", " + std::to_string(hint.count());
    }
  }
  void note(const BreakerEvent& event) {
    const std::lock_guard lock(mutex_);
    row_at(event.at).breaker = to_string(event.to);
  }

  void print() const {
    std::cout << "    until  breaker    reserved  too late  come back\n";
    std::string_view breaker = "closed";
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto& row = rows_[i];
      if (!row.breaker.empty()) breaker = row.breaker;
      std::cout << std::fixed << std::setprecision(1) << std::setw(7)
                << static_cast<double>(i + 1) / 2 << " s  " << std::left << std::setw(9) << breaker
                << std::right << std::setw(10) << row.reserved << std::setw(10) << row.too_late
                << std::setw(11) << row.refused;
      if (!row.told.empty()) std::cout << "  in " << row.told << " ms";
      std::cout << '\n';
    }
  }

 private:
  struct Row {
    int reserved = 0;
    int too_late = 0;
    int refused = 0;
    std::string told = {};
    std::string_view breaker = {};
  };

  Row& row_at(Moment at) {
    const auto half_seconds = static_cast<std::size_t>(at.time_since_epoch() / 500ms);
    if (half_seconds >= rows_.size()) rows_.resize(half_seconds + 1);
    return rows_[half_seconds];
  }

  std::mutex mutex_;
  std::vector<Row> rows_;  // guarded by mutex_
};

/// Reserves again and again, and comes back when told to.
void visit(std::size_t user, Bookings& bookings, Time& time, Timeline& timeline) {
  current_user = user;
  time.sleep_until(Moment{user * 100ms}, user);
  while (time.now() < Moment{rush_hour}) {
    const auto answer =
        bookings.reserve({.session = SessionId{1}, .member = "user " + std::to_string(user + 1)});
    timeline.note(time.now(), answer);
    if (answer) continue;
    time.sleep_until(time.now() + answer.error().retry_after().value_or(1s), user);
  }
  time.leave();
}

void run(Time& time) {
  Timeline timeline;
  auto museum =
      Engine::open({.availability = {.port = std::make_unique<SlowCatalogue>(time),
                                     .breaker = {.window = 2s,
                                                 .minimum_calls = 10,
                                                 .open_for = 1s,
                                                 .probe_lease = patience},
                                     .timeout = patience,
                                     .on_breaker_event =
                                         [&](const BreakerEvent& event) { timeline.note(event); }},
                    .monotonic_clock = std::make_unique<Clockwork>(time)})
          .value();
  std::vector<std::thread> threads;
  for (std::size_t user = 0; user < users; ++user) {
    threads.emplace_back([&, user] { visit(user, museum.bookings(), time, timeline); });
  }
  for (auto& thread : threads) thread.join();

  timeline.print();
  const auto stats = museum.stats();
  std::cout << "\n    reserve calls: " << stats.admission.admitted
            << "; places taken: " << museum.bookings().availability(SessionId{1})->in_force
            << "; breaker: " << to_string(stats.availability->breaker.state) << '\n';
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argc > 2 || (!argument.empty() && argument != "--real")) {
    std::cerr << "usage: overload [--real]\n";
    return 2;
  }
  std::cout
      << "Five users, a catalogue that takes 400 to 620 ms, and 200 ms longer from 3 s to 6 s.\n\n";
  if (argument == "--real") {
    RealTime time;
    run(time);
  } else {
    SimulatedTime time;
    run(time);
  }
  return EXIT_SUCCESS;
}
