#include "stores/stores.hpp"

#include "support/refusals.hpp"

namespace exhibition::tests {

Result<Engine> open_file(const std::filesystem::path& file,
                         std::chrono::milliseconds lock_timeout) {
  return Engine::open({.storage = sqlite::storage(file, {.lock_timeout = lock_timeout}),
                       .clock = testing::ManualClock(morning).handle()});
}

std::filesystem::path pages_of(std::filesystem::path file) { return file += "-my-page"; }

SessionId register_monet(Engine& engine) {
  return engine.catalogue()
      .register_exhibition({.title = "Monet", .sessions = {{.starts_at = ten}}})
      .value()
      .sessions.front();
}

Result<Reserved> try_reserve(Engine& engine, SessionId session, const std::string& member) {
  return engine.bookings().reserve({.session = session, .member = member});
}

SessionId make_store(const std::filesystem::path& file) {
  auto engine = open_file(file).value();
  const auto session = register_monet(engine);
  try_reserve(engine, session).value();
  engine.events().pump();
  try_reserve(engine, session, "mina").value();
  return session;
}

::testing::AssertionResult blames(const Error& error,
                                  std::initializer_list<std::string_view> words) {
  if (error.code != Errc::storage_failure) {
    return ::testing::AssertionFailure() << "not a storage_failure but " << error;
  }
  for (const auto word : words) {
    if (error.message().find(word) == std::string::npos) {
      return ::testing::AssertionFailure() << "'" << word << "' is not in: " << error.message();
    }
  }
  return ::testing::AssertionSuccess() << error;
}

::testing::AssertionResult is_clean(const Engine& engine) {
  const auto findings = engine.audit();
  if (!findings) return ::testing::AssertionFailure() << "no audit: " << findings.error();
  auto answer = findings->empty() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure();
  for (const auto& finding : *findings) answer << to_string(finding) << '\n';
  return answer;
}

::testing::AssertionResult works(Engine& engine, SessionId session) {
  const auto reserved = try_reserve(engine, session, "works");
  if (!reserved) return ::testing::AssertionFailure() << "reserving: " << reserved.error();
  const auto report = engine.events().pump();
  for (const auto& failure : report.failures) {
    return ::testing::AssertionFailure() << "pumping: " << failure.part << ": " << failure.error;
  }
  const auto page = engine.my_page().of("works");
  if (!page) return ::testing::AssertionFailure() << "my page: " << page.error();
  for (const auto& entry : page->items) {
    if (entry.reservation == reserved->reservation.id) return is_clean(engine);
  }
  return ::testing::AssertionFailure() << "the reservation is not on its member's page";
}

std::vector<MyPageEntry> entries(Engine& engine) {
  return engine.my_page().list({.limit = 1000}).value().items;
}

}  // namespace exhibition::tests
