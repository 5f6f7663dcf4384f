/// The program of docs/tutorial.md, step by step.

#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/manual_clock.hpp>
#include <iostream>

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

Registered open_monet(Engine& museum, Instant nine) {
  return museum.catalogue()
      .register_exhibition({
          .title = "Monet",
          .kind = "gallery",
          .rules = {.max_places_per_reservation = 4},
          .sessions = {{.starts_at = nine, .ends_at = nine + 1h, .capacity = 6}},
      })
      .value();
}

ReservationId reserve(Engine& museum, SessionId session) {
  auto visit = museum.bookings().reserve({.session = session, .member = "mina", .places = 4});
  if (!visit) throw Exception(visit.error());
  const Reservation& made = visit->reservation;
  std::cout << made.member << ": " << to_string(made.status) << ", " << made.places << " places\n";
  return made.id;
}

void be_refused(Engine& museum, SessionId session) {
  auto visit = museum.bookings().reserve({.session = session, .member = "noah", .places = 3});
  if (visit) return;
  const Error& no = visit.error();
  if (const auto* sold_out = std::get_if<refusal::SoldOut>(&no.detail)) {
    std::cout << "noah: only " << sold_out->free << " left\n";
  }
  std::cout << "noah: " << to_string(no.code) << ", " << no.message() << '\n';
}

void pump(Engine& museum) {
  auto printing = museum.events().on<VoucherActivated>([](const VoucherActivated& event) {
    std::cout << "heard: a voucher for " << event.member << '\n';
  });
  auto visit = museum.bookings().list().value().items.front();
  std::cout << "vouchers: " << museum.vouchers().of(visit.id).value().size() << '\n';
  museum.events().pump();
  std::cout << "vouchers: " << museum.vouchers().of(visit.id).value().size() << '\n';
}

void follow(Engine& museum) {
  auto known = museum.events().follow(
      "mailer", EventTypes::of<ReservationConfirmed>(), [](const Delivery& delivery) {
        const auto& event = std::get<ReservationConfirmed>(delivery.envelope.event);
        std::cout << "mail to " << event.member << ", once for " << delivery.key() << '\n';
      });
  if (!known) std::cout << known.error() << '\n';
  museum.events().pump();
}

void show_my_page(Engine& museum, const std::string& member) {
  for (const auto& entry : museum.my_page().of(member).value()) {
    std::cout << member << "'s page: " << entry.title << ", " << to_string(entry.status) << '\n';
  }
}

void hold(Engine& museum, SessionId session, testing::ManualClock& clock) {
  auto held = museum.bookings()
                  .reserve({.session = session, .member = "jun", .places = 2, .hold = Hold{}})
                  .value()
                  .reservation;
  std::cout << "jun: " << to_string(held.status) << " until " << to_string(*held.expires_at)
            << '\n';
  clock.advance(15min);
  std::cout << "jun: " << museum.bookings().confirm(held.id).error() << '\n';
  std::cout << "free: " << *museum.bookings().availability(session).value().free << '\n';
}

void send_twice(Engine& museum, SessionId session) {
  const ReserveRequest request{.session = session, .member = "hana", .places = 2};
  const CommandOptions once{.idempotency_key = "order-1017"};
  auto first = museum.bookings().reserve(request, once).value();
  auto again = museum.bookings().reserve(request, once).value();
  std::cout << "the same reservation: " << (first.reservation == again.reservation ? "yes" : "no")
            << ", replayed: " << (again.replayed ? "yes" : "no") << '\n';
}

void let_in(Engine& museum, ReservationId visit) {
  const auto code = museum.vouchers().of(visit).value().back().code;
  auto scanned = museum.vouchers().redeem(code, {.gate = "north", .count = 4});
  std::cout << "let in: " << scanned.value().admitted << '\n';
  std::cout << "again: " << museum.vouchers().redeem(code, {.gate = "north"}).error() << '\n';
}

void withdraw(Engine& museum, const Registered& monet) {
  auto withdrawn = museum.catalogue().withdraw(monet.exhibition.id);
  if (!withdrawn) std::cout << withdrawn.error() << '\n';
  const auto report = museum.events().pump();
  std::cout << "withdrawn; reservations written down: " << report.settled << '\n';
  show_my_page(museum, "mina");
}

void check(Engine& museum) {
  for (const auto& finding : museum.audit().value()) std::cout << to_string(finding) << '\n';
}

void tour() {
  testing::ManualClock clock(std::chrono::sys_days{2026y / 9 / 1} + 8h);
  auto museum =
      Engine::open({.storage = sqlite::storage("tutorial.db"), .clock = clock.handle()}).value();

  const auto monet = open_monet(museum, clock.now() + 24h);
  const auto session = monet.sessions.front();
  const auto visit = reserve(museum, session);
  be_refused(museum, session);
  pump(museum);
  follow(museum);
  show_my_page(museum, "mina");
  hold(museum, session, clock);
  send_twice(museum, session);
  let_in(museum, visit);
  withdraw(museum, monet);
  check(museum);
}

}  // namespace

int main() {
  try {
    tour();
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
