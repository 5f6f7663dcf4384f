// Commands that nobody waits for: what comes of them is what comes of those that are waited for, and
// is told on the host's executor.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/lent.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

/// A host's event loop: runs what was posted when the test says so, on the test's thread.
class Loop {
 public:
  /// Runs one task, which is waited for.
  void run_one() {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(posted_.wait_for(lock, 20s, [this] { return !tasks_.empty(); }));
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }
  void add(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

class LoopExecutor final : public Executor {
 public:
  explicit LoopExecutor(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}
  void post(std::function<void()> task) noexcept override { loop_->add(std::move(task)); }

 private:
  std::shared_ptr<Loop> loop_;
};

class AnAsynchronousCommand : public OnEachStorage {
 protected:
  AnAsynchronousCommand() { reopen(museum.options()); }

  void reopen(EngineOptions options) {
    options.executor = std::make_unique<LoopExecutor>(loop);
    museum.reopen(std::move(options));
  }

  /// What `begin(completion)` comes to.
  template <class T, class Begin>
  Result<T> outcome_of(Begin begin) {
    std::optional<Result<T>> answer;
    begin([&](Result<T> told) { answer = std::move(told); });
    loop->run_one();
    return answer ? *std::move(answer) : Result<T>(refusal::StorageFailure{"was not told"});
  }

  Result<Reserved> reserve(const ReserveRequest& request, const CommandOptions& options = {}) {
    return outcome_of<Reserved>(
        [&](auto done) { museum.bookings().reserve_async(request, std::move(done), options); });
  }

  std::shared_ptr<Loop> loop = std::make_shared<Loop>();
};

TEST_P(AnAsynchronousCommand, ComesToWhatOneThatIsWaitedForComesTo) {
  const auto shown = museum.register_one(3);
  const auto held =
      reserve({.session = shown.session, .member = "ada", .places = 2, .hold = Hold{}});
  ASSERT_TRUE(held) << held.error();
  EXPECT_EQ(museum.bookings().find(held->reservation.id), held->reservation);

  const auto confirmed = outcome_of<Reservation>(
      [&](auto done) { museum.bookings().confirm_async(held->reservation.id, std::move(done)); });
  EXPECT_EQ(confirmed->status, ReservationStatus::confirmed);
  EXPECT_EQ(reserve({.session = shown.session, .member = "noah", .places = 2}).error().code,
            Errc::sold_out);

  const auto cancelled = outcome_of<Reservation>([&](auto done) {
    museum.bookings().cancel_async(held->reservation.id, std::move(done), Canceller::organiser);
  });
  EXPECT_EQ(cancelled->reason, CancelReason::organiser);
  EXPECT_EQ(reserve({.session = shown.session, .member = "noah", .places = 2})->reservation.id,
            ReservationId{2});
  EXPECT_EQ(museum.happened_after(2),
            (std::vector<std::string>{"ReservationHeld", "ReservationConfirmed",
                                      "ReservationCancelled", "ReservationConfirmed"}));
}

TEST_P(AnAsynchronousCommand, IsRefusedAsOneThatIsWaitedFor) {
  const auto shown = museum.register_one();
  const std::vector<ReserveRequest> requests = {
      {.session = shown.session, .member = ""},
      {.session = shown.session, .member = "ada", .places = 0},
      {.session = shown.session, .member = "ada", .places = 11},
      {.session = SessionId{99}, .member = "ada"}};
  for (const auto& request : requests) {
    const auto waited_for = museum.bookings().reserve(request);
    const auto told = reserve(request);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error(), waited_for.error());
  }
  const CommandOptions endless{.idempotency_key = std::string(256, 'k')};
  EXPECT_EQ(
      reserve({.session = shown.session, .member = "ada"}, endless).error(),
      museum.bookings().reserve({.session = shown.session, .member = "ada"}, endless).error());
  const CommandOptions not_text{.actor = "\xff"};
  EXPECT_EQ(
      reserve({.session = shown.session, .member = "ada"}, not_text).error(),
      museum.bookings().reserve({.session = shown.session, .member = "ada"}, not_text).error());
}

TEST_P(AnAsynchronousCommand, IsAppliedOnceUnderItsKeyAndNothingRefusesWhatWasDone) {
  const auto shown = museum.register_one(1);
  const CommandOptions key{.idempotency_key = "once", .actor = "web"};
  const ReserveRequest request{.session = shown.session, .member = "ada"};
  const auto first = reserve(request, key);
  const auto again = reserve(request, key);
  ASSERT_TRUE(again) << again.error();
  EXPECT_FALSE(first->replayed);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->reservation, first->reservation);
  EXPECT_EQ(museum.bookings().reserve(request, key)->reservation, first->reservation);
  EXPECT_EQ(reserve({.session = shown.session, .member = "noah"}, key).error().code,
            Errc::idempotency_mismatch);

  const CommandOptions bad_headers{.idempotency_key = "once", .actor = "\xff"};
  EXPECT_EQ(reserve(request, bad_headers)->reservation, first->reservation);
  const CommandOptions bad_and_new{.idempotency_key = "twice", .actor = "\xff"};
  EXPECT_EQ(reserve(request, bad_and_new).error().code, Errc::invalid_argument);
}

TEST_P(AnAsynchronousCommand, TellsNothingBeforeTheHostsExecutorRuns) {
  const auto shown = museum.register_one();
  bool is_told = false;
  museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                  [&](const Result<Reserved>&) { is_told = true; });
  museum.close();
  EXPECT_FALSE(is_told);
  loop->run_one();
  EXPECT_TRUE(is_told);
  museum.reopen();
  EXPECT_EQ(museum.bookings().list()->items.size(), 1U);
}

TEST_P(AnAsynchronousCommand, OfAClosedEngineIsToldSo) {
  const auto shown = museum.register_one();
  museum.engine().close();
  EXPECT_EQ(reserve({.session = shown.session, .member = "ada"}).error().code, Errc::closed);
}

TEST_P(AnAsynchronousCommand, NeedsNobodyWhoIsTold) {
  const auto shown = museum.register_one();
  museum.bookings().reserve_async({.session = shown.session, .member = "ada"}, nullptr);
  museum.close();
  museum.reopen();
  EXPECT_EQ(museum.bookings().list()->items.size(), 1U);
}

TEST_P(AnAsynchronousCommand, MayBeTheEndOfItsEngine) {
  const auto shown = museum.register_one();
  museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                  [&](const Result<Reserved>&) { museum.close(); });
  loop->run_one();
  museum.reopen();
  EXPECT_EQ(museum.bookings().list()->items.size(), 1U);
}

TEST_P(AnAsynchronousCommand, OnTheEnginesOwnThreadMayWaitForOthersAndEndTheEngine) {
  museum.reopen(museum.options());
  const auto shown = museum.register_one();
  std::promise<std::size_t> taken;
  museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                  [&](const Result<Reserved>&) {
                                    museum.reserve(shown.session, "noah");
                                    const auto count = museum.bookings().list()->items.size();
                                    museum.close();
                                    taken.set_value(count);
                                  });
  EXPECT_EQ(taken.get_future().get(), 2U);
}

TEST_P(AnAsynchronousCommand, IsFinishedByTheEngineThatIsClosedInsideAHandlerMeanwhile) {
  const auto shown = museum.register_one();
  std::atomic<int> told = 0;
  const auto subscription = museum.events().on<ReservationConfirmed>([&](const auto&) {
    for (int i = 0; i < 20; ++i) {
      museum.bookings().reserve_async(
          {.session = shown.session, .member = "ada", .places = 1},
          [&](const Result<Reserved>& answer) {
            EXPECT_TRUE(answer.has_value() || answer.error().code == Errc::sold_out);
            ++told;
          });
    }
    museum.engine().close();
  });
  museum.reserve(shown.session, "noah");
  museum.events().pump();
  museum.close();
  while (told < 20) loop->run_one();
  museum.reopen();
  EXPECT_EQ(museum.bookings().list()->items.size(), 10U);
}

TEST_P(AnAsynchronousCommand, IsOneOfThoseInsideAndIsToldToComeBackWhenTheyAreTooMany) {
  auto options = museum.options();
  options.admission.limit = 2;
  reopen(std::move(options));
  const auto shown = museum.register_one();
  museum.reserve(shown.session, "noah");  // there are ids at hand now
  std::promise<void> entered;
  std::promise<void> may_leave;
  std::thread slow([&] {
    const auto outcome = transact(museum.storage(), [&](UnitOfWork&) -> Result<void> {
      entered.set_value();
      may_leave.get_future().wait();
      return {};
    });
    EXPECT_TRUE(outcome);
  });
  entered.get_future().wait();
  std::vector<Result<Reserved>> told;
  for (int i = 0; i < 3; ++i) {
    museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                    [&](Result<Reserved> answer) { told.push_back(answer); });
  }
  loop->run_one();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].error().code, Errc::overloaded);
  EXPECT_EQ(museum.engine().stats().admission.inside, 2U);
  EXPECT_EQ(museum.engine().stats().admission.queued, 2U);
  may_leave.set_value();
  slow.join();
  loop->run_one();
  loop->run_one();
  EXPECT_TRUE(told[1] && told[2]);
  EXPECT_EQ(museum.engine().stats().admission.inside, 0U);
  EXPECT_EQ(museum.engine().stats().admission.queued, 0U);
}

TEST_P(AnAsynchronousCommand, WaitsForNobodyThoughManyAreRefusedWhileIdsAreDrawn) {
  constexpr int count =
      500;  // more than the first blocks of ids, and refused ones give theirs back
  const auto shown = museum.register_one(100);
  int taken = 0;
  int told = 0;
  for (int i = 0; i < count; ++i) {
    museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                    [&](const Result<Reserved>& answer) {
                                      ++told;
                                      if (answer) ++taken;
                                    });
  }
  while (told < count) ASSERT_NO_FATAL_FAILURE(loop->run_one());
  EXPECT_EQ(taken, 100);
}

/// A catalogue elsewhere that answers when the test says so.
class SlowCatalogue final : public Availability {
 public:
  SlowCatalogue(std::shared_future<void> may_answer, Offer offered)
      : may_answer_(std::move(may_answer)), offer_(std::move(offered)) {}
  Result<Offer> offer(SessionId, Moment) override {
    may_answer_.wait();
    return offer_;
  }

 private:
  std::shared_future<void> may_answer_;
  Offer offer_;
};

TEST_P(AnAsynchronousCommand, DoesNotHoldUpItsCallerWhileACatalogueElsewhereIsAsked) {
  const auto shown = museum.register_one();
  const Offer offer{*museum.catalogue().find(shown.exhibition), museum.stored(shown.session)};
  std::promise<void> may_answer;
  auto options = museum.options();
  options.availability.port =
      std::make_unique<SlowCatalogue>(may_answer.get_future().share(), offer);
  options.availability.bulkhead.limit = 2;
  options.availability.timeout = 1min;
  reopen(std::move(options));

  std::vector<Result<Reserved>> told;
  for (int i = 0; i < 3; ++i) {
    museum.bookings().reserve_async({.session = shown.session, .member = "ada"},
                                    [&](Result<Reserved> answer) { told.push_back(answer); },
                                    {.idempotency_key = std::to_string(i)});
  }
  loop->run_one();
  EXPECT_EQ(told.at(0).error().code, Errc::overloaded);
  may_answer.set_value();
  loop->run_one();
  loop->run_one();
  EXPECT_TRUE(told.at(1) && told.at(2));
}

/// A coroutine that nobody waits for.
struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() {}
    static void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Task visit(Bookings& bookings, SessionId session, std::vector<Result<Reservation>>& steps) {
  const ReserveRequest request{.session = session, .member = "ada", .hold = Hold{}};
  const CommandOptions options{.idempotency_key = "a visit"};
  const auto reserved = co_await bookings.reserve_async(request, options);
  steps.push_back(reserved ? Result<Reservation>(reserved->reservation) : reserved.error());
  if (!reserved) co_return;
  steps.push_back(co_await bookings.confirm_async(reserved->reservation.id));
  steps.push_back(co_await bookings.cancel_async(reserved->reservation.id));
}

TEST_P(AnAsynchronousCommand, IsAwaitedByACoroutine) {
  const auto shown = museum.register_one();
  std::vector<Result<Reservation>> steps;
  const auto task = visit(museum.bookings(), shown.session, steps);
  for (std::size_t done = 0; done < 3; ++done) {
    EXPECT_EQ(steps.size(), done);
    loop->run_one();
  }
  EXPECT_TRUE(task.handle.done());
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0]->status, ReservationStatus::held);
  EXPECT_EQ(steps[1]->status, ReservationStatus::confirmed);
  EXPECT_EQ(steps[2]->status, ReservationStatus::cancelled);
  task.handle.destroy();
}

TEST_P(AnAsynchronousCommand, IsCarriedOutThoughItsCoroutineWasDestroyed) {
  const auto shown = museum.register_one();
  std::vector<Result<Reservation>> steps;
  visit(museum.bookings(), shown.session, steps).handle.destroy();
  loop->run_one();
  EXPECT_TRUE(steps.empty());
  EXPECT_EQ(museum.bookings().list()->items.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(On, AnAsynchronousCommand, each_storage(), storage_name);

}  // namespace
}  // namespace exhibition::tests
