// A museum that dies between the commit of a batch and the waking of those whose units were in it: what
// the batch crash test starts, again and again on the same file.
//
//   batch_process <file> <session> <hit> <name>
//
// Threads of it reserve at once, half of them without waiting, until for the given time a unit is about
// to be acknowledged of a batch of which at least two are not. Before each reservation it says
// "try <key>", and then "reserved <key> <id>" or "refused <key>".
// Exit status: 0 when it has sold enough and never was there, or 1 and why.

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/exhibition.hpp"
#include "exhibition/testing/faulty_storage.hpp"

namespace exhibition::tests {
namespace {

constexpr std::size_t callers = 8;
constexpr int visits = 400;

/// A batch is run and acknowledged on one thread, so each thread counts its own.
class DyingBeforeTheWaking final : public testing::Steps {
 public:
  explicit DyingBeforeTheWaking(int hit) : left_(hit) {}

  void take(testing::Step step) override {
    thread_local int unheard = 0;
    if (step.kind == testing::StepKind::commit) ++unheard;
    if (step.kind != testing::StepKind::acknowledge) return;
    if (unheard >= 2 && --left_ == 0) ::kill(::getpid(), SIGKILL);
    --unheard;
  }

 private:
  std::atomic<int> left_;
};

void say(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

void say(const std::string& key, const Result<Reserved>& answer) {
  say(answer ? "reserved " + key + ' ' + to_string(answer->reservation.id) : "refused " + key);
}

/// Reserves one visit after the other, under keys of its own.
void visit(Bookings& bookings, SessionId session, const std::string& name, bool is_waiting) {
  for (int i = 0; i < visits; ++i) {
    const auto key = name + '/' + std::to_string(i);
    const ReserveRequest request{.session = session, .member = key};
    const CommandOptions options{.idempotency_key = key};
    say("try " + key);
    if (is_waiting) {
      say(key, bookings.reserve(request, options));
      continue;
    }
    std::promise<void> told;
    bookings.reserve_async(
        request,
        [&](const Result<Reserved>& answer) {
          say(key, answer);
          told.set_value();
        },
        options);
    told.get_future().wait();
  }
}

void run(const std::vector<std::string>& words) {
  DyingBeforeTheWaking steps(std::stoi(words.at(2)));
  auto museum =
      Engine::open({.storage = std::unique_ptr<Storage>(std::make_unique<testing::FaultyStorage>(
                        sqlite::storage(words.at(0)).value(), steps))})
          .value();
  const SessionId session{std::stoll(words.at(1))};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      visit(museum.bookings(), session, words.at(3) + '/' + std::to_string(i), i % 2 == 0);
    });
  }
}

}  // namespace
}  // namespace exhibition::tests

int main(int count, char** arguments) {
  ::alarm(300);  // whatever happens to the test, this ends
  try {
    exhibition::tests::run(std::vector<std::string>(arguments + 1, arguments + count));
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
