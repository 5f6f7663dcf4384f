// Followers of the host: read models and effects outside, with what becomes of events that they
// cannot take.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/adapters/memory.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

using Places = std::map<std::string, std::uint32_t>;  // of each member

void count_places(Places& places, const Envelope& envelope) {
  if (const auto* event = std::get_if<ReservationConfirmed>(&envelope.event)) {
    places[event->member] += event->places;
  }
}

class Following : public OnEachStorage {
 protected:
  /// A follower that notes the members of confirmed reservations, and does not like some of them.
  Result<void> follow_members(FollowerOptions options = {}) {
    return museum.events().follow(
        "mailer", EventTypes::of<ReservationConfirmed>(),
        [this](const Delivery& delivery) {
          const auto& event = std::get<ReservationConfirmed>(delivery.envelope.event);
          attempts.push_back(delivery.attempt);
          if (is_away) throw PortError("the post office is closed");
          if (disliked.contains(event.member))
            throw std::runtime_error("no mail for " + event.member);
          written.push_back(event.member);
        },
        options);
  }

  /// Pumps until the event that fails now was tried as often as it can be.
  void pump_through_all_attempts() {
    for (int attempt = 1; attempt <= 8; ++attempt) {
      const auto report = museum.events().pump();
      if (report.retry_at) museum.clock.advance(*report.retry_at - museum.clock.now());
    }
  }

  /// Of the reservation's first event of a type.
  template <class E>
  [[nodiscard]] Position position_of(ReservationId id) {
    for (const auto& envelope : museum.log()) {
      if (const auto* event = std::get_if<E>(&envelope.event)) {
        if (event->reservation == id) return envelope.position;
      }
    }
    throw std::runtime_error("no such event");
  }

  [[nodiscard]] FollowerStatus status_of(std::string_view name) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == name) return status;
    }
    throw std::runtime_error("no such follower");
  }

  const Shown shown = museum.register_one(std::nullopt, {.max_places_per_reservation = 100});
  bool is_away = false;
  std::set<std::string> disliked;
  std::vector<std::string> written;
  std::vector<int> attempts;
};
INSTANTIATE_TEST_SUITE_P(On, Following, each_storage(), storage_name);

using Members = std::vector<std::string>;

TEST_P(Following, AReadModelHasTheEffectOfEveryEventOnce) {
  const memory::ReadModel<Places> places;
  ASSERT_TRUE(is_done(museum.events().project("places", places.store(), count_places)));
  museum.reserve(shown.session, "mina", 2);
  museum.reserve(shown.session, "seokwon", 1);
  museum.pump_all();
  museum.reserve(shown.session, "mina", 3);
  museum.pump_all();
  museum.pump_all();
  EXPECT_EQ(places.value(), (Places{{"mina", 5}, {"seokwon", 1}}));
}

TEST_P(Following, AReadModelDoesNotKeepWhatAFailedHandlerDid) {
  const memory::ReadModel<Places> places;
  bool fails = true;
  museum.events()
      .project("places", places.store(),
               [&](Places& model, const Envelope& envelope) {
                 count_places(model, envelope);
                 const auto* event = std::get_if<ReservationConfirmed>(&envelope.event);
                 if (fails && event && event->member == "poison") throw std::runtime_error("no");
               })
      .value();
  museum.reserve(shown.session, "mina", 2);
  museum.reserve(shown.session, "poison", 7);
  museum.reserve(shown.session, "seokwon", 1);

  museum.events().pump();
  EXPECT_EQ(places.value(), (Places{{"mina", 2}})) << "what comes before it is kept";

  fails = false;
  museum.clock.advance(1min);
  museum.pump_all();
  EXPECT_EQ(places.value(), (Places{{"mina", 2}, {"poison", 7}, {"seokwon", 1}}));
}

TEST_P(Following, AReadModelWhoseTimeIsUpBlamesNoOtherEvent) {
  const memory::ReadModel<Places> places;
  bool fails = true;
  museum.events()
      .project("places", places.store(),
               [&](Places& model, const Envelope& envelope) {
                 const auto* event = std::get_if<ReservationConfirmed>(&envelope.event);
                 if (!event) return;
                 count_places(model, envelope);
                 if (!fails) return;
                 // What went before the failure is taken once more, for longer than a batch may be.
                 if (attempts.size() > 2) std::this_thread::sleep_for(30ms);
                 attempts.push_back(1);
                 if (event->member == "poison") throw std::runtime_error("no");
               })
      .value();
  museum.reserve(shown.session, "mina", 2);
  museum.reserve(shown.session, "seokwon", 1);
  const auto poison = museum.reserve(shown.session, "poison", 7).id;
  museum.events().pump();

  const auto failure = status_of("places").failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->at, position_of<ReservationConfirmed>(poison));
  fails = false;
  museum.clock.advance(1min);
  museum.pump_all();
  EXPECT_EQ(places.value(), (Places{{"mina", 2}, {"poison", 7}, {"seokwon", 1}}));
}

TEST_P(Following, AHandlerOfAReadModelMayAskHowFollowersAre) {
  const memory::ReadModel<Places> places;
  std::size_t followers = 0;
  museum.events()
      .project("places", places.store(),
               [&](Places&, const Envelope&) { followers = museum.events().status()->size(); })
      .value();
  museum.pump_all();
  EXPECT_EQ(followers, 3U);
}

TEST_P(Following, AnEffectOutsideGetsEveryWantedEventInOrder) {
  ASSERT_TRUE(is_done(follow_members()));
  for (const auto* member : {"a", "b", "c"}) museum.reserve(shown.session, member);
  museum.hold(shown.session, "held");
  museum.pump_all();
  EXPECT_EQ(written, (Members{"a", "b", "c"}));
  EXPECT_EQ(attempts, (std::vector{1, 1, 1}));
}

TEST_P(Following, GoesOnWhereItWasAfterTheEngineWasOpenedAnew) {
  if (GetParam() == StorageKind::memory) museum.reopen();  // its followers' store ends with it
  ASSERT_TRUE(is_done(follow_members()));
  museum.reserve(shown.session, "a");
  museum.pump_all();
  if (GetParam() == StorageKind::sqlite) {
    museum.reopen();
    ASSERT_TRUE(is_done(follow_members()));
  }
  museum.reserve(shown.session, "b");
  museum.pump_all();
  EXPECT_EQ(written, (Members{"a", "b"}));
}

TEST_P(Following, BeginsWhereItIsToldTo) {
  museum.reserve(shown.session, "early");
  const auto head = museum.log().back().position;
  std::vector<std::string> since;
  const auto note = [&](std::vector<std::string>& members) {
    return [&members](const Delivery& delivery) {
      members.push_back(std::get<ReservationConfirmed>(delivery.envelope.event).member);
    };
  };
  const auto confirmed = EventTypes::of<ReservationConfirmed>();
  std::vector<std::string> now;
  museum.events().follow("now", confirmed, note(now), {.start = StartAt::now()}).value();
  museum.events().follow("since", confirmed, note(since), {.start = StartAt::after(head)}).value();
  ASSERT_TRUE(is_done(follow_members()));
  museum.reserve(shown.session, "late");
  museum.pump_all();
  EXPECT_EQ(now, Members{"late"});
  EXPECT_EQ(since, Members{"late"});
  EXPECT_EQ(written, (Members{"early", "late"}));
}

TEST_P(Following, BeginsAtNoPositionThatTheLogHasNotReached) {
  const auto end = museum.log().back().position.value();
  for (const auto position : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(), end + 1,
                              std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_TRUE(is_invalid(follow_members({.start = StartAt::after(Position{position})}), "start"));
  }
  ASSERT_TRUE(is_done(follow_members({.start = StartAt::after(Position{end})})));
  museum.reserve(shown.session, "late");
  museum.pump_all();
  EXPECT_EQ(written, Members{"late"});
}

TEST_P(Following, ANameIsOneFollowers) {
  ASSERT_TRUE(is_done(follow_members()));
  EXPECT_TRUE(is_invalid(follow_members(), "name"));
  const auto nothing = [](const Delivery&) {};
  for (const auto& name :
       {std::string(), std::string(65, 'n'), std::string("\xFF"), std::string("voucher-desk"),
        std::string("my-page"), std::string("holds"), std::string("clock")}) {
    EXPECT_TRUE(is_invalid(museum.events().follow(name, EventTypes::all(), nothing), "name"));
  }
  EXPECT_TRUE(is_invalid(museum.events().follow("new", EventTypes::all(), {}), "handler"));
  EXPECT_TRUE(
      is_invalid(museum.events().follow("new", EventTypes::all(), nothing, {.batch = 0}), "batch"));
  EXPECT_TRUE(is_invalid(museum.events().project("model",
                                                 Result<std::unique_ptr<ProjectionStore<Places>>>(
                                                     std::unique_ptr<ProjectionStore<Places>>()),
                                                 count_places),
                         "store"));
  const memory::ReadModel<Places> places;
  EXPECT_TRUE(is_invalid(museum.events().project("model", places.store(),
                                                 std::function<void(Places&, const Envelope&)>()),
                         "handler"));
}

TEST_P(Following, AReadModelInMemoryHasOneStoreSoThatNoEffectIsDoubled) {
  const memory::ReadModel<Places> places;
  ASSERT_TRUE(is_done(museum.events().project("one", *places.store(), count_places)));
  EXPECT_TRUE(is_invalid(museum.events().project("two", places.store(), count_places), "store"));
}

TEST_P(Following, AFailingEventIsTriedAgainLaterAndLater) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  auto pause = 100ms;
  for (int attempt = 1; attempt < 8; ++attempt) {
    const auto report = museum.events().pump();
    ASSERT_TRUE(report.retry_at);
    EXPECT_TRUE(report.failures.empty());
    const auto wait = *report.retry_at - museum.clock.now();
    EXPECT_GE(wait, pause * 8 / 10);
    EXPECT_LE(wait, pause * 12 / 10);
    const auto status = status_of("mailer");
    EXPECT_EQ(status.state, FollowerState::backoff);
    EXPECT_EQ(status.failure->attempts, attempt);
    EXPECT_EQ(status.failure->error, "no mail for poison");

    museum.clock.advance(wait - 1ms);
    museum.events().pump();
    EXPECT_EQ(attempts.size(), static_cast<std::size_t>(attempt)) << "not before its time";
    museum.clock.advance(1ms);
    pause *= 2;
  }
  EXPECT_EQ(attempts, (std::vector{1, 2, 3, 4, 5, 6, 7}));
  disliked.clear();
  museum.pump_all();
  EXPECT_EQ(written, Members{"poison"});
  EXPECT_EQ(status_of("mailer").state, FollowerState::running);
}

TEST_P(Following, AStreamIsParkedAfterEightAttemptsWhileOthersGoOn) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  museum.reserve(shown.session, "a");
  const auto poison = museum.reserve(shown.session, "poison").id;
  museum.reserve(shown.session, "b");
  pump_through_all_attempts();
  EXPECT_EQ(written, (Members{"a", "b"}));

  const auto letters = museum.events().dead_letters("mailer").value();
  ASSERT_EQ(letters.items.size(), 1U);
  EXPECT_EQ(letters.items[0].envelope.stream, (Stream{StreamKind::reservation, poison.value()}));
  EXPECT_EQ(letters.items[0].attempts, 8);
  EXPECT_EQ(letters.items[0].error, "no mail for poison");
  EXPECT_EQ(status_of("mailer").parked, 1);
  EXPECT_EQ(status_of("mailer").lag_events, 0) << "parked events count as followed";
}

TEST_P(Following, LaterEventsOfAParkedStreamWaitBehindItAndAreReplayedInOrder) {
  const memory::ReadModel<std::vector<std::string>> seen;
  bool fails = true;
  museum.events()
      .project("journal", seen.store(),
               [&](std::vector<std::string>& model, const Envelope& envelope) {
                 if (envelope.stream.kind != StreamKind::reservation) return;
                 if (fails && std::holds_alternative<ReservationHeld>(envelope.event)) {
                   throw std::runtime_error("no holds");
                 }
                 model.push_back(envelope.key());
               })
      .value();
  const auto held = museum.hold(shown.session, "mina").id;
  pump_through_all_attempts();
  museum.bookings().confirm(held).value();
  museum.pump_all();
  museum.bookings().cancel(held).value();
  museum.pump_all();
  EXPECT_TRUE(seen.value().empty());
  const auto letters = museum.events().dead_letters("journal").value().items;
  ASSERT_EQ(letters.size(), 5U) << "held, confirmed, voucher, cancelled, voucher";
  EXPECT_EQ(letters[0].reason, DeadLetterReason::failed);
  for (std::size_t i = 1; i < letters.size(); ++i) {
    EXPECT_EQ(letters[i].reason, DeadLetterReason::behind);
  }

  auto report = museum.events().retry("journal").value();
  EXPECT_EQ(report.replayed, 0U);
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(report.failed[0].attempts, 9);

  fails = false;
  report = museum.events().retry("journal", letters[0].envelope.stream).value();
  EXPECT_EQ(report.replayed, 5U);
  EXPECT_TRUE(report.failed.empty());
  std::vector<std::string> expected;
  for (const auto& letter : letters) expected.push_back(letter.envelope.key());
  EXPECT_EQ(seen.value(), expected);
  EXPECT_TRUE(museum.events().dead_letters("journal").value().items.empty());
}

TEST_P(Following, ADeadLetterCanBeDiscardedOnPurpose) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  pump_through_all_attempts();
  const auto letter = museum.events().dead_letters("mailer").value().items.at(0);
  EXPECT_TRUE(is_done(museum.events().discard("mailer", letter.envelope.position)));
  EXPECT_TRUE(museum.events().dead_letters("mailer").value().items.empty());
  EXPECT_TRUE(is_refused(museum.events().discard("mailer", letter.envelope.position),
                         refusal::NotFound{"dead letter", letter.envelope.position.value()}));
  EXPECT_TRUE(written.empty());
  for (const auto position : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                              std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_TRUE(is_refused(museum.events().discard("mailer", Position{position}),
                           refusal::NotFound{"dead letter", position}));
  }
}

TEST_P(Following, OneThatHaltsStaysThereUntilItIsRetried) {
  ASSERT_TRUE(is_done(follow_members({.on_failure = OnFailure::halt})));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  museum.reserve(shown.session, "b");
  pump_through_all_attempts();
  museum.clock.advance(1h);
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "mailer");
  EXPECT_FALSE(report.more);
  EXPECT_TRUE(written.empty()) << "the order of all is kept";
  EXPECT_EQ(status_of("mailer").state, FollowerState::halted);
  EXPECT_EQ(attempts.size(), 8U);

  disliked.clear();
  EXPECT_TRUE(is_done(museum.events().retry("mailer")));
  museum.pump_all();
  EXPECT_EQ(written, (Members{"poison", "b"}));
}

TEST_P(Following, OneThatHasHaltedGoesOnWhateverItsDeadLettersComeTo) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  const auto poison = museum.reserve(shown.session, "poison").id;
  pump_through_all_attempts();
  museum.reopen();
  ASSERT_TRUE(is_done(follow_members({.on_failure = OnFailure::halt})));
  disliked.insert("worse");
  museum.reserve(shown.session, "worse");
  pump_through_all_attempts();
  if (GetParam() == StorageKind::memory) return;  // forgets its dead letters with its engine
  ASSERT_EQ(status_of("mailer").state, FollowerState::halted);

  disliked.erase("worse");
  const auto report = museum.events().retry("mailer").value();
  EXPECT_TRUE(report.resumed);
  EXPECT_EQ(report.replayed, 0U);
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(report.failed[0].envelope.position, position_of<ReservationConfirmed>(poison));
  museum.pump_all();
  EXPECT_EQ(written, Members{"worse"});
}

TEST_P(Following, OneThatHasHaltedCanBeLedPastItsEventOnPurpose) {
  ASSERT_TRUE(is_done(follow_members({.on_failure = OnFailure::halt})));
  disliked = {"poison"};
  const auto at = position_of<ReservationConfirmed>(museum.reserve(shown.session, "poison").id);
  museum.reserve(shown.session, "b");
  museum.events().pump();
  EXPECT_TRUE(is_refused(museum.events().discard("mailer", at),
                         refusal::NotFound{"dead letter", at.value()}))
      << "not while it is still tried";
  pump_through_all_attempts();
  ASSERT_EQ(status_of("mailer").state, FollowerState::halted);
  EXPECT_TRUE(is_done(museum.events().discard("mailer", at)));
  museum.pump_all();
  EXPECT_EQ(written, Members{"b"});
}

TEST_P(Following, RetryingAllGoesOnWithOtherStreamsWhereOneFails) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison", "cured"};
  for (const auto* member : {"poison", "cured"}) museum.reserve(shown.session, member);
  for (int i = 0; i < 2; ++i) pump_through_all_attempts();
  ASSERT_EQ(status_of("mailer").parked, 2);
  disliked.erase("cured");
  const auto report = museum.events().retry("mailer").value();
  EXPECT_EQ(report.replayed, 1U);
  EXPECT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(written, Members{"cured"});
}

TEST_P(Following, AnExceptionMaySayNothing) {
  class Silent : public std::exception {
   public:
    [[nodiscard]] const char* what() const noexcept override { return nullptr; }
  };
  museum.events()
      .follow("silent", EventTypes::all(), [](const Delivery&) { throw Silent(); })
      .value();
  museum.reserve(shown.session, "a");
  museum.events().pump();
  EXPECT_EQ(status_of("silent").failure->error, "an exception that says nothing");
}

TEST_P(Following, AFailingFollowerHoldsUpNoOther) {
  museum.events()
      .follow("broken", EventTypes::all(),
              [](const Delivery&) { throw std::runtime_error("always"); })
      .value();
  ASSERT_TRUE(is_done(follow_members()));
  const auto visit = museum.reserve(shown.session, "a");
  museum.events().pump();
  EXPECT_EQ(written, Members{"a"});
  EXPECT_EQ(museum.vouchers().of(visit.id).value().size(), 1U);
  EXPECT_EQ(museum.my_page().of("a").value().items.size(), 1U);
}

TEST_P(Following, StatusTellsHowFarBehindAFollowerIs) {
  ASSERT_TRUE(is_done(follow_members()));
  museum.pump_all();
  museum.reserve(shown.session, "a");
  museum.clock.advance(3s);
  museum.reserve(shown.session, "b");
  museum.clock.advance(4s);
  const auto status = status_of("mailer");
  EXPECT_EQ(status.lag_events, 2);
  EXPECT_EQ(status.lag, 7s);
  EXPECT_EQ(status.head, museum.log().back().position);
  museum.clock.advance(-10s);
  EXPECT_EQ(status_of("mailer").lag, -3s);
  museum.clock.advance(10s);
  museum.pump_all();
  EXPECT_EQ(status_of("mailer").lag_events, 0);
  EXPECT_EQ(status_of("mailer").lag, 0s);
}

TEST_P(Following, AnEffectOutsideWaitsForWhatIsAwayAndCountsNoAttempt) {
  ASSERT_TRUE(is_done(follow_members()));
  is_away = true;
  for (const auto* member : {"a", "b"}) museum.reserve(shown.session, member);
  for (int i = 0; i < 20; ++i) {
    const auto report = museum.events().pump();
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures[0].part, "mailer");
    EXPECT_EQ(report.failures[0].error.code, Errc::storage_failure);
    museum.clock.set(*report.retry_at);
  }
  const auto status = status_of("mailer");
  EXPECT_EQ(status.state, FollowerState::waiting);
  EXPECT_EQ(status.store_failure, "the post office is closed");
  EXPECT_FALSE(status.failure);
  EXPECT_EQ(status.lag_events, 2) << "of its types";

  is_away = false;
  museum.pump_all();
  EXPECT_EQ(written, (Members{"a", "b"}));
  EXPECT_EQ(attempts, std::vector<int>(22, 1));
  EXPECT_EQ(status_of("mailer").state, FollowerState::running);
  EXPECT_EQ(status_of("mailer").store_failure, "");
}

TEST_P(Following, WhatStaysAwayIsAskedLessAndLessOften) {
  ASSERT_TRUE(is_done(follow_members()));
  is_away = true;
  museum.reserve(shown.session, "a");
  EXPECT_EQ(museum.events().pump().retry_at, museum.clock.now() + 200ms);
  EXPECT_EQ(museum.events().pump().retry_at, museum.clock.now() + 400ms) << "back at once, perhaps";
  for (auto pause = 400ms; pause < 20s; pause *= 2) {
    const auto tried = attempts.size();
    const auto wait = std::min<std::chrono::milliseconds>(pause, 10s);
    museum.clock.advance(wait - 1ms);
    const auto report = museum.events().pump();
    EXPECT_EQ(attempts.size(), tried) << "not before its time";
    EXPECT_EQ(report.retry_at, museum.clock.now() + 1ms);
    ASSERT_EQ(report.failures.size(), 1U) << "it is told all the same";
    EXPECT_EQ(report.failures[0].part, "mailer");
    museum.clock.advance(1ms);
    museum.events().pump();
    EXPECT_EQ(attempts.size(), tried + 1);
  }
  const auto tried = attempts.size();
  EXPECT_FALSE(museum.events().retry("mailer").value().resumed) << "it has not halted";
  is_away = false;
  museum.events().pump();
  EXPECT_EQ(attempts.size(), tried + 1) << "whoever knows better can say so";
  EXPECT_EQ(written, Members{"a"});
}

TEST_P(Following, WhatIsAwayNowAndThenIsNotAskedLessAndLessOften) {
  int calls = 0;
  museum.events()
      .follow("flaky", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery& delivery) {
                if (++calls % 4 == 0) throw PortError("not so fast");
                written.push_back(delivery.key());
              })
      .value();
  for (int i = 0; i < 30; ++i) museum.reserve(shown.session);
  std::size_t followed = 0;
  for (int pumps = 0; pumps < 20 && written.size() < 30; ++pumps) {
    const auto report = museum.events().pump();
    followed += report.followed("flaky");
    if (report.retry_at) {
      EXPECT_LE(*report.retry_at - museum.clock.now(), 400ms);
      museum.clock.set(*report.retry_at);
    }
  }
  EXPECT_EQ(written.size(), 30U);
  EXPECT_GE(followed, 30U) << "what was taken before it was away is told";
}

TEST_P(Following, WhatIsPassedOverIsKeptByAProcessThatDoesNoMore) {
  if (GetParam() == StorageKind::memory) return;  // what it keeps of followers ends with the engine
  const auto rare = museum.reserve(shown.session).id;
  for (int i = 0; i < 60; ++i) museum.reserve(shown.session);
  (void)museum.bookings().cancel(rare).value();
  int cancelled = 0;
  for (int process = 0; process < 40 && cancelled == 0; ++process) {
    museum.reopen();
    museum.events()
        .follow("rare", EventTypes::of<ReservationCancelled>(),
                [&](const Delivery&) { ++cancelled; })
        .value();
    museum.events().pump({.max_events = 10});
  }
  EXPECT_EQ(cancelled, 1);
}

TEST_P(Following, AFastFollowerIsNotHeldUpByASlowOneForMoreThanItsShare) {
  int slow = 0;
  int fast = 0;
  museum.events()
      .follow("slow", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) {
                ++slow;
                std::this_thread::sleep_for(5ms);
              })
      .value();
  museum.events()
      .follow("fast", EventTypes::of<ReservationConfirmed>(), [&](const Delivery&) { ++fast; })
      .value();
  for (int i = 0; i < 100; ++i) museum.reserve(shown.session);
  museum.events().pump();  // the desk and my page are done
  for (int i = 0; i < 100; ++i) museum.reserve(shown.session);
  slow = 0;
  fast = 0;
  while (fast < 100) museum.events().pump({.max_time = 200ms});
  EXPECT_LT(slow, 100);
}

TEST_P(Following, WhatIsAwayIsAskedAgainWhenTheClockStepsBack) {
  ASSERT_TRUE(is_done(follow_members()));
  is_away = true;
  museum.reserve(shown.session, "a");
  for (int i = 0; i < 2; ++i) museum.events().pump();
  is_away = false;
  museum.clock.advance(-1h);
  museum.events().pump();
  EXPECT_EQ(written, Members{"a"});
}

TEST_P(Following, ARelayGivesAnotherDispatcherEveryEventInTheOrderOfTheLog) {
  const std::shared_ptr<EventDispatcher> other = signals::dispatcher();
  std::vector<Envelope> received;
  const auto open =
      other->subscribe([&](const Envelope& envelope) { received.push_back(envelope); });
  ASSERT_TRUE(is_done(museum.events().relay("relay", other)));
  museum.reserve(shown.session, "a");
  museum.reserve(shown.session, "b");
  museum.pump_all();
  EXPECT_EQ(received, museum.log());
}

TEST_P(Following, ARelayTakesTheTypesAndTheStartThatItIsTold) {
  museum.reserve(shown.session, "early");
  const std::shared_ptr<EventDispatcher> other = signals::dispatcher();
  std::vector<std::string> members;
  const auto open = other->subscribe([&](const Envelope& envelope) {
    members.push_back(std::get<ReservationConfirmed>(envelope.event).member);
  });
  const auto confirmed = EventTypes::of<ReservationConfirmed>();
  ASSERT_TRUE(is_done(museum.events().relay("relay", other, confirmed, StartAt::now())));
  museum.reserve(shown.session, "late");
  museum.pump_all();
  EXPECT_EQ(members, Members{"late"});
}

TEST_P(Following, ARelayReportsWhatHandlersOfItsDispatcherThrowAndGoesOn) {
  std::vector<std::string> reported;
  auto options = museum.options();
  options.on_subscriber_error = [&](const Envelope& envelope, const std::exception_ptr&) {
    reported.push_back(envelope.key());
  };
  museum.reopen(std::move(options));
  const std::shared_ptr<EventDispatcher> other = signals::dispatcher();
  const auto open =
      other->subscribe([](const Envelope&) { throw std::runtime_error("no interest"); });
  ASSERT_TRUE(is_done(museum.events().relay("relay", other)));
  museum.pump_all();
  EXPECT_EQ(reported.size(), museum.log().size());
  EXPECT_EQ(status_of("relay").lag_events, 0);
}

TEST_P(Following, ARelayHaltsAtAnEventThatItsDispatcherDoesNotTake) {
  class Picky final : public EventDispatcher {
   public:
    [[nodiscard]] DispatcherCapabilities capabilities() const override { return {}; }
    Subscription subscribe(Handler) override { return {}; }
    void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)>) override {
      if (std::holds_alternative<ReservationConfirmed>(envelope.event)) {
        throw std::runtime_error("too large");
      }
      taken.push_back(envelope.position);
    }
    std::vector<Position> taken;
  };
  const auto picky = std::make_shared<Picky>();
  ASSERT_TRUE(is_done(museum.events().relay("relay", picky)));
  const auto refused = position_of<ReservationConfirmed>(museum.reserve(shown.session, "a").id);
  pump_through_all_attempts();
  const auto status = status_of("relay");
  EXPECT_EQ(status.state, FollowerState::halted);
  EXPECT_EQ(status.failure->at, refused);
  EXPECT_TRUE(museum.events().dead_letters("relay")->items.empty());
  for (const auto position : picky->taken) EXPECT_LT(position, refused) << "none overtakes it";
  EXPECT_TRUE(is_invalid(museum.events().relay("nowhere", nullptr), "dispatcher"));
}

TEST_P(Following, WaitingForAFollowerPumpsWhenNobodyElseDoes) {
  ASSERT_TRUE(is_done(follow_members()));
  const auto visit = museum.reserve(shown.session, "a");
  EXPECT_TRUE(museum.events().wait_for("mailer", 10s).value());
  EXPECT_EQ(written, Members{"a"});
  EXPECT_TRUE(museum.events().wait_for("my-page", 10s).value());
  EXPECT_EQ(museum.my_page().of("a").value().items.at(0).voucher_status, VoucherStatus::active)
      << "what the desk appends is waited for as well";
  EXPECT_EQ(museum.vouchers().of(visit.id).value().size(), 1U);
  EXPECT_TRUE(is_refused(museum.events().wait_for("nobody", 10s), refusal::NotFound{"follower"}));
}

TEST_P(Following, AnyLengthOfTimeIsALengthOfTime) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  constexpr auto shortest = std::chrono::milliseconds::min();
  constexpr auto longest = std::chrono::milliseconds::max();
  for (const auto span : {shortest, -1ms, 0ms}) {
    EXPECT_FALSE(museum.events().wait_for("mailer", span).value());
    museum.events().pump({.max_time = span});
  }
  for (const auto span : {shortest, -1ms, 0ms, longest}) {
    museum.events().start();
    museum.events().stop(span);
  }
  disliked.clear();
  museum.clock.advance(1min);
  EXPECT_TRUE(museum.events().wait_for("mailer", longest).value());
}

TEST_P(Following, WaitingInsideAHandlerIsAMistakeWhetherOrNotAWorkerRuns) {
  std::size_t mistakes = 0;
  museum.events()
      .follow("waiter", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) {
                EXPECT_THROW(static_cast<void>(museum.events().wait_for("my-page", 60s)),
                             std::logic_error);
                ++mistakes;
                museum.events().start();
              })
      .value();
  museum.reserve(shown.session, "a");
  museum.reserve(shown.session, "b");
  museum.events().pump();
  museum.events().stop();
  EXPECT_EQ(mistakes, 2U);
}

TEST_P(Following, WaitingForOneThatFailsGivesUpWhenItsTimeIsOver) {
  ASSERT_TRUE(is_done(follow_members()));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  EXPECT_FALSE(museum.events().wait_for("mailer", 20ms).value());
}

TEST_P(Following, WaitingForOneThatHasHaltedIsAnErrorAtOnce) {
  ASSERT_TRUE(is_done(follow_members({.on_failure = OnFailure::halt})));
  disliked = {"poison"};
  museum.reserve(shown.session, "poison");
  pump_through_all_attempts();
  const auto waited = museum.events().wait_for("mailer", 1h);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, Errc::storage_failure);
}

}  // namespace
}  // namespace exhibition::tests
