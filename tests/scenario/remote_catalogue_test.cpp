// A catalogue elsewhere: what it offers, what it may say no to, and what its failures do not do.

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <random>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

constexpr SessionId evening{70};

/// What a well-kept catalogue says of its one session.
Offer usual() {
  return {.exhibition = {.id = ExhibitionId{7},
                         .title = "Monet",
                         .kind = "gallery",
                         .rules = {},
                         .version = 3},
          .session = {.id = evening,
                      .exhibition = ExhibitionId{7},
                      .times = {.starts_at = ten, .ends_at = eleven},
                      .capacity = 10,
                      .version = 5}};
}

/// Says what the test wants it to say.
struct Script {
  std::function<Result<Offer>(SessionId, Moment)> answer = [](SessionId, Moment) {
    return usual();
  };
  std::atomic<int> asked = 0;
};

class Scripted final : public Availability {
 public:
  explicit Scripted(Script& script) : script_(script) {}
  Result<Offer> offer(SessionId session, Moment deadline) override {
    ++script_.asked;
    return script_.answer(session, deadline);
  }

 private:
  Script& script_;
};

class TheRemoteCatalogue : public OnEachStorage {
 protected:
  TheRemoteCatalogue() { open({}); }

  void open(AvailabilityOptions availability) {
    availability.port = std::make_unique<Scripted>(script);
    auto options = museum.options();
    options.availability = std::move(availability);
    options.monotonic_clock = time.handle();
    museum.reopen(std::move(options));
  }
  Result<Reserved> reserve(std::uint32_t places = 1, const CommandOptions& options = {}) {
    return museum.bookings().reserve({.session = evening, .member = "mina", .places = places},
                                     options);
  }
  void answer(const Result<Offer>& with) {
    script.answer = [=](SessionId, Moment) { return with; };
  }
  [[nodiscard]] AvailabilityStats stats() { return *museum.engine().stats().availability; }
  /// Nothing at all is stored.
  void expect_nothing_stored() {
    EXPECT_TRUE(museum.log().empty());
    EXPECT_EQ(museum.bookings().find(ReservationId{1}).error().code, Errc::not_found);
    EXPECT_EQ(museum.bookings().availability(evening).error().code, Errc::not_found);
    EXPECT_EQ(museum.engine().audit(), Result<std::vector<AuditFinding>>({}));
  }

  Script script;
  testing::ManualMonotonicClock time;
};
INSTANTIATE_TEST_SUITE_P(On, TheRemoteCatalogue, each_storage(), storage_name);

TEST_P(TheRemoteCatalogue, OffersASessionThatIsThenStoredUnderItsIds) {
  const auto reserved = reserve(2);
  ASSERT_TRUE(is_done(reserved));
  EXPECT_EQ(reserved->reservation.session, evening);
  EXPECT_EQ(reserved->reservation.exhibition, ExhibitionId{7});
  Session expected = usual().session;
  expected.taken = 2;
  EXPECT_EQ(museum.stored(evening), expected);
  EXPECT_EQ(museum.catalogue().find(ExhibitionId{7}), Result<Exhibition>(usual().exhibition));
  EXPECT_EQ(museum.happened_after(0), std::vector<std::string>{"ReservationConfirmed"})
      << "what the catalogue says is no event of ours";
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("mina")->items.at(0).title, "Monet");
  EXPECT_EQ(museum.engine().audit(), Result<std::vector<AuditFinding>>({}));
}

TEST_P(TheRemoteCatalogue, DoesNotSayHowManyPlacesAreTaken) {
  for (const std::int64_t taken : {std::int64_t{0}, std::int64_t{-5}, std::int64_t{99}}) {
    auto offer = usual();
    offer.session.taken = taken;
    answer(offer);
    ASSERT_TRUE(is_done(reserve(3)));
  }
  EXPECT_TRUE(is_refused(reserve(2), refusal::SoldOut{2, 1}));
  EXPECT_EQ(museum.stored(evening).taken, 9);
}

TEST_P(TheRemoteCatalogue, IsBelievedUnlessWhatIsStoredIsNewer) {
  ASSERT_TRUE(is_done(reserve()));
  auto newer = usual();
  newer.session.capacity = 20;
  newer.session.version = 6;
  newer.exhibition.title = "Late Monet";
  newer.exhibition.version = 4;
  answer(newer);
  ASSERT_TRUE(is_done(reserve(10)));
  EXPECT_EQ(museum.stored(evening).capacity, 20U);
  EXPECT_EQ(museum.catalogue().find(ExhibitionId{7})->title, "Late Monet");

  answer(usual());
  ASSERT_TRUE(is_done(reserve(9)));
  EXPECT_EQ(museum.stored(evening).taken, 20);
  EXPECT_EQ(museum.stored(evening).capacity, 20U);
  EXPECT_EQ(museum.catalogue().find(ExhibitionId{7})->title, "Late Monet");
}

TEST_P(TheRemoteCatalogue, MayOfferFewerPlacesThanAreTaken) {
  ASSERT_TRUE(is_done(reserve(8)));
  auto fewer = usual();
  fewer.session.capacity = 5;
  fewer.session.version = 6;
  answer(fewer);
  EXPECT_TRUE(is_refused(reserve(), refusal::SoldOut{1, 0}));
  EXPECT_EQ(museum.stored(evening).taken, 8);
  EXPECT_EQ(museum.engine().audit(), Result<std::vector<AuditFinding>>({}));
}

TEST_P(TheRemoteCatalogue, MayHaveClosedWhatItOffers) {
  auto closed = usual();
  closed.session.status = SessionStatus::closed;
  answer(closed);
  EXPECT_TRUE(is_refused(reserve(), refusal::SessionClosed{}));
  auto withdrawn = usual();
  withdrawn.exhibition = withdrawn.exhibition.withdraw(morning);
  answer(withdrawn);
  EXPECT_TRUE(is_refused(reserve(), refusal::ExhibitionNotOpen{}));
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, SaysNoWithoutBeingTakenForBroken) {
  for (int i = 0; i < 100; ++i) {
    answer(refusal::NotFound{"session", evening.value()});
    EXPECT_TRUE(is_refused(reserve(), refusal::NotFound{"session", evening.value()}));
    answer(refusal::SoldOut{1, 0});
    EXPECT_TRUE(is_refused(reserve(), refusal::SoldOut{1, 0}));
  }
  EXPECT_EQ(stats().breaker.state, BreakerState::closed);
  EXPECT_EQ(stats().breaker.tally, (Tally{.calls = 200}));
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, IsNotBelievedWhatCannotBe) {
  const std::vector<std::function<void(Offer&)>> lies = {
      [](Offer& offer) { offer.session.id = SessionId{71}; },
      [](Offer& offer) { offer.session.exhibition = ExhibitionId{8}; },
      [](Offer& offer) { offer.exhibition.id = ExhibitionId{8}; },
      [](Offer& offer) { offer.exhibition.id = offer.session.exhibition = ExhibitionId{0}; },
      [](Offer& offer) { offer.session.version = 0; },
      [](Offer& offer) { offer.exhibition.version = -1; },
      [](Offer& offer) { offer.session.capacity = 0; },
      [](Offer& offer) { offer.session.times.ends_at = offer.session.times.starts_at; },
      [](Offer& offer) { offer.session.times.starts_at = Instant::min(); },
      [](Offer& offer) { offer.session.status = SessionStatus::cancelled; },
      [](Offer& offer) { offer.session.cancelled_at = morning; },
      [](Offer& offer) { offer.exhibition.status = ExhibitionStatus::withdrawn; },
      [](Offer& offer) { offer.exhibition.withdrawn_at = morning; },
      [](Offer& offer) { offer.exhibition.title = ""; },
      [](Offer& offer) { offer.exhibition.title = "\xff"; },
      [](Offer& offer) { offer.exhibition.kind = std::string(65, 'k'); },
      [](Offer& offer) { offer.exhibition.rules.max_places_per_reservation = 0; },
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    SCOPED_TRACE(i);
    auto lie = usual();
    lies[i](lie);
    answer(lie);
    const auto refused = reserve();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::storage_failure);
    EXPECT_EQ(refused.error().retry_after(), 1000ms);
    EXPECT_EQ(refused.error().message().find("the catalogue's offer of session 70: "), 0U)
        << refused.error();
  }
  EXPECT_EQ(stats().breaker.tally, (Tally{.calls = lies.size(), .failures = lies.size()}));
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, CannotMoveASessionToAnotherExhibition) {
  ASSERT_TRUE(is_done(reserve()));
  auto moved = usual();
  moved.exhibition.id = moved.session.exhibition = ExhibitionId{8};
  moved.session.version = 99;
  answer(moved);
  EXPECT_EQ(reserve().error().code, Errc::storage_failure);
  EXPECT_EQ(museum.stored(evening).exhibition, ExhibitionId{7});
  EXPECT_EQ(museum.log().size(), 1U);
}

TEST_P(TheRemoteCatalogue, ThatIsNotToBeReachedIsAStoreThatFails) {
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw PortError("connection refused"); };
  const auto refused = reserve();
  EXPECT_TRUE(is_refused(
      refused,
      refusal::StorageFailure{"the catalogue's offer of session 70: connection refused", 1000ms}));
  answer(refusal::StorageFailure{"gone", 70ms});
  EXPECT_TRUE(is_refused(reserve(), refusal::StorageFailure{"gone", 70ms})) << "its own hint stays";
  EXPECT_EQ(stats().breaker.tally.failures, 2U);
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, AlwaysSaysWhenToComeBackWhenItFails) {
  for (const Error& failed : {Error(refusal::Timeout{}), Error(refusal::Overloaded{}),
                              Error(refusal::StorageFailure{"out"})}) {
    answer(failed);
    EXPECT_EQ(reserve().error().code, failed.code);
    EXPECT_EQ(reserve().error().retry_after(), 1000ms);
  }
}

TEST_P(TheRemoteCatalogue, TellsOfItsBreaker) {
  std::vector<BreakerState> to;
  open({.breaker = {.consecutive_failures = 1},
        .on_breaker_event = [&](const BreakerEvent& event) { to.push_back(event.to); }});
  answer(refusal::StorageFailure{"out"});
  EXPECT_FALSE(reserve());
  EXPECT_EQ(to, std::vector<BreakerState>{BreakerState::open});
}

TEST_P(TheRemoteCatalogue, ThrowsWhatItThrows) {
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw std::out_of_range("a bug"); };
  EXPECT_THROW((void)reserve(), std::out_of_range);
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw 42; };
  EXPECT_THROW((void)reserve(), int);
  EXPECT_EQ(stats().breaker.tally.failures, 2U);
  EXPECT_EQ(stats().bulkhead.inside, 0U);
  EXPECT_EQ(museum.engine().stats().admission.inside, 0U);
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, ThatAnswersTooLateHasNotAnswered) {
  script.answer = [&](SessionId, Moment deadline) {
    EXPECT_EQ(deadline, time.now() + 1s);
    time.advance(1001ms);
    return usual();
  };
  EXPECT_TRUE(is_refused(reserve(), refusal::Timeout{1000ms}));
  EXPECT_EQ(stats().breaker.tally.failures, 1U);
  expect_nothing_stored();
}

TEST_P(TheRemoteCatalogue, IsLeftAloneWhenItIsOutUntilAFewCallsFindThatItIsBack) {
  open({.breaker = {.minimum_calls = 10, .open_for = 5s, .probes = 3}});
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw PortError("out"); };
  for (int i = 0; i < 10; ++i) {
    const auto refused = reserve();
    EXPECT_TRUE(refused.error().retry_after()) << refused.error();
    time.advance(100ms);
  }
  EXPECT_EQ(stats().breaker.state, BreakerState::open);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(is_refused(reserve(), refusal::CircuitOpen{"open", 4900ms}));
  }
  EXPECT_EQ(script.asked, 10);
  expect_nothing_stored();

  time.advance(4900ms);
  // Three calls at once are let through, however many come meanwhile.
  std::counting_semaphore<> go_on{0};
  script.answer = [&](SessionId, Moment) {
    go_on.acquire();
    return usual();
  };
  std::vector<std::jthread> probes;
  std::atomic<int> done = 0;
  for (int i = 0; i < 3; ++i) {
    probes.emplace_back([&] { done += reserve() ? 1 : 0; });
    while (script.asked < 11 + i) std::this_thread::yield();
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(is_refused(reserve(), refusal::CircuitOpen{"half_open", 5000ms}));
  }
  EXPECT_EQ(script.asked, 13);
  go_on.release(3);
  probes.clear();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(stats().breaker.state, BreakerState::closed);
  answer(usual());
  EXPECT_TRUE(is_done(reserve()));
  EXPECT_EQ(museum.stored(evening).taken, 4);
}

TEST_P(TheRemoteCatalogue, TakesNoMoreCallsAtOnceThanItsBulkhead) {
  open({.bulkhead = {.limit = 1}});
  std::binary_semaphore go_on{0};
  script.answer = [&](SessionId, Moment) {
    go_on.acquire();
    return usual();
  };
  std::jthread other([&] { EXPECT_TRUE(is_done(reserve())); });
  while (stats().bulkhead.inside == 0) std::this_thread::yield();
  EXPECT_TRUE(is_refused(reserve(), refusal::Overloaded{10ms}));
  go_on.release();
}

TEST_P(TheRemoteCatalogue, MayHaveAFallback) {
  std::vector<std::string> why;
  Result<Offer> instead = usual();
  open({.breaker = {.minimum_calls = 100, .consecutive_failures = 2},
        .fallback = [&](SessionId session, const FailedCall& failed) -> Result<Offer> {
          EXPECT_EQ(session, evening);
          why.emplace_back(failed.error ? to_string(failed.error->code) : "thrown");
          return instead;
        }});
  answer(refusal::StorageFailure{"out"});
  EXPECT_TRUE(is_done(reserve()));
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw std::runtime_error("out"); };
  EXPECT_TRUE(is_done(reserve()));
  EXPECT_TRUE(is_done(reserve())) << "the breaker is open";
  EXPECT_EQ(why, (std::vector<std::string>{"storage_failure", "thrown", "circuit_open"}));
  EXPECT_EQ(museum.stored(evening).taken, 3);

  instead->session.capacity = 0;
  EXPECT_EQ(reserve().error().code, Errc::storage_failure) << "it is believed no more than another";
  instead = refusal::Overloaded{50ms};
  EXPECT_TRUE(is_refused(reserve(), refusal::Overloaded{50ms}));
  EXPECT_EQ(museum.stored(evening).taken, 3);

  open({.fallback = [&](SessionId, const FailedCall&) -> Result<Offer> { throw 42; }});
  EXPECT_THROW((void)reserve(), int);
  answer(refusal::SoldOut{1, 0});
  EXPECT_TRUE(is_refused(reserve(), refusal::SoldOut{1, 0})) << "a no is an answer";
}

TEST_P(TheRemoteCatalogue, IsNotAskedAgainForACommandThatHasBeenDone) {
  const auto first = reserve(1, {.idempotency_key = "k"});
  ASSERT_TRUE(is_done(first));
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw PortError("out"); };
  EXPECT_EQ(reserve().error().code, Errc::storage_failure);
  const auto again = reserve(1, {.idempotency_key = "k"});
  ASSERT_TRUE(is_done(again));
  EXPECT_TRUE(again->replayed);
  EXPECT_TRUE(is_refused(reserve(2, {.idempotency_key = "k"}), refusal::IdempotencyMismatch{}));
  EXPECT_EQ(script.asked, 2);
}

TEST_P(TheRemoteCatalogue, IsNotAskedForWhatIsWrongAnyway) {
  EXPECT_TRUE(is_invalid(reserve(0), "places"));
  EXPECT_TRUE(is_invalid(reserve(1, {.actor = "\xff"}), "actor"));
  EXPECT_EQ(script.asked, 0);
}

TEST_P(TheRemoteCatalogue, IsAskedForNewReservationsOnly) {
  const auto held = museum.bookings().reserve(
      {.session = evening, .member = "mina", .places = 1, .hold = Hold{}});
  ASSERT_TRUE(is_done(held));
  script.answer = [](SessionId, Moment) -> Result<Offer> { throw PortError("out"); };
  const auto id = held->reservation.id;
  EXPECT_TRUE(is_done(museum.bookings().confirm(id)));
  EXPECT_TRUE(is_done(museum.bookings().find(id)));
  EXPECT_TRUE(is_done(museum.bookings().availability(evening)));
  EXPECT_TRUE(is_done(museum.bookings().cancel(id)));
  EXPECT_EQ(script.asked, 1);
}

TEST_P(TheRemoteCatalogue, MayUseTheEngineWhileItIsAsked) {
  const auto shown = museum.register_one();
  script.answer = [&](SessionId session, Moment) -> Result<Offer> {
    const auto known = museum.bookings().availability(shown.session);
    EXPECT_TRUE(is_done(known));
    EXPECT_EQ(session, evening);
    return usual();
  };
  EXPECT_TRUE(is_done(reserve()));
}

/// Whatever it says, in whatever order: no more places than the capacity that is stored are taken by
/// a reservation, and what is stored is sound.
TEST_P(TheRemoteCatalogue, CannotOversellASessionHoweverItLies) {
  std::mt19937 random(static_cast<unsigned>(announce_seed()));
  open({.breaker = {.minimum_calls = 1'000'000}});
  const auto any = [&](auto... values) {
    const std::vector<std::int64_t> all{values...};
    return all[random() % all.size()];
  };
  script.answer = [&](SessionId, Moment) -> Result<Offer> {
    switch (random() % 8) {
      case 0: return refusal::SoldOut{1, 0};
      case 1: throw PortError("out");
      case 2: time.advance(2s); break;
      default: break;
    }
    auto offer = usual();
    offer.session.capacity = static_cast<std::uint32_t>(any(0, 1, 5, 10, 20, 4'294'967'295));
    if (random() % 16 == 0) offer.session.capacity = 12;
    offer.session.taken = any(-1'000'000, 0, 3, 99, std::numeric_limits<std::int64_t>::max());
    offer.session.overbooked = random() % 2 == 0;
    offer.session.version = any(0, 1, 5, 6, 7, 8, std::numeric_limits<std::int64_t>::max() / 2);
    offer.exhibition.version = any(1, 2, 3, 4);
    offer.exhibition.rules.max_places_per_member = static_cast<std::uint32_t>(any(0, 15));
    if (random() % 32 == 0) offer.session.id = SessionId{71};
    return offer;
  };
  std::vector<ReservationId> made;
  for (std::size_t i = 0; i < rounds(300, 5'000); ++i) {
    const auto reserved = reserve(1 + random() % 4);
    if (reserved) {
      made.push_back(reserved->reservation.id);
      const auto session = museum.stored(evening);
      ASSERT_LE(session.taken, *session.capacity);
    }
    if (!made.empty() && random() % 4 == 0) {
      (void)museum.bookings().cancel(made[random() % made.size()], Canceller::organiser);
    }
  }
  museum.pump_all();
  EXPECT_FALSE(made.empty());
  EXPECT_EQ(museum.engine().audit(), Result<std::vector<AuditFinding>>({}));
}

TEST(AnEngine, RefusesOptionsOfResilienceByTheirNames) {
  const auto field = [](EngineOptions options) {
    const auto opened = Engine::open(std::move(options));
    const auto* bad =
        opened ? nullptr : std::get_if<refusal::InvalidArgument>(&opened.error().detail);
    return std::string(bad ? bad->field : "");
  };
  EXPECT_EQ(field({.availability = {.breaker = {.probes = 0}}}), "probes");
  EXPECT_EQ(field({.availability = {.timeout = 0ms}}), "timeout");
  EXPECT_EQ(field({.availability = {.bulkhead = {.limit = 0}}}), "limit");
  EXPECT_EQ(field({.admission = {.limit = 0}}), "admission.limit");
  EXPECT_EQ(field({.admission = {.max_delay = 0ms}}), "admission.max_delay");
  EXPECT_EQ(field({.monotonic_clock = nullptr}), "monotonic_clock");
}

}  // namespace
}  // namespace exhibition::tests
