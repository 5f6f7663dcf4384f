/// What several processes get that reserve at once on one SQLite file, each with several callers, and
/// how fairly they are served. The floor is one caller in one process, who has the file alone.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/museum.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr double least_ratio = 2.0;
constexpr double least_share = 0.7;

struct Variant {
  std::string name;
  std::size_t processes;
  std::size_t callers;  ///< of each
};

struct Figures {
  double per_second = 0;  ///< of all together
  double share = 0;  ///< of the process that was served least, of what the one got that was most
};

/// A pipe, which both ends of it inherit.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe is to be had");
  }
  ~Pipe() {
    close_reading();
    close_writing();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void write(std::uint64_t number) const {
    if (::write(ends_[1], &number, sizeof number) != sizeof number) ::_exit(1);
  }
  /// False at its end.
  [[nodiscard]] bool read(std::uint64_t& number) const {
    return ::read(ends_[0], &number, sizeof number) == sizeof number;
  }
  void close_reading() { close(ends_[0]); }
  void close_writing() { close(ends_[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  std::array<int, 2> ends_{};
};

/// How many places so many callers get in that time.
std::uint64_t reserve_for(std::chrono::milliseconds time, Engine& engine, SessionId session,
                          std::size_t callers) {
  std::atomic<bool> is_over = false;
  std::atomic<std::uint64_t> sold = 0;
  std::vector<std::thread> threads;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, member = "member-" + std::to_string(caller)] {
      while (!is_over) {
        engine.bookings().reserve({.session = session, .member = member}).value();
        ++sold;
      }
    });
  }
  std::this_thread::sleep_for(time);
  is_over = true;
  for (auto& thread : threads) thread.join();
  return sold;
}

/// A process of its own, which says that it is ready, waits for the beginning, and says what it got.
pid_t start(const Museum& museum, std::size_t callers, std::chrono::milliseconds time,
            Pipe& beginning, Pipe& said) {
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("no process is to be had");
  if (child > 0) return child;
  try {
    beginning.close_writing();
    auto engine = museum.open();
    said.write(0);
    std::uint64_t ignored = 0;
    static_cast<void>(beginning.read(ignored));
    said.write(reserve_for(time, engine, museum.session, callers));
    engine.close();
    ::_exit(0);
  } catch (const std::exception& failed) {
    std::cerr << failed.what() << '\n';
    ::_exit(1);
  }
}

Figures measure(const Variant& variant, std::chrono::milliseconds time) {
  const Museum museum;
  Pipe beginning;
  Pipe said;
  std::vector<pid_t> children;
  for (std::size_t i = 0; i < variant.processes; ++i) {
    children.push_back(start(museum, variant.callers, time, beginning, said));
  }
  said.close_writing();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < variant.processes && said.read(number); ++i) {
  }
  beginning.close_writing();
  std::vector<double> sold;
  while (said.read(number)) sold.push_back(static_cast<double>(number));
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error(variant.name + ": a process has failed");
  }
  double all = 0;
  for (const auto each : sold) all += each;
  museum.check(static_cast<std::size_t>(all));
  const auto [least, most] = std::minmax_element(sold.begin(), sold.end());
  return {all / std::chrono::duration<double>(time).count(), *least / *most};
}

Report report(const Options& options) {
  const std::vector<Variant> variants{
      {"one caller", 1, 1},
      {"reserve, 2 processes x 8 callers", 2, 8},
      {"reserve, 4 processes x 8 callers", 4, 8},
  };
  const auto measured =
      interleave("processes", options.rounds, variants, [&](const Variant& variant) {
        return measure(variant, std::chrono::milliseconds{options.amount});
      });

  Report report;
  for (std::size_t at = 1; at < variants.size(); ++at) {
    const auto& name = variants[at].name;
    report.compare(name + " / one caller alone", "/s", measured[at], measured.front(),
                   &Figures::per_second, least_ratio);
    report.require(name + ": served least / most", measured[at].median(&Figures::share),
                   least_share);
  }
  return report;
}

}  // namespace
}  // namespace exhibition::benchmarks

int main(int argc, char* argv[]) {
  using namespace exhibition::benchmarks;
  return run(
      {.name = "processes",
       .about = "What 2 and 4 processes get that reserve at once on one SQLite file, as ratios "
                "to one caller\nalone, and how fairly they are served.\n\n"
                "The files are made in TMPDIR, or else in /tmp; it should be on a disk.",
       .unit = "milliseconds",
       .amount = 1000,
       .measure = report},
      argc, argv);
}
