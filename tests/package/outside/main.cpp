#include <chrono>
#include <exhibition/adapters/sqlite.hpp>
#include <exhibition/exhibition.hpp>
#include <filesystem>
#include <iostream>

int main() {
  using namespace std::chrono_literals;
  const auto nine = std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now()) + 24h;

  const char* file = "outside.db";
  for (const auto& left : std::filesystem::directory_iterator(".")) {
    if (left.path().filename().string().starts_with(file)) std::filesystem::remove(left.path());
  }

  auto museum = exhibition::Engine::open({.storage = exhibition::sqlite::storage(file)}).value();
  auto monet = museum.catalogue()
                   .register_exhibition({
                       .title = "Monet",
                       .kind = "gallery",
                       .sessions = {{.starts_at = nine, .ends_at = nine + 1h, .capacity = 40}},
                   })
                   .value();
  auto visit = museum.bookings().reserve(
      {.session = monet.sessions.front(), .member = "seokwon", .places = 2});
  if (!visit) {
    std::cerr << visit.error().message() << '\n';
    return 1;
  }
  museum.events().pump();
  const auto page = museum.my_page().of("seokwon").value();
  for (const auto& entry : page) {
    std::cout << entry.title << ": " << to_string(entry.status) << '\n';
  }
  return page.items.size() == 1 ? 0 : 1;
}
