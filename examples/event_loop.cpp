/// A host with one thread and an event loop, here Boost.Asio: a hundred visitors at once, each of them a
/// coroutine, and the loop waits for no disk.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <coroutine>
#include <exception>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/temporary_folder.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

using namespace exhibition;

namespace {

/// Has the answers of asynchronous commands arrive on the loop's thread.
class LoopExecutor final : public Executor {
 public:
  explicit LoopExecutor(boost::asio::io_context& loop) : loop_(loop) {}

  void post(std::function<void()> task) noexcept override {
    boost::asio::post(loop_, std::move(task));
  }

 private:
  boost::asio::io_context& loop_;
};

/// A coroutine that nobody waits for.
struct Visit {
  struct promise_type {
    static Visit get_return_object() { return {}; }
    static std::suspend_never initial_suspend() { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() {}
    static void unhandled_exception() { std::terminate(); }
  };
};

struct Visitors {
  int confirmed = 0;
  std::map<Errc, int> refused;
  int gone = 0;
};

/// Holds a place, and confirms it.
Visit visit(Bookings& bookings, SessionId session, std::string member, Visitors& visitors) {
  const ReserveRequest request{.session = session, .member = std::move(member), .hold = Hold{}};
  const auto held = co_await bookings.reserve_async(request);
  if (held) {
    const auto confirmed = co_await bookings.confirm_async(held->reservation.id);
    if (confirmed) ++visitors.confirmed;
  } else {
    ++visitors.refused[held.error().code];
  }
  ++visitors.gone;
}

}  // namespace

int main() {
  const testing::TemporaryFolder folder;
  boost::asio::io_context loop;
  auto museum = Engine::open({.storage = sqlite::storage(folder.path() / "museum.db"),
                              .executor = std::make_unique<LoopExecutor>(loop)})
                    .value();
  const NewSession session{.starts_at = SystemClock{}.now(), .capacity = 40};
  const auto monet =
      museum.catalogue().register_exhibition({.title = "Monet", .sessions = {session}}).value();

  Visitors visitors;
  for (int i = 0; i < 100; ++i) {
    visit(museum.bookings(), monet.sessions.at(0), "visitor-" + std::to_string(i), visitors);
  }
  const auto working = boost::asio::make_work_guard(loop);  // answers are on their way
  while (visitors.gone < 100) loop.run_one();

  std::cout << visitors.confirmed << " confirmed\n";
  for (const auto& [code, count] : visitors.refused) {
    std::cout << count << ' ' << to_string(code) << '\n';
  }
}
