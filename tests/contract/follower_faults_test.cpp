// What becomes of followers of the host when a store, or another port of the host, fails them.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/memory.hpp"
#include "exhibition/testing/faulty_storage.hpp"
#include "exhibition/testing/faulty_storage/archive.hpp"
#include "exhibition/testing/faulty_storage/projection_store.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

using Keys = std::vector<std::string>;  // of events
using testing::FailingStep;
using testing::Step;
using testing::Steps;

/// A museum followed by a journal (a read model) and a mailer (an effect outside), all of whose
/// stores fail where `steps` says.
class FollowedMuseum {
 public:
  FollowedMuseum(StorageKind kind, Steps& steps) : museum(kind) {
    auto options = museum.options();
    options.storage = std::unique_ptr<Storage>(
        std::make_unique<testing::FaultyStorage>(*std::move(options.storage), steps));
    options.my_pages = (*options.storage)->my_pages();
    options.archive = std::make_unique<testing::FaultyArchive>(
        files::archive(museum.folder() / "archive").value(), steps);
    museum.reopen(std::move(options));
    Result<std::unique_ptr<ProjectionStore<Keys>>> store =
        std::make_unique<testing::FaultyProjectionStore<Keys>>(*journal_.store(), steps);
    museum.events()
        .project("journal", std::move(store),
                 [](Keys& keys, const Envelope& envelope) { keys.push_back(envelope.key()); })
        .value();
    museum.events()
        .follow("mailer", EventTypes::all(),
                [this](const Delivery& delivery) {
                  most_attempts = std::max(most_attempts, delivery.attempt);
                  if (mailer_fails) throw std::runtime_error("no mail today");
                  mails.push_back(delivery.key());
                })
        .value();
    shown = museum.register_one(std::nullopt);
    museum.pump_all();
  }

  [[nodiscard]] Keys journal() const { return journal_.value(); }
  [[nodiscard]] Keys log() {
    Keys keys;
    for (const auto& envelope : museum.log()) keys.push_back(envelope.key());
    return keys;
  }
  [[nodiscard]] FollowerStatus status_of(std::string_view name) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == name) return status;
    }
    throw std::runtime_error("no such follower");
  }

  Museum museum;
  Shown shown;
  Keys mails;
  bool mailer_fails = false;
  int most_attempts = 0;

 private:
  memory::ReadModel<Keys> journal_;
};

class AFollowedMuseum : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, AFollowedMuseum, each_storage(), storage_name);

TEST_P(AFollowedMuseum, MakesAReadModelAnewWhateverStepHasFailedFirst) {
  for (const std::string_view follower : {"journal", "my-page"}) {
    for (std::size_t step = 1;; ++step) {
      SCOPED_TRACE(std::string(follower) + ", step " + std::to_string(step));
      FailingStep steps;
      FollowedMuseum here(GetParam(), steps);
      for (const auto* member : {"a", "b", "a"}) here.museum.reserve(here.shown.session, member);
      here.museum.pump_all();
      const auto pages = here.museum.pages().list({}, 100);
      const auto sound = [&] {
        return here.journal() == here.log() && here.museum.pages().list({}, 100) == pages;
      };
      steps.fail_at(step);
      const auto answer = here.museum.events().rebuild(follower);
      if (!steps.has_failed()) {
        EXPECT_TRUE(answer.value());
        ASSERT_GT(step, 20U) << "no step was taken";
        break;
      }
      steps.fail_never();
      if (!answer) {
        EXPECT_EQ(answer.error().code, Errc::storage_failure);
      }
      EXPECT_TRUE(sound()) << "the old model or the new one";
      const auto again = here.museum.events().rebuild(follower);
      ASSERT_TRUE(again.has_value()) << again.error();
      EXPECT_TRUE(*again);
      EXPECT_TRUE(sound());
      EXPECT_EQ(here.status_of(follower).rebuild, std::nullopt);
      EXPECT_FALSE(here.museum.events().cancel_rebuild(follower).value()) << "nothing is left";
    }
  }
}

TEST_P(AFollowedMuseum, ForgetsNothingThatItHasNotArchivedWhateverStepHasFailed) {
  for (std::size_t step = 1;; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    FailingStep steps;
    FollowedMuseum here(GetParam(), steps);
    for (const auto* member : {"a", "b", "a"}) here.museum.reserve(here.shown.session, member);
    here.museum.pump_all();
    const auto events = here.museum.log();
    const auto archive = files::archive(here.museum.folder() / "archive").value();
    const auto history = [&] { return whole_log(here.museum.storage(), archive.get()); };
    steps.fail_at(step);
    const auto report = here.museum.events().prune({.older_than = 0ms});
    const bool has_failed = steps.has_failed();
    steps.fail_never();
    EXPECT_EQ(history(), events);
    if (!has_failed) {
      EXPECT_EQ(report.value().events, static_cast<std::int64_t>(events.size()));
      ASSERT_GT(step, 20U) << "no step was taken";
      break;
    }
    if (report) {
      // The store of one follower was away: it may have been waited for.
      EXPECT_TRUE(report->held_by || report->floor == events.back().position);
    } else {
      EXPECT_EQ(report.error().code, Errc::storage_failure);
    }
    EXPECT_EQ(here.museum.events().prune({.older_than = 0ms}).value().floor,
              events.back().position);
    EXPECT_EQ(history(), events);
    EXPECT_TRUE(here.museum.log().empty());
  }
}

TEST_P(AFollowedMuseum, CountsNoFailureOfAStoreAgainstAnEventAndGoesOn) {
  for (std::size_t step = 1;; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    FailingStep steps;
    FollowedMuseum here(GetParam(), steps);
    for (const auto* member : {"a", "b", "a"}) here.museum.reserve(here.shown.session, member);
    steps.fail_at(step);
    const auto report = here.museum.events().pump();
    if (!steps.has_failed()) {
      ASSERT_GT(step, 50U) << "no step was taken";
      break;
    }
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures.front().error.code, Errc::storage_failure);
    steps.fail_never();
    for (const auto& status : here.museum.events().status().value()) {
      EXPECT_FALSE(status.failure) << status.name;
      const bool has_failed = status.name == report.failures.front().part;
      EXPECT_EQ(status.state, has_failed ? FollowerState::waiting : FollowerState::running)
          << status.name;
      EXPECT_NE(status.store_failure.empty(), has_failed)
          << status.name << ": " << status.store_failure;
    }

    here.museum.pump_all();
    EXPECT_EQ(here.journal(), here.log()) << "each once, in the order of the log";
    Keys mailed;
    for (const auto& key : here.mails) {
      if (std::find(mailed.begin(), mailed.end(), key) == mailed.end()) mailed.push_back(key);
    }
    EXPECT_EQ(mailed, here.log()) << "each at least once, in the order of the log";
    EXPECT_EQ(here.most_attempts, 1);
    EXPECT_TRUE(is_sound(here.museum.engine(), here.museum.storage(), here.museum.pages()));
  }
}

/// Fails every step of one name, while it is told to.
class FailingName final : public Steps {
 public:
  explicit FailingName(std::string_view name) : name_(name) {}
  void take(Step step) override {
    if (fails && step.name == name_) throw PortError("made to fail");
  }
  std::atomic<bool> fails = false;

 private:
  std::string_view name_;
};

TEST_P(AFollowedMuseum, HaltsAFollowerWhoseDeadLetterCannotBeWrittenAndSaysSo) {
  FailingName parking("followers.park");
  FollowedMuseum here(GetParam(), parking);
  here.mailer_fails = true;
  const auto visit = here.museum.reserve(here.shown.session, "a").id;
  auto& events = here.museum.events();
  parking.fails = true;
  for (int attempt = 1; attempt <= 8; ++attempt) {
    EXPECT_NE(here.status_of("mailer").state, FollowerState::halted);
    if (const auto report = events.pump(); report.retry_at) here.museum.clock.set(*report.retry_at);
  }
  const auto status = here.status_of("mailer");
  EXPECT_EQ(status.state, FollowerState::halted);
  EXPECT_EQ(status.parked, 0);
  EXPECT_NE(
      status.halted_by.value().message().find("the dead letter of Reservation/" + to_string(visit)),
      std::string::npos)
      << *status.halted_by;
  EXPECT_EQ(events.wait_for("mailer", 60s).error().code, Errc::storage_failure);
  EXPECT_EQ(here.journal(), here.log()) << "the others went on";

  parking.fails = false;
  here.mailer_fails = false;
  EXPECT_TRUE(events.retry("mailer").value().resumed);
  here.museum.pump_all();
  EXPECT_EQ(here.mails, here.log()) << "nothing was lost";
}

TEST_P(AFollowedMuseum, CanBeLedPastAnEventWhoseDeadLetterCouldNotBeWritten) {
  FailingName parking("followers.park");
  FollowedMuseum here(GetParam(), parking);
  here.mailer_fails = true;
  here.museum.reserve(here.shown.session, "a");
  auto& events = here.museum.events();
  parking.fails = true;
  for (int attempt = 1; attempt <= 8; ++attempt) {
    if (const auto report = events.pump(); report.retry_at) here.museum.clock.set(*report.retry_at);
  }
  const auto status = here.status_of("mailer");
  ASSERT_EQ(status.state, FollowerState::halted);
  here.mailer_fails = false;
  EXPECT_TRUE(is_done(events.discard("mailer", status.failure->at)));
  here.museum.pump_all();
  EXPECT_EQ(here.status_of("mailer").lag_events, 0);
  EXPECT_EQ(here.mails.size() + 1, here.log().size());
}

TEST_P(AFollowedMuseum, LosesNothingWhenABatchWasTakenAndItsCheckpointFails) {
  FailingName saving("consumers.commit");
  FollowedMuseum here(GetParam(), saving);
  here.museum.reserve(here.shown.session, "a");
  saving.fails = true;
  EXPECT_EQ(here.museum.events().pump().failures.size(), 1U);
  EXPECT_EQ(here.status_of("mailer").store_failure, "made to fail");
  EXPECT_EQ(here.status_of("mailer").lag_events, 2);
  saving.fails = false;
  here.museum.pump_all();
  EXPECT_EQ(here.status_of("mailer").lag_events, 0);
  EXPECT_EQ(here.status_of("mailer").store_failure, "");
}

TEST_P(AFollowedMuseum, StillTellsHowAllFollowersAreWhenAStoreOfOneCannotBeRead) {
  FailingName reading("projection.read");
  FollowedMuseum here(GetParam(), reading);
  const auto before = here.status_of("journal");
  here.museum.reserve(here.shown.session, "a");
  reading.fails = true;
  const auto status = here.status_of("journal");
  EXPECT_EQ(status.store_failure, "made to fail");
  EXPECT_EQ(status.position, before.position) << "as it was seen last";
  EXPECT_EQ(status.lag_events, 1);
  EXPECT_EQ(here.status_of("mailer").store_failure, "");
}

/// What is read of it is not what was written: as when its file is replaced while it is open.
class TornStore final : public ProjectionStore<Keys> {
 public:
  void transact(FunctionRef<void(Keys&, Followers&)> work) override {
    written_->transact([&](Followers& followers) { work(keys_, followers); });
  }
  void read(FunctionRef<void(const Followers&)> reader) const override { read_->read(reader); }

 private:
  Keys keys_;
  std::unique_ptr<ConsumerStore> written_ = memory::consumer_store().value();
  std::unique_ptr<ConsumerStore> read_ = memory::consumer_store().value();
};

TEST_P(AFollowedMuseum, ToldOfAStoreThatIsWrittenInVainDoesNotTryForEver) {
  Museum museum(GetParam());
  Result<std::unique_ptr<ProjectionStore<Keys>>> store = std::make_unique<TornStore>();
  museum.events()
      .project("torn", std::move(store),
               [](Keys& keys, const Envelope& envelope) { keys.push_back(envelope.key()); })
      .value();
  museum.register_one(std::nullopt);
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "torn");
  EXPECT_NE(report.failures[0].error.message().find("replaced"), std::string::npos);
}

/// Counts the steps of one name.
class CountedName final : public Steps {
 public:
  explicit CountedName(std::string_view name) : name_(name) {}
  void take(Step step) override { count += step.name == name_ ? 1 : 0; }
  int count = 0;

 private:
  std::string_view name_;
};

TEST_P(AFollowedMuseum, WritesNoCheckpointForABudgetThatEndsWithABatch) {
  CountedName transactions("consumers.begin");
  FollowedMuseum here(GetParam(), transactions);
  for (const auto* member : {"a", "b", "c"}) here.museum.reserve(here.shown.session, member);
  transactions.count = 0;
  EXPECT_TRUE(here.museum.events().pump({.max_events = 1}).more);
  EXPECT_EQ(transactions.count, 2) << "the mark of the batch, and its checkpoint";
}

/// Random bits that are not to be had while it is told so.
class FailingRandom final : public RandomSource {
 public:
  explicit FailingRandom(const bool& fails) : fails_(fails) {}
  [[nodiscard]] std::uint64_t bits() override {
    if (fails_) throw std::runtime_error("no entropy");
    return inside_.bits();
  }

 private:
  const bool& fails_;
  SeededRandom inside_{7};
};

TEST_P(AFollowedMuseum, LetsAPortThatThrowsHoldUpNobodyElse) {
  Museum museum(GetParam());
  bool fails = true;
  auto options = museum.options();
  options.random = std::make_unique<FailingRandom>(fails);
  museum.reopen(std::move(options));
  const auto shown = museum.register_one(std::nullopt);
  const auto visit = museum.reserve(shown.session, "mina").id;
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "voucher-desk");
  EXPECT_NE(report.failures[0].error.message().find("no entropy"), std::string::npos);
  EXPECT_EQ(museum.my_page().of("mina")->items.size(), 1U);

  museum.events().start();  // the worker lives through it, too
  museum.reserve(shown.session, "jun");
  EXPECT_TRUE(museum.events().wait_for("my-page", 0ms).has_value());
  museum.events().stop(0ms);
  fails = false;
  museum.clock.advance(10s);
  museum.pump_all();
  EXPECT_EQ(museum.vouchers().of(visit)->size(), 1U);
}

/// A clock that does not go while it is told so.
class FailingClock final : public Clock {
 public:
  explicit FailingClock(const bool& fails) : fails_(fails) {}
  [[nodiscard]] Instant now() const override {
    if (fails_) throw std::runtime_error("no time");
    return morning;
  }

 private:
  const bool& fails_;
};

TEST_P(AFollowedMuseum, DoesNothingWhileItsClockThrows) {
  Museum museum(GetParam());
  bool fails = false;
  auto options = museum.options();
  options.clock = std::make_unique<FailingClock>(fails);
  museum.reopen(std::move(options));
  const auto shown = museum.register_one(std::nullopt);
  museum.reserve(shown.session, "mina");
  fails = true;
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "clock");
  EXPECT_TRUE(report.followers.empty());
  fails = false;
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("mina")->items.size(), 1U);
}

}  // namespace
}  // namespace exhibition::tests
