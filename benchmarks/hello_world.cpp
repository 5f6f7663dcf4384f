/// As little as a host can do with the library: footprint.cpp looks at the size of it.

#include <chrono>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <iostream>

int main(int argc, char* argv[]) {
  using namespace exhibition;
  if (argc != 2) return 2;
  auto engine = Engine::open({.storage = sqlite::storage(argv[1])}).value();
  const auto monet = engine.catalogue().register_exhibition(
      {.title = "Monet",
       .sessions = {{.starts_at = SystemClock{}.now() + std::chrono::hours{24}}}});
  const auto sold =
      engine.bookings().reserve({.session = monet.value().sessions.front(), .member = "ada"});
  std::cout << "hello, " << sold.value().reservation.member << '\n';
}
