/// The first lines of README.md, as a program.

#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <iostream>

using namespace exhibition;
using namespace std::chrono_literals;

int main() {
  const Instant nine = std::chrono::floor<std::chrono::days>(SystemClock{}.now()) + 24h + 9h;

  auto museum = Engine::open({.storage = sqlite::storage("museum.db")}).value();
  auto printing = museum.events().on<VoucherActivated>(
      [](const auto& event) { std::cout << "a voucher for " << event.member << '\n'; });
  const NewSession session{.starts_at = nine, .ends_at = nine + 1h, .capacity = 40};
  auto monet = museum.catalogue().register_exhibition({.title = "Monet", .sessions = {session}});
  auto visit = museum.bookings().reserve(
      {.session = monet.value().sessions.front(), .member = "seokwon", .places = 2});
  if (!visit) std::cout << visit.error() << '\n';  // an ordinary answer, such as sold_out
  museum.events().pump();                          // nothing runs behind your back
  for (const auto& entry : museum.my_page().of("seokwon").value()) std::cout << entry.title << '\n';
}
