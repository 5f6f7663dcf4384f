/// A bad day at the back office: the voucher desk and my page are down, and then a mailer meets an
/// event that it cannot take. The front desk takes bookings all the while, and nothing is lost.
///
///     outage [<file>]    the booking file to make; outage.db by default

#include <cstdlib>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/manual_clock.hpp>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

const Instant eight = std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 8h;

void title(std::string_view text) { std::cout << '\n' << text << '\n'; }

/// The beginning of a line that somebody says.
std::ostream& line(std::string_view who) {
  return std::cout << "    " << std::left << std::setw(15) << who;
}

/// Two engines on one file, as two processes would have it: the front desk only takes bookings,
/// everything that follows happens in the back office.
class Museum {
 public:
  explicit Museum(std::filesystem::path file) : file_(std::move(file)), front_(open()) {
    const NewSession hall{.starts_at = eight + 24h, .ends_at = eight + 26h, .capacity = 9};
    hall_ = front_.catalogue()
                .register_exhibition({.title = "Monet", .sessions = {hall}})
                .value()
                .sessions.front();
  }

  /// Bookings cost the clock a minute each, so that there is a lag to be seen.
  void book(const std::vector<std::string>& members) {
    for (const auto& member : members) {
      clock_.advance(1min);
      const auto visit = front_.bookings().reserve({.session = hall_, .member = member});
      line("front desk") << member << ": "
                         << (visit ? to_string(visit->reservation.status)
                                   : to_string(visit.error().code))
                         << '\n';
    }
  }

  void cancel(const std::string& member) {
    for (const auto& visit : front_.bookings().list().value()) {
      if (visit.member != member) continue;
      const auto cancelled = front_.bookings().cancel(visit.id).value();
      line("front desk") << member << ": " << to_string(cancelled.status) << '\n';
    }
  }

  void open_back_office() {
    back_ = open();
    back_->events()
        .follow("mailer", EventTypes::of<ReservationConfirmed, ReservationCancelled>(),
                [this](const Delivery& delivery) { send_mail(delivery); })
        .value();
  }
  void close_back_office() { back_.reset(); }
  [[nodiscard]] EventFeed& back_office() { return back_->events(); }

  /// What has reached visitors, and how far behind the followers are.
  void show() {
    std::size_t vouchers = 0;
    const auto visits = front_.bookings().list().value();
    for (const auto& visit : visits) vouchers += front_.vouchers().of(visit.id).value().size();
    line("visitors") << visits.items.size() << " reservations, " << vouchers << " vouchers, "
                     << front_.my_page().list().value().items.size() << " entries on my page\n";
    show_status(front_, {"voucher-desk", "my-page"});
  }
  void show_mailer() { show_status(*back_, {"mailer"}); }

  /// Lets followers whose event has failed try it again when it is time, until none has to.
  void wait_through_retries() {
    for (;;) {
      const auto report = back_->events().pump();
      if (!report.retry_at) return;
      const auto pause = *report.retry_at - clock_.now();
      line("mailer") << "waits " << pause.count() << " ms\n";
      clock_.advance(pause);
    }
  }

  void allow(const std::string& member) { without_address_.erase(member); }

  void audit() { line("audit") << front_.audit().value().size() << " differences\n"; }

 private:
  [[nodiscard]] Engine open() const {
    return Engine::open({.storage = sqlite::storage(file_),
                         .clock = clock_.handle(),
                         .random = std::make_unique<SeededRandom>(7)})
        .value();
  }

  void send_mail(const Delivery& delivery) {
    const auto& event = delivery.envelope.event;
    const auto* confirmed = std::get_if<ReservationConfirmed>(&event);
    const auto& member =
        confirmed ? confirmed->member : std::get<ReservationCancelled>(event).member;
    if (without_address_.contains(member)) throw std::runtime_error(member + " has no address");
    line("mailer") << "to " << member << ": " << type_of(event) << ", " << delivery.key() << '\n';
  }

  static void show_status(Engine& engine, const std::set<std::string>& names) {
    for (const auto& follower : engine.events().status().value()) {
      if (!names.contains(follower.name)) continue;
      line(follower.name) << to_string(follower.state) << ", " << follower.lag_events
                          << " events and " << follower.lag / 1s << " s behind, " << follower.parked
                          << " parked\n";
    }
  }

  std::filesystem::path file_;
  testing::ManualClock clock_{eight};
  std::set<std::string> without_address_{"noah"};
  SessionId hall_;
  Engine front_;
  std::optional<Engine> back_;
};

void lose_the_back_office(Museum& museum) {
  title("An ordinary morning: what is booked is followed at once");
  museum.open_back_office();
  museum.book({"mina", "jun"});
  museum.back_office().pump();
  museum.show();

  title("The back office is down: bookings go on, and the hall is still never oversold");
  museum.close_back_office();
  museum.book({"hana", "liam", "yuna", "theo", "ida"});
  museum.show();

  title("It comes back, and catches up");
  museum.open_back_office();
  museum.back_office().start();
  for (const auto* follower : {"voucher-desk", "my-page", "mailer"}) {
    if (!museum.back_office().wait_for(follower, 1min).value()) throw std::runtime_error(follower);
  }
  museum.back_office().stop();
  museum.show();
}

void park_an_event(Museum& museum) {
  title("Noah has no address: his event is tried eight times, then parked; ada's goes on");
  museum.book({"noah", "ada", "omar"});
  museum.wait_through_retries();
  museum.cancel("noah");
  museum.back_office().pump();
  museum.show_mailer();
  for (const auto& letter : museum.back_office().dead_letters("mailer").value()) {
    line("dead letter") << letter.envelope.key() << ", " << to_string(letter.reason);
    if (letter.attempts > 0) std::cout << ' ' << letter.attempts << " times: " << letter.error;
    std::cout << '\n';
  }

  title("The address is found: what was parked is taken in its order");
  museum.allow("noah");
  const auto report = museum.back_office().retry("mailer").value();
  line("retry") << report.replayed << " replayed\n";
  museum.show_mailer();
  museum.show();
  museum.audit();
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    const std::filesystem::path file = argc > 1 ? argv[1] : "outage.db";
    if (std::filesystem::exists(file)) {
      throw std::runtime_error(file.string() +
                               " is there already: remove it, or name another file");
    }
    Museum museum(file);
    lose_the_back_office(museum);
    park_an_event(museum);
    return EXIT_SUCCESS;
  } catch (const std::exception& problem) {
    std::cerr << "outage: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}
