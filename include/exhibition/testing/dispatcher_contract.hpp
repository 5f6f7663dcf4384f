#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/testing/storage_contract/fixture.hpp"
#include "exhibition/testing/storage_contract/samples.hpp"

/// What every EventDispatcher promises, as a GoogleTest suite. An adapter's test is a harness and
/// one line:
///
///     #include <exhibition/testing/dispatcher_contract.hpp>
///
///     struct MyHarness {
///       // A dispatcher through which nothing has gone yet.
///       std::unique_ptr<EventDispatcher> open() { return my::dispatcher(); }
///     };
///
///     namespace exhibition::testing {
///     INSTANTIATE_TYPED_TEST_SUITE_P(My, DispatcherContract, MyHarness);
///     }
///
/// A capability that the dispatcher does not claim asks less of it. Link exhibition::testing and
/// GTest::gtest_main.

namespace exhibition::testing {

/// What a handler was given.
/// Threads: any.
class Received {
 public:
  void note(const Envelope& envelope) {
    const std::lock_guard lock(mutex_);
    events_.push_back(envelope);
  }
  [[nodiscard]] std::vector<Envelope> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  /// How many different ones.
  [[nodiscard]] std::size_t count() const {
    std::set<Position> seen;
    for (const auto& envelope : events()) seen.insert(envelope.position);
    return seen.size();
  }

  [[nodiscard]] EventDispatcher::Handler handler() {
    return [this](const Envelope& envelope) { note(envelope); };
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Envelope> events_;  // guarded by mutex_
};

template <class Harness>
class DispatcherContract : public ::testing::Test {
 protected:
  using Errors = std::vector<std::exception_ptr>;

  DispatcherContract() : dispatcher(harness.open()) {}

  /// The next event, of one of three streams.
  [[nodiscard]] Envelope next() {
    const auto number = ++published_;
    return {.position = Position{number},
            .stream = {StreamKind::reservation, number % 3},
            .aggregate = {AggregateKind::reservation, number % 3},
            .version = 1 + number / 3,
            .occurred_at = samples::noon,
            .headers = {},
            .event = ReservationConfirmed{}};
  }

  Errors publish(const Envelope& envelope) {
    Errors errors;
    dispatcher->publish(envelope,
                        [&](std::exception_ptr error) { errors.push_back(std::move(error)); });
    return errors;
  }
  Errors publish() { return publish(next()); }

  /// Publishes one more event and waits until `received` has it: what went before has come by then,
  /// in its stream at least.
  void publish_and_wait(Received& received) {
    const auto last = next();
    publish(last);
    EXPECT_TRUE(contract::comes_true([&] {
      const auto events = received.events();
      return std::any_of(events.begin(), events.end(),
                         [&](const Envelope& each) { return each.position == last.position; });
    }));
  }

  [[nodiscard]] DispatcherCapabilities capabilities() const { return dispatcher->capabilities(); }

  Harness harness;
  std::unique_ptr<EventDispatcher> dispatcher;

 private:
  std::int64_t published_ = 0;
};
TYPED_TEST_SUITE_P(DispatcherContract);

TYPED_TEST_P(DispatcherContract, AnEventComesAsItWasPublished) {
  Received received;
  const auto open = this->dispatcher->subscribe(received.handler());
  auto envelope = this->next();
  envelope.version = samples::huge_id;
  envelope.occurred_at = Instant::max();
  envelope.headers = {samples::nasty_text(), samples::long_text()};
  ReservationCancelled event;
  event.reservation = ReservationId{samples::huge_id};
  event.member = samples::nasty_text();
  envelope.event = event;
  this->publish(envelope);
  ASSERT_TRUE(contract::comes_true([&] { return received.count() == 1; }));
  EXPECT_EQ(received.events().front(), envelope);
}

TYPED_TEST_P(DispatcherContract, EveryHandlerGetsWhatIsPublishedOnceItHasSubscribed) {
  Received first;
  Received second;
  this->publish();
  const auto one = this->dispatcher->subscribe(first.handler());
  this->publish();
  const auto other = this->dispatcher->subscribe(second.handler());
  this->publish();
  EXPECT_TRUE(contract::comes_true([&] { return first.count() == 2 && second.count() == 1; }));
  EXPECT_EQ(second.events().front().position, Position{3});
}

TYPED_TEST_P(DispatcherContract, PublishingWithoutAnyHandlerIsFine) {
  EXPECT_TRUE(this->publish().empty());
}

TYPED_TEST_P(DispatcherContract, EventsComeInTheirOrder) {
  Received received;
  const auto open = this->dispatcher->subscribe(received.handler());
  for (int i = 0; i < 300; ++i) this->publish();
  ASSERT_TRUE(contract::comes_true([&] { return received.count() == 300; }));
  std::map<std::int64_t, Position> last;
  std::set<Position> seen;
  for (const auto& envelope : received.events()) {
    const bool is_new = seen.insert(envelope.position).second;
    EXPECT_TRUE(is_new || !this->capabilities().exactly_once) << envelope.key() << " came twice";
    if (!is_new) continue;
    Position& before = last[this->capabilities().total_order ? 0 : envelope.stream.id];
    EXPECT_LT(before, envelope.position);
    before = envelope.position;
  }
}

TYPED_TEST_P(DispatcherContract, AHandlerThatThrowsStopsNeitherTheOthersNorTheNextEvent) {
  Received before;
  Received throwing;
  Received after;
  const auto first = this->dispatcher->subscribe(before.handler());
  const auto second = this->dispatcher->subscribe([&](const Envelope& envelope) {
    throwing.note(envelope);
    throw std::runtime_error("no");
  });
  const auto third = this->dispatcher->subscribe([&](const Envelope& envelope) {
    after.note(envelope);
    throw 7;
  });
  const auto errors = this->publish();
  this->publish();
  for (const auto* received : {&before, &throwing, &after}) {
    EXPECT_TRUE(contract::comes_true([&] { return received->count() == 2; }));
  }
  if (!this->capabilities().synchronous) return;
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_THROW(std::rethrow_exception(errors[0]), std::runtime_error);
  EXPECT_THROW(std::rethrow_exception(errors[1]), int);
}

TYPED_TEST_P(DispatcherContract, ASynchronousOneHasRunEveryHandlerOnTheThreadThatPublishes) {
  if (!this->capabilities().synchronous) GTEST_SKIP() << "this dispatcher is not synchronous";
  std::optional<std::thread::id> runner;
  const auto open =
      this->dispatcher->subscribe([&](const Envelope&) { runner = std::this_thread::get_id(); });
  this->publish();
  EXPECT_EQ(runner, std::this_thread::get_id());
}

TYPED_TEST_P(DispatcherContract, AHandlerIsNotCalledAfterItWasClosed) {
  Received witness;
  Received closed;
  Received destroyed;
  const auto open = this->dispatcher->subscribe(witness.handler());
  auto closing = this->dispatcher->subscribe(closed.handler());
  {
    const auto ending = this->dispatcher->subscribe(destroyed.handler());
    this->publish_and_wait(witness);
  }
  closing.close();
  closing.close();
  const auto calls = closed.events().size();
  const auto calls_of_destroyed = destroyed.events().size();
  for (int i = 0; i < 6; ++i) this->publish_and_wait(witness);
  EXPECT_EQ(closed.events().size(), calls);
  EXPECT_EQ(destroyed.events().size(), calls_of_destroyed);
}

TYPED_TEST_P(DispatcherContract, AssigningToASubscriptionClosesTheOneThatItWas) {
  Received first;
  Received second;
  auto open = this->dispatcher->subscribe(first.handler());
  open = this->dispatcher->subscribe(second.handler());
  this->publish_and_wait(second);
  EXPECT_EQ(first.count(), 0U);
}

TYPED_TEST_P(DispatcherContract, ClosingWaitsForTheHandlerThatIsRunning) {
  std::promise<void> running;
  std::atomic<bool> closed = false;
  std::atomic<bool> closed_while_running = false;
  auto open = this->dispatcher->subscribe([&, first = true](const Envelope&) mutable {
    if (!std::exchange(first, false)) return;
    running.set_value();
    // Long enough for a close that does not wait to come back.
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    closed_while_running = closed.load();
  });
  auto closing = std::async(std::launch::async, [&] {
    running.get_future().wait();
    open.close();
    closed = true;
  });
  this->publish();
  closing.wait();
  EXPECT_FALSE(closed_while_running);
}

TYPED_TEST_P(DispatcherContract, AHandlerThatClosesItselfIsNotCalledAgain) {
  Received witness;
  Subscription own;
  std::atomic<int> calls = 0;
  own = this->dispatcher->subscribe([&](const Envelope&) {
    ++calls;
    own.close();
  });
  const auto open = this->dispatcher->subscribe(witness.handler());
  for (int i = 0; i < 6; ++i) this->publish_and_wait(witness);
  EXPECT_EQ(calls, 1);
}

TYPED_TEST_P(DispatcherContract, AHandlerMayCloseAnotherWhichIsNotCalledAgain) {
  Received witness;
  Subscription other;
  std::atomic<bool> closed = false;
  std::atomic<int> calls_of_closed = 0;
  const auto closer = this->dispatcher->subscribe([&](const Envelope&) {
    other.close();
    closed = true;
  });
  other = this->dispatcher->subscribe([&](const Envelope&) {
    if (closed) ++calls_of_closed;
  });
  const auto open = this->dispatcher->subscribe(witness.handler());
  for (int i = 0; i < 6; ++i) this->publish_and_wait(witness);
  EXPECT_TRUE(closed);
  EXPECT_EQ(calls_of_closed, 0);
}

TYPED_TEST_P(DispatcherContract, AHandlerMaySubscribeOneThatGetsTheNextEvent) {
  Received added;
  std::atomic<bool> has_added = false;
  Subscription inner;
  const auto outer = this->dispatcher->subscribe([&](const Envelope&) {
    if (!has_added) inner = this->dispatcher->subscribe(added.handler());
    has_added = true;
  });
  this->publish();
  ASSERT_TRUE(contract::comes_true([&] { return has_added.load(); }));
  this->publish_and_wait(added);
}

TYPED_TEST_P(DispatcherContract, OtherThreadsMaySubscribeAndCloseWhileAHandlerRuns) {
  std::atomic<bool> went_on = false;
  std::atomic<bool> has_run = false;
  const auto open = this->dispatcher->subscribe([&](const Envelope&) {
    if (has_run) return;
    auto visitor = std::async(std::launch::async,
                              [&] { this->dispatcher->subscribe([](const Envelope&) {}).close(); });
    went_on = visitor.wait_for(contract::patience) == std::future_status::ready;
    has_run = true;
    if (!went_on) std::abort();  // there is no way out: the visitor waits for this handler
  });
  this->publish();
  ASSERT_TRUE(contract::comes_true([&] { return has_run.load(); }));
  EXPECT_TRUE(went_on);
}

TYPED_TEST_P(DispatcherContract, WhatAHandlerHoldsIsLetGoWhenItIsClosed) {
  auto held = std::make_shared<Received>();
  const std::weak_ptr<Received> alive = held;
  Received witness;
  auto holding = this->dispatcher->subscribe(
      [held = std::move(held)](const Envelope& envelope) { held->note(envelope); });
  const auto open = this->dispatcher->subscribe(witness.handler());
  this->publish_and_wait(witness);
  EXPECT_FALSE(alive.expired());
  holding.close();
  EXPECT_TRUE(alive.expired());
}

TYPED_TEST_P(DispatcherContract, AHandlerThatClosesItselfLetsGoOfWhatItHoldsOnceItHasRun) {
  auto held = std::make_shared<int>(7);
  const std::weak_ptr<int> alive = held;
  Subscription own;
  std::atomic<int> seen = 0;
  own = this->dispatcher->subscribe([&, held = std::move(held)](const Envelope&) {
    own.close();
    seen = *held;
  });
  this->publish();
  EXPECT_TRUE(contract::comes_true([&] { return alive.expired(); }));
  EXPECT_EQ(seen, 7);
}

TYPED_TEST_P(DispatcherContract, ASubscriptionMayOutliveItsDispatcher) {
  Received received;
  auto open = this->dispatcher->subscribe(received.handler());
  this->publish_and_wait(received);
  this->dispatcher.reset();
  open.close();
}

TYPED_TEST_P(DispatcherContract, NothingIsLostWhileThreadsSubscribeAndClose) {
  Received witness;
  const auto open = this->dispatcher->subscribe(witness.handler());
  std::atomic<bool> is_over = false;
  std::vector<std::thread> visitors;
  for (int i = 0; i < 3; ++i) {
    visitors.emplace_back([&] {
      while (!is_over) {
        std::atomic<bool> closed = false;
        auto visit = this->dispatcher->subscribe([&](const Envelope&) { EXPECT_FALSE(closed); });
        std::this_thread::yield();
        visit.close();
        closed = true;
      }
    });
  }
  for (int i = 0; i < 300; ++i) this->publish();
  EXPECT_TRUE(contract::comes_true([&] { return witness.count() == 300; }));
  is_over = true;
  for (auto& visitor : visitors) visitor.join();
}

REGISTER_TYPED_TEST_SUITE_P(
    DispatcherContract, AnEventComesAsItWasPublished,
    EveryHandlerGetsWhatIsPublishedOnceItHasSubscribed, PublishingWithoutAnyHandlerIsFine,
    EventsComeInTheirOrder, AHandlerThatThrowsStopsNeitherTheOthersNorTheNextEvent,
    ASynchronousOneHasRunEveryHandlerOnTheThreadThatPublishes, AHandlerIsNotCalledAfterItWasClosed,
    AssigningToASubscriptionClosesTheOneThatItWas, ClosingWaitsForTheHandlerThatIsRunning,
    AHandlerThatClosesItselfIsNotCalledAgain, AHandlerMayCloseAnotherWhichIsNotCalledAgain,
    AHandlerMaySubscribeOneThatGetsTheNextEvent, OtherThreadsMaySubscribeAndCloseWhileAHandlerRuns,
    WhatAHandlerHoldsIsLetGoWhenItIsClosed, AHandlerThatClosesItselfLetsGoOfWhatItHoldsOnceItHasRun,
    ASubscriptionMayOutliveItsDispatcher, NothingIsLostWhileThreadsSubscribeAndClose);

}  // namespace exhibition::testing
