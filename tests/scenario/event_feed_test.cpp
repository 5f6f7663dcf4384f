// The event feed: subscriptions and pumping.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/adapters/signals.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class Subscribing : public OnEachStorage {};
class AHandler : public OnEachStorage {};
class Pumping : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, Subscribing, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, AHandler, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Pumping, each_storage(), storage_name);

TEST_P(Subscribing, ToATypeGivesItsEventsAndNoOthers) {
  const auto shown = museum.register_one();
  std::vector<VoucherActivated> seen;
  std::vector<std::string> keys;
  const auto plain =
      museum.events().on<VoucherActivated>([&](const auto& event) { seen.push_back(event); });
  const auto with_envelope = museum.events().on<VoucherActivated>(
      [&](const VoucherActivated& event, const Envelope& envelope) {
        EXPECT_EQ(std::get<VoucherActivated>(envelope.event), event);
        keys.push_back(envelope.key());
      });
  const auto visit = museum.reserve(shown.session, "seokwon", 2);
  EXPECT_TRUE(seen.empty()) << "nothing runs behind the host's back";
  museum.pump_all();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].reservation, visit.id);
  EXPECT_EQ(seen[0].member, "seokwon");
  EXPECT_EQ(seen[0].code, museum.voucher_of(visit.id).code);
  EXPECT_EQ(keys, std::vector<std::string>{"Voucher/1/1"});
}

TEST_P(Subscribing, ToEventGivesAllInTheOrderOfTheLogEachOnce) {
  std::vector<Envelope> seen;
  const auto all = museum.events().on<Event>(
      [&](const Event&, const Envelope& envelope) { seen.push_back(envelope); });
  const auto shown = museum.register_one();
  museum.hold(shown.session);
  museum.reserve(shown.session);
  museum.pump_all();
  museum.clock.advance(1h);
  museum.pump_all();
  EXPECT_EQ(seen, museum.log());
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LT(seen[i - 1].position, seen[i].position);
}

TEST_P(Subscribing, BeginsAtTheHeadOfTheLog) {
  const auto shown = museum.register_one();
  museum.reserve(shown.session);
  int early = 0;
  int late = 0;
  const auto first = museum.events().on<ReservationConfirmed>([&](const auto&) { ++early; });
  museum.reserve(shown.session);
  const auto second = museum.events().on<ReservationConfirmed>([&](const auto&) { ++late; });
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(early, 2);
  EXPECT_EQ(late, 1);
}

TEST_P(Subscribing, EndsWhenItIsClosedOrDestroyed) {
  const auto shown = museum.register_one();
  int closed = 0;
  int destroyed = 0;
  auto subscription = museum.events().on<ReservationConfirmed>([&](const auto&) { ++closed; });
  {
    const auto scoped = museum.events().on<ReservationConfirmed>([&](const auto&) { ++destroyed; });
    museum.reserve(shown.session);
    museum.pump_all();
  }
  subscription.close();
  subscription.close();
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(destroyed, 1);
}

TEST_P(Subscribing, MayOutliveTheEngine) {
  const auto subscription = museum.events().on<Event>([](const auto&) {});
  museum.close();
}

TEST_P(Subscribing, SeesWhatAnotherEngineDidToo) {
  const auto shown = museum.register_one();
  int seen = 0;
  const auto listening = museum.events().on<ReservationConfirmed>([&](const auto&) { ++seen; });
  auto other = Engine::open(museum.options()).value();
  other.bookings().reserve({.session = shown.session, .member = "m"}).value();
  museum.pump_all();
  EXPECT_EQ(seen, 1);
}

TEST_P(AHandler, ThatThrowsIsReportedAndStopsNeitherTheOthersNorTheNextEvent) {
  std::vector<std::string> reported;
  auto options = museum.options();
  options.on_subscriber_error = [&](const Envelope& envelope, std::exception_ptr error) {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const std::exception& failure) {
      reported.push_back(envelope.key() + ": " + failure.what());
    }
    throw std::runtime_error("and this is dropped");
  };
  museum.reopen(std::move(options));
  const auto shown = museum.register_one();
  int calls = 0;
  int others = 0;
  const auto throwing = museum.events().on<ReservationConfirmed>([&](const auto&) {
    ++calls;
    throw std::runtime_error("no paper");
  });
  const auto calm = museum.events().on<ReservationConfirmed>([&](const auto&) { ++others; });
  museum.reserve(shown.session);
  museum.reserve(shown.session);

  const auto report = museum.events().pump();

  EXPECT_EQ(calls, 2);
  EXPECT_EQ(others, 2);
  EXPECT_EQ(report.subscriber_errors, 2U);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(reported,
            (std::vector<std::string>{"Reservation/1/1: no paper", "Reservation/2/1: no paper"}));
}

TEST_P(AHandler, ThatThrowsWithNobodyToTellIsCounted) {
  const auto shown = museum.register_one();
  const auto throwing = museum.events().on<ReservationConfirmed>([](const auto&) { throw 42; });
  museum.reserve(shown.session);
  EXPECT_EQ(museum.events().pump().subscriber_errors, 1U);
}

TEST_P(AHandler, ThatIsEmptyIsRefused) {
  using Callback = std::function<void(const Event&)>;
  EXPECT_THROW((void)museum.events().on<Event>(Callback()), Exception);
  void (*nothing)(const Event&) = nullptr;
  EXPECT_THROW((void)museum.events().on<Event>(nothing), Exception);
}

TEST_P(AHandler, ThatPumpsDoesNothingAndIsToldSo) {
  const auto shown = museum.register_one();
  std::optional<PumpReport> inner;
  const auto listening = museum.events().on<ReservationConfirmed>(
      [&](const auto&) { inner = museum.events().pump(); });
  museum.reserve(shown.session);
  const auto outer = museum.events().pump();
  ASSERT_TRUE(inner);
  EXPECT_TRUE(inner->inside_handler);
  EXPECT_EQ(inner->settled + inner->followers.size() + inner->delivered, 0U);
  EXPECT_FALSE(outer.inside_handler);
}

TEST_P(AHandler, MayGiveCommandsAndAskQuestions) {
  const auto shown = museum.register_one();
  std::vector<ReservationId> confirmed;
  const auto paying = museum.events().on<ReservationHeld>([&](const ReservationHeld& held) {
    EXPECT_EQ(museum.bookings().find(held.reservation)->status, ReservationStatus::held);
    confirmed.push_back(museum.bookings().confirm(held.reservation).value().id);
  });
  const auto hold = museum.hold(shown.session);
  museum.pump_all();
  EXPECT_EQ(confirmed, std::vector{hold.id});
  EXPECT_EQ(museum.vouchers().of(hold.id)->size(), 1U);
}

TEST_P(AHandler, MaySubscribeAndTheNewHandlerBeginsAtTheHead) {
  const auto shown = museum.register_one();
  Subscription inner;
  int seen = 0;
  bool subscribed = false;
  const auto outer = museum.events().on<ReservationConfirmed>([&](const auto&) {
    if (subscribed) return;
    subscribed = true;
    inner = museum.events().on<ReservationConfirmed>([&](const auto&) { ++seen; });
  });
  museum.reserve(shown.session);
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(seen, 0) << "both were there before";
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(seen, 1);
}

TEST_P(AHandler, MayCloseItsOwnSubscription) {
  const auto shown = museum.register_one();
  int seen = 0;
  Subscription own;
  own = museum.events().on<ReservationConfirmed>([&](const auto&) {
    ++seen;
    own.close();
  });
  museum.reserve(shown.session);
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(seen, 1);
}

TEST_P(Pumping, OnceReachesTheHeadAndWhatTheDeskAppends) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  std::vector<std::string> seen;
  const auto all =
      museum.events().on<Event>([&](const Event& event) { seen.emplace_back(type_of(event)); });
  const auto hold = museum.hold(shown.session, "mina", 1, 1min);
  museum.clock.advance(1min);

  const auto report = museum.events().pump();

  EXPECT_EQ(report.settled, 1U);
  EXPECT_FALSE(report.more);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"ReservationHeld", "ReservationExpired",
                                            "VoucherActivated"}));
  EXPECT_EQ(museum.my_page().of("seokwon")->items.at(0).voucher_status, VoucherStatus::active);
  EXPECT_EQ(museum.my_page().of("mina")->items.at(0).status, ReservationStatus::expired);
}

TEST_P(Pumping, WithNothingToDoDoesNothing) {
  museum.register_one();
  museum.pump_all();
  const auto log = museum.log();
  const auto report = museum.events().pump();
  EXPECT_EQ(report.settled + report.followed("voucher-desk") + report.followed("my-page") +
                report.delivered,
            0U);
  EXPECT_FALSE(report.more);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(Pumping, IsBoundedByItsBudgetForEachFollower) {
  const auto shown = museum.register_one(std::nullopt);
  std::size_t seen = 0;
  const auto all = museum.events().on<Event>([&](const Event&) { ++seen; });
  for (int i = 0; i < 20; ++i) museum.reserve(shown.session);

  const auto report = museum.events().pump({.max_events = 6});

  EXPECT_EQ(report.followed("voucher-desk"), 6U);
  EXPECT_EQ(report.followed("my-page"), 6U);
  EXPECT_EQ(report.delivered, 6U);
  EXPECT_EQ(seen, 6U);
  EXPECT_TRUE(report.more);
}

TEST_P(Pumping, InSmallPortionsComesToTheSameEnd) {
  const auto shown = museum.register_one(std::nullopt);
  std::size_t seen = 0;
  const auto all = museum.events().on<Event>([&](const Event&) { ++seen; });
  const auto known = museum.log().size();
  for (int i = 0; i < 20; ++i) museum.reserve(shown.session);
  int portions = 0;
  while (museum.events().pump({.max_events = 3}).more) ASSERT_LT(++portions, 1000);
  EXPECT_EQ(seen, museum.log().size() - known);
  EXPECT_EQ(museum.vouchers().list()->items.size(), 20U);
  const auto page = museum.my_page().list().value();
  EXPECT_EQ(page.items.size(), 20U);
  for (const auto& entry : page) EXPECT_EQ(entry.voucher_status, VoucherStatus::active);
}

TEST_P(Pumping, AsksForAnotherPumpUntilItsBudgetIsNotUsedUp) {
  museum.register_one();  // two events
  EXPECT_TRUE(museum.events().pump({.max_events = 2}).more);
  EXPECT_FALSE(museum.events().pump({.max_events = 2}).more);
}

TEST_P(Pumping, GivesSubscriptionsNoMoreThanItsTimeAllowsAndNothingTwice) {
  const auto shown = museum.register_one(std::nullopt);
  std::vector<Position> seen;
  auto slow = museum.events().on<Event>([&](const Event&, const Envelope& envelope) {
    seen.push_back(envelope.position);
    std::this_thread::sleep_for(2ms);
  });
  for (int i = 0; i < 10; ++i) museum.reserve(shown.session);
  std::size_t pumps = 0;
  for (bool more = true; more; ++pumps) {
    const auto before = seen.size();
    more = museum.events().pump({.max_time = 1ms}).more;
    EXPECT_LE(seen.size(), before + 1) << "one takes longer than the time allows";
  }
  EXPECT_GE(pumps, 10U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end(), std::less_equal<>()));
  EXPECT_EQ(seen.back(), museum.log().back().position);
}

/// A dispatcher that is away while it is told so.
class Leaving final : public EventDispatcher {
 public:
  explicit Leaving(const bool& is_away) : is_away_(is_away) {}
  [[nodiscard]] DispatcherCapabilities capabilities() const override {
    return inside_->capabilities();
  }
  Subscription subscribe(Handler handler) override {
    return inside_->subscribe(std::move(handler));
  }
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    if (is_away_) throw PortError("away");
    inside_->publish(envelope, failed);
  }

 private:
  const bool& is_away_;
  std::unique_ptr<EventDispatcher> inside_ = signals::dispatcher();
};

TEST_P(Pumping, KeepsForSubscriptionsWhatTheirDispatcherHasNotTaken) {
  bool is_away = false;
  auto options = museum.options();
  options.dispatcher = std::make_unique<Leaving>(is_away);
  museum.reopen(std::move(options));
  const auto shown = museum.register_one(std::nullopt);
  std::vector<std::string> seen;
  auto subscription = museum.events().on<ReservationConfirmed>(
      [&](const ReservationConfirmed& event) { seen.push_back(event.member); });
  is_away = true;
  museum.reserve(shown.session, "mina");
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "subscriptions");
  EXPECT_EQ(report.delivered, 0U);
  is_away = false;
  museum.events().pump();
  EXPECT_EQ(seen, std::vector<std::string>{"mina"});
}

TEST_P(Pumping, BySeveralEnginesIssuesNothingTwice) {
  const auto shown = museum.register_one(std::nullopt);
  auto other = Engine::open(museum.options()).value();
  for (int i = 0; i < 10; ++i) {
    museum.reserve(shown.session);
    museum.events().pump({.max_events = 1});
    other.events().pump({.max_events = 2});
  }
  museum.pump_all();
  other.events().pump();
  EXPECT_EQ(museum.vouchers().list()->items.size(), 10U);
  std::size_t activated = 0;
  for (const auto& type : museum.happened_after(0))
    activated += type == "VoucherActivated" ? 1U : 0U;
  EXPECT_EQ(activated, 10U);
  EXPECT_TRUE(museum.engine().audit()->empty());
}

}  // namespace
}  // namespace exhibition::tests
