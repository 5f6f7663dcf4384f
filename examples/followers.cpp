/// Followers of a host's own: a read model in an SQLite file of its own, and a feed of all events
/// that leaves through a dispatcher. In the end the log forgets what an archive has.
///
///     followers [<folder>]    where to keep the files, which must not be there; "." by default

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <exhibition/adapters/files.hpp>
#include <exhibition/adapters/signals.hpp>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

/// Visits that are booked. It is called for every event, has its effect once for each, and writes
/// nowhere but through its transaction.
void keep_visits(sqlite::Transaction& visits, const Envelope& envelope) {
  visits.execute(
      "CREATE TABLE IF NOT EXISTS visits"
      "(reservation INTEGER PRIMARY KEY, session INT, places INT)");
  if (const auto* booked = std::get_if<ReservationConfirmed>(&envelope.event)) {
    visits.execute(
        "INSERT INTO visits VALUES(?1, ?2, ?3)",
        {booked->reservation.value(), booked->session.value(), std::int64_t{booked->places}});
  } else if (const auto* cancelled = std::get_if<ReservationCancelled>(&envelope.event)) {
    visits.execute("DELETE FROM visits WHERE reservation = ?1", {cancelled->reservation.value()});
  }
}

/// Whoever wants to know asks the file; SQLite lets them read while it is written.
void show_visits(const std::filesystem::path& file) {
  sqlite3* connection = nullptr;
  sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READONLY, nullptr);
  const auto print = [](void*, int, char** columns, char**) {
    std::cout << "session " << columns[0] << ": " << columns[1] << " places\n";
    return 0;
  };
  sqlite3_exec(connection, "SELECT session, sum(places) FROM visits GROUP BY session", print,
               nullptr, nullptr);
  sqlite3_close(connection);
}

/// Sends events where the host wants them, here to the end of a file, and to its subscribers.
class Feed final : public EventDispatcher {
 public:
  explicit Feed(const std::filesystem::path& file) : lines_(file, std::ios::app) {}

  [[nodiscard]] DispatcherCapabilities capabilities() const override {
    return subscribers_->capabilities();
  }
  Subscription subscribe(Handler handler) override {
    return subscribers_->subscribe(std::move(handler));
  }
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    lines_ << envelope.key() << ' ' << type_of(envelope.event) << std::endl;
    if (!lines_) {
      lines_.clear();
      throw PortError("the feed cannot be written");  // it is tried again, for as long as it takes
    }
    subscribers_->publish(envelope, failed);
  }

 private:
  std::ofstream lines_;
  std::unique_ptr<EventDispatcher> subscribers_ = signals::dispatcher();
};

void run(const std::filesystem::path& folder) {
  auto museum = Engine::open({.storage = sqlite::storage(folder / "museum.db"),
                              .archive = files::archive(folder / "archive")})
                    .value();

  museum.events()
      .project("visits", sqlite::projection_file(folder / "visits.db"), keep_visits)
      .value();
  museum.events().relay("feed", std::make_shared<Feed>(folder / "feed.txt")).value();

  const auto starts_at = std::chrono::system_clock::now() + 48h;
  const NewSession morning{.starts_at = time_point_cast<std::chrono::milliseconds>(starts_at)};
  const auto shown = museum.catalogue()
                         .register_exhibition({.title = "Monet", .sessions = {morning, morning}})
                         .value();
  for (const auto session : shown.sessions) {
    museum.bookings().reserve({.session = session, .member = "mina", .places = 2}).value();
  }
  const auto visit =
      museum.bookings().reserve({.session = shown.sessions[1], .member = "jun"}).value();
  museum.bookings().cancel(visit.reservation.id).value();

  museum.events().pump();
  show_visits(folder / "visits.db");
  std::ifstream feed(folder / "feed.txt");
  for (std::string line; std::getline(feed, line);) std::cout << "feed: " << line << '\n';

  museum.events()
      .pump();  // the vouchers' events, which the voucher desk has made, are followed too
  const auto pruned = museum.events().prune({.older_than = 0ms}).value();
  museum.events().rebuild("visits").value();
  std::cout << "made anew of " << pruned.events << " events that only the archive has:\n";
  show_visits(folder / "visits.db");
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    const std::filesystem::path folder = argc > 1 ? argv[1] : ".";
    if (std::filesystem::exists(folder / "museum.db")) {
      throw std::runtime_error((folder / "museum.db").string() +
                               " is there already: remove it, or name another folder");
    }
    run(folder);
    return EXIT_SUCCESS;
  } catch (const std::exception& problem) {
    std::cerr << "followers: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}
