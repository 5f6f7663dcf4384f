#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "exhibition/testing/storage_contract/units.hpp"

/// Units that nobody waits for.

namespace exhibition::testing {

namespace contract {

/// A Work made of two functions: what it does, and what is told of it.
template <class Run, class Done>
class SubmittedWork final : public Work {
 public:
  SubmittedWork(Run run, Done done) : run_(std::move(run)), done_(std::move(done)) {}
  Result<void> run(UnitOfWork& unit) override { return run_(unit); }
  void done(Result<void> outcome) noexcept override {
    const std::unique_ptr<SubmittedWork> self(this);
    done_(std::move(outcome));
  }

 private:
  Run run_;
  Done done_;
};

/// Submits `run(unit)`, and `done(outcome)` is called.
template <class Run, class Done>
void submit(Storage& storage, Run run, Done done) {
  auto work = std::make_unique<SubmittedWork<Run, Done>>(std::move(run), std::move(done));
  storage.submit(*work);
  (void)work.release();
}

/// Submits the taking of one place, which counts in `done` when it has gone well.
inline void submit_one(Storage& storage, std::atomic<std::int64_t>& done) {
  submit(
      storage,
      [](UnitOfWork& unit) -> Result<void> {
        take_one(unit);
        return {};
      },
      [&done](const Result<void>& outcome) {
        EXPECT_TRUE(outcome.has_value());
        ++done;
      });
}

/// Submits `run(unit)` and waits for its end.
template <class Run>
Result<void> outcome_of(Storage& storage, Run run) {
  Latch done;
  Result<void> outcome;
  submit(storage, std::move(run), [&](Result<void> answer) {
    outcome = std::move(answer);
    done.open();
  });
  if (!done.wait()) std::abort();  // what is told of it would find nobody
  return outcome;
}

}  // namespace contract

TYPED_TEST_P(StorageContract, WhatWasSubmittedIsThereOnceItIsDone) {
  const auto write = [](UnitOfWork& unit) -> Result<void> {
    samples::add_show(unit);
    return {};
  };
  EXPECT_TRUE(contract::outcome_of(this->storage(), write));
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 0); });
  if constexpr (TypeParam::durable) {
    this->reopen();
    this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 0); });
  }
}

TYPED_TEST_P(StorageContract, WhatWasSubmittedAndFailsHasWrittenNothing) {
  const auto refuse = [](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    return refusal::SessionOver{};
  };
  EXPECT_EQ(contract::outcome_of(this->storage(), refuse), Result<void>(refusal::SessionOver{}));
  const auto fail = [](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    throw PortError("the disk is on fire");
  };
  EXPECT_EQ(contract::outcome_of(this->storage(), fail),
            Result<void>(refusal::StorageFailure{"the disk is on fire"}));
  const auto break_off = [](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    throw std::out_of_range("nobody hears this");
  };
  EXPECT_EQ(contract::outcome_of(this->storage(), break_off),
            Result<void>(refusal::StorageFailure{"nobody hears this"}));
  contract::expect_nothing(this->storage());
  contract::commit(this->storage(), contract::write_everything);
}

TYPED_TEST_P(StorageContract, ASubmitDoesNotWaitForAUnitThatRuns) {
  contract::commit(this->storage(), samples::add_show);
  contract::Latch running;
  contract::Latch submitted;
  contract::Latch done;
  contract::TestThread slow([&] {
    contract::commit(this->storage(), [&](UnitOfWork& unit) {
      running.open();
      submitted.wait();
      contract::take_one(unit);
    });
  });
  running.wait();
  contract::submit(
      this->storage(),
      [](UnitOfWork& unit) -> Result<void> {
        EXPECT_EQ(contract::taken(unit), 1);
        contract::take_one(unit);
        return {};
      },
      [&](const Result<void>&) { done.open(); });
  EXPECT_FALSE(done.is_open());
  submitted.open();
  done.wait();
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 2); });
}

TYPED_TEST_P(StorageContract, WhatOneThreadSubmitsIsRunInItsOrder) {
  static constexpr std::int64_t count = 300;
  contract::commit(this->storage(), samples::add_show);
  contract::Latch done;
  for (std::int64_t number = 0; number < count; ++number) {
    contract::submit(
        this->storage(),
        [number](UnitOfWork& unit) -> Result<void> {
          EXPECT_EQ(contract::taken(unit), number);
          contract::take_one(unit);
          return {};
        },
        [&done, number](const Result<void>& outcome) {
          EXPECT_TRUE(outcome.has_value());
          if (number == count - 1) done.open();
        });
  }
  done.wait();
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), count); });
}

TYPED_TEST_P(StorageContract, WhoIsToldOfTheEndMaySubmitAndWaitForMore) {
  contract::commit(this->storage(), samples::add_show);
  const auto take = [](UnitOfWork& unit) -> Result<void> {
    contract::take_one(unit);
    return {};
  };
  contract::Latch done;
  contract::submit(this->storage(), take, [&](const Result<void>&) {
    this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 1); });
    contract::submit(this->storage(), take, [&](const Result<void>&) { done.open(); });
  });
  done.wait();
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 2); });
}

TYPED_TEST_P(StorageContract, NothingIsSubmittedInsideAUnitOrARead) {
  Storage& storage = this->storage();
  contract::CountedWork inner([](UnitOfWork&) -> Result<void> { return {}; });
  contract::commit(storage, [&](UnitOfWork& unit) {
    samples::add_show(unit);
    EXPECT_THROW(storage.submit(inner), std::logic_error);
  });
  storage.read([&](const ReadView&) { EXPECT_THROW(storage.submit(inner), std::logic_error); });
  EXPECT_EQ(inner.done_count, 0);
}

TYPED_TEST_P(StorageContract, UnitsThatAreSubmittedAndWaitedForLoseNothing) {
  static constexpr std::int64_t each = 50;
  contract::commit(this->storage(), samples::add_show);
  std::atomic<std::int64_t> done = 0;
  contract::on_threads(4, [&](std::size_t number) {
    for (std::int64_t i = 0; i < each; ++i) {
      if (number % 2 == 0) {
        contract::commit(this->storage(), contract::take_one);
        ++done;
        continue;
      }
      contract::submit_one(this->storage(), done);
    }
  });
  EXPECT_TRUE(contract::comes_true([&] { return done == 4 * each; }));
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 4 * each); });
}

TYPED_TEST_P(StorageContract, AStorageThatEndsFinishesWhatWasSubmitted) {
  contract::commit(this->storage(), samples::add_show);
  std::atomic<std::int64_t> done = 0;
  for (int i = 0; i < 100; ++i) contract::submit_one(this->storage(), done);
  this->close();
  EXPECT_EQ(done, 100);
}

}  // namespace exhibition::testing
