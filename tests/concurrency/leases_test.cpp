// Several engines on one booking file: of each follower one at a time has the lease, and one that
// was stalled while another took over changes nothing any more.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "support/lent.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

using Members = std::vector<std::string>;

/// What a thread waits for until another opens it.
class Barrier {
 public:
  void open() { set(true); }
  void close() { set(false); }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_open_; });
  }

 private:
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    is_open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
};

/// A store of external followers that stands still when its process does.
class StallingStore final : public ConsumerStore {
 public:
  StallingStore(std::unique_ptr<ConsumerStore> inside, Barrier& barrier)
      : inside_(std::move(inside)), barrier_(barrier) {}

  void transact(FunctionRef<void(Followers&)> work) override {
    barrier_.pass();
    inside_->transact(work);
  }
  void read(FunctionRef<void(const Followers&)> reader) const override {
    barrier_.pass();
    inside_->read(reader);
  }
  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& copy) const override {
    return inside_->backup(copy);
  }

 private:
  std::unique_ptr<ConsumerStore> inside_;
  Barrier& barrier_;
};

class StallingStorage final : public LentStorage {
 public:
  StallingStorage(std::shared_ptr<Storage> file, Barrier& barrier)
      : LentStorage(std::move(file)), barrier_(barrier) {}

  Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    return std::unique_ptr<ConsumerStore>(
        std::make_unique<StallingStore>(LentStorage::consumer_store().value(), barrier_));
  }

 private:
  Barrier& barrier_;
};

/// One of the engines, with a mailer.
class Branch {
 public:
  Branch(Museum& museum, std::chrono::milliseconds lease)
      : engine(Engine::open({.storage = std::unique_ptr<Storage>(std::make_unique<StallingStorage>(
                                 sqlite::storage(museum.file()).value(), process)),
                             .clock = museum.clock.handle(),
                             .lease = lease})
                   .value()) {
    engine.events()
        .follow("mailer", EventTypes::of<ReservationConfirmed>(),
                [this](const Delivery& delivery) {
                  const auto& event = std::get<ReservationConfirmed>(delivery.envelope.event);
                  written.push_back(event.member);
                  ++begun;
                  handler.pass();
                })
        .value();
  }

  /// How many events its mailer has taken in one pump.
  std::size_t pump() { return engine.events().pump().followed("mailer"); }

  [[nodiscard]] FollowerStatus mailer() {
    for (auto& status : engine.events().status().value()) {
      if (status.name == "mailer") return status;
    }
    throw std::runtime_error("no mailer");
  }

  void wait_for_handler(int calls) const {
    while (begun < calls) std::this_thread::yield();
  }

  Barrier process;  // closed, the process stands still
  Barrier handler;  // closed, the handler does
  std::atomic<int> begun = 0;
  Members written;
  Engine engine;
};

class ALease : public ::testing::Test {
 protected:
  void reserve(const std::string& member) { museum.reserve(shown.session, member); }

  /// What the mailer has left behind.
  void leave(const Lease& lease) {
    museum.storage().consumer_store().value()->transact([&](Followers& followers) {
      Checkpoint left = followers.find("mailer").value_or(Checkpoint{});
      left.lease = lease;
      followers.save("mailer", left);
    });
  }

  static constexpr std::chrono::milliseconds never = 10min;
  Museum museum{StorageKind::sqlite};
  Shown shown = museum.register_one(std::nullopt);
};

TEST_F(ALease, LetsOneEngineAtATimeRunAFollower) {
  Branch first(museum, never);
  Branch second(museum, never);
  reserve("mina");
  reserve("juno");
  first.handler.close();
  std::thread pumping([&] { first.pump(); });
  first.wait_for_handler(1);
  const auto report = second.engine.events().pump();
  EXPECT_EQ(report.followed("mailer"), 0U);
  ASSERT_TRUE(report.retry_at.has_value());
  EXPECT_LE(*report.retry_at - museum.clock.now(), never);
  EXPECT_GE(*report.retry_at - museum.clock.now(), never - 5min);
  EXPECT_TRUE(report.failures.empty());
  first.handler.open();
  pumping.join();
  EXPECT_EQ(second.pump(), 0U);
  EXPECT_EQ(first.written, (Members{"mina", "juno"}));
  EXPECT_EQ(second.written, Members{});
}

TEST_F(ALease, IsGivenBackAtTheEndOfARun) {
  Branch first(museum, never);
  Branch second(museum, never);
  for (int i = 0; i < 3; ++i) {
    reserve("mina");
    EXPECT_GT(first.pump(), 0U);
    reserve("juno");
    EXPECT_GT(second.pump(), 0U);
  }
  EXPECT_EQ(first.written, (Members{"mina", "mina", "mina"}));
  EXPECT_EQ(second.written, (Members{"juno", "juno", "juno"}));
}

TEST_F(ALease, IsGivenBackWhenABudgetEndsTheRun) {
  Branch first(museum, never);
  Branch second(museum, never);
  for (int i = 0; i < 4; ++i) reserve("mina");
  for (int i = 0; i < 4; ++i) first.engine.events().pump({.max_events = 2});
  EXPECT_GT(second.pump(), 0U);
}

TEST_F(ALease, IsGivenBackByOneThatFails) {
  Branch first(museum, never);
  Branch second(museum, never);
  reserve("mina");
  second.engine.events()
      .follow("critic", EventTypes::all(),
              [](const Delivery&) { throw std::runtime_error("I do not like it"); })
      .value();
  first.engine.events().follow("critic", EventTypes::all(), [](const Delivery&) {}).value();
  second.pump();
  museum.clock.advance(1s);
  EXPECT_GT(first.engine.events().pump().followed("critic"), 0U);
}

TEST_F(ALease, IsRenewedWhileAHandlerRuns) {
  Branch first(museum, 100ms);
  Branch second(museum, 100ms);
  reserve("mina");
  first.handler.close();
  std::thread pumping([&] { first.pump(); });
  first.wait_for_handler(1);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(second.pump(), 0U);
    std::this_thread::sleep_for(10ms);
  }
  first.handler.open();
  pumping.join();
  EXPECT_EQ(second.pump(), 0U);
  EXPECT_EQ(first.mailer().epoch, 1);
}

TEST_F(ALease, OfOneThatIsStalledEndsAndWhatItDoesThenChangesNothing) {
  Branch first(museum, 100ms);
  Branch second(museum, 100ms);
  reserve("mina");
  reserve("juno");
  first.handler.close();
  std::thread pumping([&] { first.pump(); });
  first.wait_for_handler(1);
  first.process.close();
  while (second.pump() == 0) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(second.written, (Members{"mina", "juno"}));
  EXPECT_EQ(second.mailer().epoch, 2);
  const auto position = second.mailer().position;
  reserve("dora");

  first.handler.open();
  first.process.open();
  pumping.join();
  // It was at one event, did the rest of that batch at the most, and has written none of it.
  ASSERT_GE(first.written.size(), 1U);
  EXPECT_EQ(first.written.front(), "mina");
  EXPECT_GE(second.mailer().position, position);
  second.pump();
  first.pump();
  Members all = first.written;
  all.insert(all.end(), second.written.begin(), second.written.end());
  EXPECT_EQ(std::count(all.begin(), all.end(), "dora"), 1);
  EXPECT_EQ(second.mailer().lag_events, 0);
  EXPECT_EQ(second.mailer().failure, std::nullopt) << "who is stalled has not died of an event";
}

TEST_F(ALease, OfAnEngineThatHasEndedEndsWithIt) {
  Branch branch(museum, never);
  reserve("mina");
  const auto now = museum.storage().peers().time();
  leave({"somewhere 4711 ffffffffff", 3, now + never});
  EXPECT_GT(branch.pump(), 0U);
  EXPECT_EQ(branch.mailer().epoch, 4);
}

TEST_F(ALease, OfAnEngineThatIsThereIsLeftAloneUntilItEnds) {
  Branch branch(museum, never);
  reserve("mina");
  const auto& other = museum.storage().peers();
  leave({other.self(), 3, other.time() + 5min});
  EXPECT_EQ(branch.pump(), 0U);
  EXPECT_EQ(branch.mailer().owner, other.self());
  EXPECT_EQ(branch.mailer().epoch, 3);
  leave({other.self(), 3, other.time() - 1ms});
  EXPECT_GT(branch.pump(), 0U);
  EXPECT_EQ(branch.mailer().epoch, 4);
}

TEST_F(ALease, ThatLastsLongerThanAnyIsOfTheTimeBeforeTheMachineWasStartedAnew) {
  Branch branch(museum, never);
  reserve("mina");
  const auto& other = museum.storage().peers();
  leave({other.self(), 3, other.time() + 24h});
  EXPECT_GT(branch.pump(), 0U);
}

TEST_F(ALease, IsWaitedForByWhoRetriesOrDiscards) {
  Branch first(museum, 200ms);
  Branch second(museum, 200ms);
  reserve("mina");
  first.handler.close();
  std::thread pumping([&] { first.pump(); });
  first.wait_for_handler(1);
  const auto refused = second.engine.events().retry("mailer");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::storage_failure);
  EXPECT_NE(refused.error().message().find("another process"), std::string::npos)
      << refused.error().message();
  first.handler.open();
  EXPECT_TRUE(second.engine.events().retry("mailer").has_value());
  EXPECT_EQ(second.engine.events().discard("mailer", Position{1}).error().code, Errc::not_found);
  pumping.join();
}

TEST_F(ALease, HasALengthThatIsOfUse) {
  for (const auto length : {0ms, -1ms, 99ms, std::chrono::milliseconds{10min} + 1ms}) {
    const auto opened = Engine::open({.lease = length});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(std::get<refusal::InvalidArgument>(opened.error().detail).field, "lease");
  }
}

}  // namespace
}  // namespace exhibition::tests
