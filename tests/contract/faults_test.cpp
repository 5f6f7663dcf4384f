#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/testing/faulty_storage.hpp"
#include "scenario/every_command.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

using testing::FailingStep;
using testing::FaultyStorage;

namespace fs = std::filesystem;

/// A museum on a storage that fails when it is told to, with a bit of everything in it.
class FailingMuseum {
 public:
  explicit FailingMuseum(StorageKind kind) : museum_(kind) {
    museum_.reopen(options());
    here = set_up(museum_);
    full = museum_.register_one(5, {.max_places_per_member = 50});
    museum_.reserve(full.session, "mina", 2);
    museum_.hold(full.session, "past", 2, 1min);
    museum_.clock.advance(1min);
    museum_.hold(full.session, "held", 1);
    museum_.pump_all();
  }

  [[nodiscard]] Engine& engine() { return museum_.engine(); }
  [[nodiscard]] const fs::path& folder() const { return museum_.folder(); }

  /// Options for one more engine on the same store, failing with this one.
  [[nodiscard]] EngineOptions options() {
    auto options = museum_.options();
    options.storage = std::unique_ptr<Storage>(
        std::make_unique<FaultyStorage>(*std::move(options.storage), steps));
    options.my_pages = (*options.storage)->my_pages();
    return options;
  }

  void expect_sound() {
    steps.fail_never();
    EXPECT_EQ(museum_.engine().audit(), std::vector<AuditFinding>{});
    museum_.pump_all();
    EXPECT_TRUE(is_sound(museum_.engine(), museum_.storage(), museum_.pages()));
  }

  [[nodiscard]] std::size_t count_events() { return museum_.log().size(); }

  FailingStep steps;
  Setting here;
  Shown full;  // of what is taken, a hold of two places is over

 private:
  Museum museum_;
};

/// A command of which the museum knows what it is about.
struct Sent {
  std::string name;
  std::function<Result<std::int64_t>(FailingMuseum&, const CommandOptions&)> send;
};

/// Those of the table, and reserves that do more than that one does.
std::vector<Sent> commands() {
  std::vector<Sent> all;
  for (const auto& command : every_command()) {
    all.push_back({command.name, [command](FailingMuseum& museum, const CommandOptions& key) {
                     return command.send(museum.engine(), museum.here, Request::usual, key);
                   }});
  }
  all.push_back({"reserve, which settles", [](FailingMuseum& museum, const CommandOptions& key) {
                   return id_of(museum.engine().bookings().reserve(
                       {.session = museum.full.session, .member = "next", .places = 2}, key));
                 }});
  all.push_back(
      {"reserve with a hold", [](FailingMuseum& museum, const CommandOptions& key) {
         return id_of(museum.engine().bookings().reserve(
             {.session = museum.here.other.session, .member = "next", .hold = Hold{}}, key));
       }});
  return all;
}

/// Whether it was done.
template <class T>
Result<void> outcome_of(const Result<T>& answer) {
  if (!answer) return answer.error();
  return {};
}

Result<void> subscribe(EventFeed& events) {
  try {
    const auto subscription = events.on<Event>([](const Event&) {});
    return {};
  } catch (const Exception& failure) {
    return failure.error();
  }
}

struct Query {
  std::string name;
  std::function<Result<void>(FailingMuseum&)> ask;
};

std::vector<Query> queries_of_the_desks() {
  using M = FailingMuseum;
  return {
      {"find an exhibition",
       [](M& m) { return outcome_of(m.engine().catalogue().find(m.here.shown.exhibition)); }},
      {"list exhibitions", [](M& m) { return outcome_of(m.engine().catalogue().list()); }},
      {"sessions_of",
       [](M& m) {
         return outcome_of(m.engine().catalogue().sessions_of(m.here.shown.exhibition));
       }},
      {"find a reservation",
       [](M& m) { return outcome_of(m.engine().bookings().find(m.here.held)); }},
      {"list reservations", [](M& m) { return outcome_of(m.engine().bookings().list()); }},
      {"list those of a session",
       [](M& m) {
         return outcome_of(m.engine().bookings().list({.session = m.here.shown.session}));
       }},
      {"availability",
       [](M& m) { return outcome_of(m.engine().bookings().availability(m.here.shown.session)); }},
      {"availability of a range",
       [](M& m) {
         return outcome_of(m.engine().bookings().availability(
             SessionRange{.exhibition = m.here.shown.exhibition}));
       }},
      {"find a voucher", [](M& m) { return outcome_of(m.engine().vouchers().find(m.here.code)); }},
      {"vouchers of", [](M& m) { return outcome_of(m.engine().vouchers().of(m.here.confirmed)); }},
      {"list vouchers", [](M& m) { return outcome_of(m.engine().vouchers().list()); }},
      {"my page of", [](M& m) { return outcome_of(m.engine().my_page().of("mina")); }},
      {"list my page", [](M& m) { return outcome_of(m.engine().my_page().list()); }},
      {"on", [](M& m) { return subscribe(m.engine().events()); }},
      {"audit", [](M& m) { return outcome_of(m.engine().audit()); }},
  };
}

/// Whether it is the storage_failure that was made.
template <class T>
::testing::AssertionResult is_made_to_fail(const Result<T>& answer) {
  if (answer) return ::testing::AssertionFailure() << "it was done";
  if (answer.error().code != Errc::storage_failure ||
      answer.error().message().find("made to fail") == std::string::npos) {
    return ::testing::AssertionFailure() << "refused as: " << answer.error();
  }
  return ::testing::AssertionSuccess() << "it failed";
}

class AFailingStore : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, AFailingStore, each_storage(), storage_name);

TEST_P(AFailingStore, AtAnyStepOfACommandIsAStorageFailureAndTheSameKeyAppliesItOnce) {
  const CommandOptions key{.idempotency_key = "again"};
  for (const auto& [name, send] : commands()) {
    SCOPED_TRACE(name);
    FailingMuseum well(GetParam());
    const auto before = well.count_events();
    const auto expected = send(well, key);
    ASSERT_TRUE(is_done(expected));
    const auto happened = well.count_events() - before;
    EXPECT_GT(happened, 0U);

    for (std::size_t step = 1;; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      FailingMuseum museum(GetParam());
      museum.steps.fail_at(step);
      const auto answer = send(museum, key);
      if (!museum.steps.has_failed()) {
        ASSERT_GT(step, 5U) << "no step was taken";
        break;
      }
      ASSERT_TRUE(is_made_to_fail(answer));
      museum.steps.fail_never();
      // All of it has happened, when only the acknowledgement was lost, or nothing.
      const auto so_far = museum.count_events() - before;
      EXPECT_TRUE(so_far == 0 || so_far == happened) << so_far;

      const auto again = send(museum, key);
      EXPECT_TRUE(is_done(again));
      EXPECT_EQ(museum.count_events() - before, happened);
      EXPECT_EQ(send(museum, key), again);
      EXPECT_EQ(museum.count_events() - before, happened);
      museum.expect_sound();
    }
  }
}

TEST_P(AFailingStore, AtAnyStepOfAPumpIsReportedAndTheNextPumpGoesOn) {
  const auto prepare = [](FailingMuseum& museum) {
    auto& bookings = museum.engine().bookings();
    bookings.confirm(museum.here.held).value();
    bookings.cancel(museum.here.confirmed).value();
    bookings.reserve({.session = museum.here.other.session, .member = "next"}).value();
    museum.engine().catalogue().cancel_session(museum.full.session).value();
  };
  FailingMuseum well(GetParam());
  prepare(well);
  well.expect_sound();
  const auto expected = well.count_events();

  for (std::size_t step = 1;; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    FailingMuseum museum(GetParam());
    prepare(museum);
    museum.steps.fail_at(step);
    const auto report = museum.engine().events().pump();
    if (!museum.steps.has_failed()) {
      ASSERT_GT(step, 20U) << "no step was taken";
      break;
    }
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures.front().error.code, Errc::storage_failure);
    EXPECT_TRUE(report.retry_at);
    museum.expect_sound();
    EXPECT_EQ(museum.count_events(), expected);
  }
}

TEST_P(AFailingStore, AtAnyStepOfAQueryIsAStorageFailure) {
  FailingMuseum museum(GetParam());
  for (const auto& [name, ask] : queries_of_the_desks()) {
    SCOPED_TRACE(name);
    for (std::size_t step = 1;; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      museum.steps.fail_at(step);
      const auto answer = ask(museum);
      if (!museum.steps.has_failed()) {
        EXPECT_TRUE(is_done(answer));
        ASSERT_GT(step, 1U) << "no step was taken";
        break;
      }
      ASSERT_TRUE(is_made_to_fail(answer));
    }
  }
  museum.expect_sound();
}

TEST_P(AFailingStore, AtAnyStepOfABackupIsAStorageFailureAndLeavesNoCopy) {
  FailingMuseum museum(GetParam());
  const auto copies = museum.folder() / "copies";
  fs::create_directory(copies);
  for (std::size_t step = 1;; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    museum.steps.fail_at(step);
    const auto answer = museum.engine().backup(copies / "copy.db");
    if (!museum.steps.has_failed()) {
      ASSERT_GT(step, 2U) << "one of the store and one of my page";
      EXPECT_EQ(answer.has_value(), GetParam() == StorageKind::sqlite);
      break;
    }
    ASSERT_TRUE(is_made_to_fail(answer));
    EXPECT_TRUE(fs::is_empty(copies));
  }
  museum.expect_sound();
}

TEST_P(AFailingStore, WithoutItsMyPagesOpensNoMuseum) {
  FailingMuseum museum(GetParam());
  auto options = museum.options();
  options.my_pages = std::unique_ptr<MyPages>();
  museum.steps.fail_at(1);
  EXPECT_TRUE(is_made_to_fail(Engine::open(std::move(options))));
  EXPECT_TRUE(museum.steps.has_failed());
  museum.expect_sound();
}

TEST_P(AFailingStore, NeverLetsAnIdBeUsedTwice) {
  FailingMuseum museum(GetParam());
  std::vector<std::int64_t> ids;
  for (std::size_t step = 1; step <= 60; ++step) {
    museum.steps.fail_at(step % 12 + 1);
    const auto answer = museum.engine().bookings().reserve(
        {.session = museum.here.other.session, .member = std::to_string(step)});
    if (answer) ids.push_back(answer->reservation.id.value());
  }
  museum.expect_sound();  // which looks at the keys of the log as well
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

}  // namespace
}  // namespace exhibition::tests
