#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/testing/faulty_storage.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

using testing::FailingStep;
using testing::FaultyStorage;

/// A museum on a storage that fails when it is told to, with a bit of everything in it.
class FailingMuseum {
 public:
  explicit FailingMuseum(StorageKind kind) : museum_(kind) {
    auto options = museum_.options();
    museum_.close();
    options.storage = std::unique_ptr<Storage>(
        std::make_unique<FaultyStorage>(*std::move(options.storage), steps));
    options.my_pages = (*options.storage)->my_pages();
    museum_.reopen(std::move(options));
    const auto made =
        museum_.catalogue()
            .register_exhibition({.title = "Monet",
                                  .rules = {.max_places_per_member = 50},
                                  .sessions = {{.starts_at = ten, .ends_at = eleven, .capacity = 5},
                                               {.starts_at = eleven, .capacity = 9}}})
            .value();
    show = {made.exhibition.id, made.sessions.front()};
    other = made.sessions.back();
    confirmed = museum_.reserve(show.session, "mina", 2).id;
    code = museum_.voucher_of(confirmed).code;
    past = museum_.hold(show.session, "past", 2, 1min).id;
    museum_.clock.advance(1min);
    held = museum_.hold(show.session, "held", 1).id;
  }

  [[nodiscard]] Engine& engine() { return museum_.engine(); }

  void expect_sound() {
    steps.fail_never();
    EXPECT_EQ(museum_.engine().audit(), std::vector<AuditFinding>{});
    museum_.pump_all();
    EXPECT_TRUE(is_sound(museum_.engine(), museum_.storage(), museum_.pages()));
  }

  [[nodiscard]] std::size_t count_events() { return museum_.log().size(); }

  FailingStep steps;
  Shown show;
  SessionId other;
  ReservationId confirmed;
  ReservationId past;  // its hold is over
  ReservationId held;
  std::string code;

 private:
  Museum museum_;
};

/// A command under a key; gives the id of what it made or changed.
using Send = std::function<Result<std::int64_t>(FailingMuseum&, const CommandOptions&)>;

template <class T>
Result<std::int64_t> id_of(const Result<T>& answer) {
  if (!answer) return answer.error();
  if constexpr (requires { answer->reservation.id; }) {
    return answer->reservation.id.value();
  } else if constexpr (requires { answer->exhibition.id; }) {
    return answer->exhibition.id.value();
  } else {
    return answer->id.value();
  }
}

std::vector<std::pair<std::string, Send>> commands() {
  using M = FailingMuseum;
  using Options = CommandOptions;
  return {
      {"reserve, which settles",
       [](M& m, const Options& key) {
         return id_of(m.engine().bookings().reserve(
             {.session = m.show.session, .member = "next", .places = 2}, key));
       }},
      {"reserve with a hold",
       [](M& m, const Options& key) {
         return id_of(m.engine().bookings().reserve(
             {.session = m.other, .member = "next", .hold = Hold{}}, key));
       }},
      {"confirm",
       [](M& m, const Options& key) { return id_of(m.engine().bookings().confirm(m.held, key)); }},
      {"extend",
       [](M& m, const Options& key) {
         return id_of(m.engine().bookings().extend(m.held, 1min, key));
       }},
      {"cancel",
       [](M& m, const Options& key) {
         return id_of(m.engine().bookings().cancel(m.confirmed, Canceller::member, key));
       }},
      {"register_exhibition",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().register_exhibition(
             {.title = "Picasso", .sessions = {{.starts_at = ten}, {.starts_at = eleven}}}, key));
       }},
      {"update",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().update(m.show.exhibition, {.title = "Manet"}, key));
       }},
      {"suspend",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().suspend(m.show.exhibition, key));
       }},
      {"withdraw",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().withdraw(m.show.exhibition, key));
       }},
      {"add_session",
       [](M& m, const Options& key) {
         return id_of(
             m.engine().catalogue().add_session(m.show.exhibition, {.starts_at = eleven}, key));
       }},
      {"update_session",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().update_session(m.other, {.times = {ten}}, key));
       }},
      {"set_capacity",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().set_capacity(m.other, 3, key));
       }},
      {"close",
       [](M& m, const Options& key) { return id_of(m.engine().catalogue().close(m.other, key)); }},
      {"cancel_session",
       [](M& m, const Options& key) {
         return id_of(m.engine().catalogue().cancel_session(m.show.session, key));
       }},
      {"redeem",
       [](M& m, const Options& key) {
         return id_of(m.engine().vouchers().redeem(m.code, {}, key));
       }},
  };
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
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().code, Errc::storage_failure);
      EXPECT_NE(answer.error().message().find("made to fail"), std::string::npos);
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
    museum.engine().bookings().confirm(museum.held).value();
    museum.engine().bookings().cancel(museum.confirmed).value();
    museum.engine()
        .bookings()
        .reserve({.session = museum.other, .member = "next", .places = 2})
        .value();
    museum.engine().catalogue().cancel_session(museum.show.session).value();
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
    EXPECT_TRUE(report.more);
    museum.expect_sound();
    EXPECT_EQ(museum.count_events(), expected);
  }
}

TEST_P(AFailingStore, AtAnyStepOfAQueryIsAStorageFailure) {
  const std::vector<std::function<Errc(FailingMuseum&)>> queries = {
      [](auto& m) { return m.engine().catalogue().find(m.show.exhibition).error().code; },
      [](auto& m) { return m.engine().catalogue().list().error().code; },
      [](auto& m) { return m.engine().catalogue().sessions_of(m.show.exhibition).error().code; },
      [](auto& m) { return m.engine().bookings().find(m.held).error().code; },
      [](auto& m) { return m.engine().bookings().list().error().code; },
      [](auto& m) { return m.engine().bookings().availability(m.show.session).error().code; },
      [](auto& m) { return m.engine().vouchers().find(m.code).error().code; },
      [](auto& m) { return m.engine().vouchers().of(m.held).error().code; },
      [](auto& m) { return m.engine().vouchers().list().error().code; },
      [](auto& m) { return m.engine().my_page().of("mina").error().code; },
      [](auto& m) { return m.engine().my_page().list().error().code; },
      [](auto& m) { return m.engine().audit().error().code; }};
  FailingMuseum museum(GetParam());
  for (const auto& query : queries) {
    museum.steps.fail_at(1);
    EXPECT_EQ(query(museum), Errc::storage_failure);
  }
  museum.expect_sound();
}

TEST_P(AFailingStore, NeverLetsAnIdBeUsedTwice) {
  FailingMuseum museum(GetParam());
  std::vector<std::int64_t> ids;
  for (std::size_t step = 1; step <= 60; ++step) {
    museum.steps.fail_at(step % 12 + 1);
    const auto answer = museum.engine().bookings().reserve(
        {.session = museum.other, .member = std::to_string(step)});
    if (answer) ids.push_back(answer->reservation.id.value());
  }
  museum.steps.fail_never();
  const auto log_is_one_of_each = [&] {
    museum.expect_sound();
  };  // keys of the log are checked there
  log_is_one_of_each();
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

}  // namespace
}  // namespace exhibition::tests
