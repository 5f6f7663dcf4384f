#pragma once

#include <stdexcept>
#include <utility>

#include "exhibition/testing/storage_contract/collections.hpp"

/// A unit is all or nothing, one at a time, and does not nest.

namespace exhibition::testing {

namespace contract {

/// Something in every collection, under ids that `expect_nothing` looks for.
inline void write_everything(UnitOfWork& unit) {
  samples::add_show(unit);
  unit.reservations().add(samples::hold(1, samples::noon));
  unit.vouchers().add(samples::extreme_voucher(1));
  unit.keys().add("reserve", "key", {1, 1}, samples::noon);
  contract::save_position(unit.followers(), "voucher-desk", Position{1});
  unit.log().append(samples::event(2));
}

inline void expect_nothing(Storage& storage) {
  storage.read([](const ReadView& view) {
    EXPECT_TRUE(view.exhibitions().list(ExhibitionId{}, 1).empty());
    EXPECT_TRUE(
        view.sessions().list(ExhibitionId{1}, {Instant::min(), {}}, Instant::max(), 1).empty());
    EXPECT_TRUE(view.reservations().list(ReservationId{}, 1).empty());
    EXPECT_TRUE(view.reservations().holds_past(Instant::max(), 1).empty());
    EXPECT_TRUE(view.vouchers().list(VoucherId{}, 1).empty());
    EXPECT_EQ(view.vouchers().find_by_code(samples::extreme_voucher(1).code), std::nullopt);
    EXPECT_EQ(view.keys().find("reserve", "key"), std::nullopt);
    EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"), Position{});
    EXPECT_TRUE(view.log().read(Position{}, 1).empty());
    EXPECT_EQ(view.log().head(), Position{});
  });
}

/// A Work made of a function, which counts how often it is done.
template <class Run>
class CountedWork final : public Work {
 public:
  explicit CountedWork(Run run) : run_(std::move(run)) {}
  Result<void> run(UnitOfWork& unit) override { return run_(unit); }
  void done(Result<void> result) noexcept override {
    ++done_count;
    outcome = std::move(result);
  }

  int done_count = 0;
  Result<void> outcome;

 private:
  Run run_;
};

inline std::int64_t taken(const ReadView& view) {
  return view.sessions().find(SessionId{1})->taken;
}

inline void take_one(UnitOfWork& unit) {
  auto session = *unit.sessions().find_for_update(SessionId{1});
  ++session.taken;
  unit.sessions().save(session);
}

}  // namespace contract

TYPED_TEST_P(StorageContract, AUnitThatRefusesHasWrittenNothing) {
  contract::CountedWork work([](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    return refusal::SessionOver{};
  });
  this->storage().transact(work);
  EXPECT_EQ(work.done_count, 1);
  EXPECT_EQ(work.outcome, Result<void>(refusal::SessionOver{}));
  contract::expect_nothing(this->storage());
  contract::commit(this->storage(), contract::write_everything);
}

TYPED_TEST_P(StorageContract, APortErrorIsAStorageFailureAndHasWrittenNothing) {
  contract::CountedWork work([](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    throw PortError("the disk is on fire");
  });
  this->storage().transact(work);
  EXPECT_EQ(work.done_count, 1);
  EXPECT_EQ(work.outcome, Result<void>(refusal::StorageFailure{"the disk is on fire"}));
  contract::expect_nothing(this->storage());
  contract::commit(this->storage(), contract::write_everything);
}

TYPED_TEST_P(StorageContract, AnotherExceptionIsRethrownAfterTheRollbackAndTheWorkIsNotDone) {
  struct Unheard {};
  contract::CountedWork work([](UnitOfWork& unit) -> Result<void> {
    contract::write_everything(unit);
    throw Unheard{};
  });
  EXPECT_THROW(this->storage().transact(work), Unheard);
  EXPECT_EQ(work.done_count, 0);
  contract::expect_nothing(this->storage());
  contract::commit(this->storage(), contract::write_everything);
}

TYPED_TEST_P(StorageContract, AFailedUnitLeavesWhatWasThereBefore) {
  contract::commit(this->storage(), contract::write_everything);
  const auto changed = [](UnitOfWork& unit) -> Result<void> {
    unit.exhibitions().save(samples::extreme_exhibition(1));
    unit.sessions().save(samples::extreme_session(1));
    unit.reservations().save(samples::extreme_reservation(1));
    unit.vouchers().save(samples::voucher(1));
    contract::save_position(unit.followers(), "voucher-desk", Position{9});
    unit.log().append(samples::event(3));
    return refusal::SessionOver{};
  };
  EXPECT_FALSE(transact(this->storage(), changed));
  contract::commit(this->storage(), [](UnitOfWork& unit) {
    EXPECT_EQ(unit.exhibitions().find_for_update(ExhibitionId{1}), samples::exhibition(1));
    EXPECT_EQ(unit.sessions().find_for_update(SessionId{1}), samples::session(1));
  });
  this->storage().read([](const ReadView& view) {
    EXPECT_EQ(view.exhibitions().find(ExhibitionId{1}), samples::exhibition(1));
    EXPECT_EQ(view.sessions().find(SessionId{1}), samples::session(1));
    EXPECT_EQ(view.reservations().find(ReservationId{1}), samples::hold(1, samples::noon));
    EXPECT_EQ(contract::ids_of(view.reservations().holds_past(samples::noon, 9)), contract::Ids{1});
    EXPECT_EQ(view.vouchers().list(VoucherId{}, 9), std::vector{samples::extreme_voucher(1)});
    EXPECT_EQ(view.vouchers().find_by_code(samples::voucher(1).code), std::nullopt);
    EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"), Position{1});
    EXPECT_EQ(view.log().read(Position{}, 9).size(), 1U);
  });
}

TYPED_TEST_P(StorageContract, AReaderThatThrowsLeavesTheStorageUsable) {
  EXPECT_THROW(this->storage().read([](const ReadView&) { throw std::out_of_range("?"); }),
               std::out_of_range);
  contract::commit(this->storage(), contract::write_everything);
}

TYPED_TEST_P(StorageContract, AWorkIsDoneOnceItIsVisibleAndWithNoLockHeld) {
  class Curious final : public Work {
   public:
    explicit Curious(Storage& storage) : storage_(storage) {}
    Result<void> run(UnitOfWork& unit) override {
      samples::add_show(unit);
      return {};
    }
    void done(Result<void> outcome) noexcept override {
      ++count;
      EXPECT_TRUE(outcome.has_value());
      storage_.read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 0); });
      contract::commit(storage_, contract::take_one);
      EXPECT_EQ(storage_.draw_ids(IdKind::voucher, 1).count, 1);
    }
    int count = 0;

   private:
    Storage& storage_;
  };
  Curious work(this->storage());
  this->storage().transact(work);
  EXPECT_EQ(work.count, 1);
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 1); });
}

TYPED_TEST_P(StorageContract, NothingOfTheSameStorageBeginsInsideAUnit) {
  Storage& storage = this->storage();
  contract::commit(storage, [&](UnitOfWork& unit) {
    samples::add_show(unit);
    contract::CountedWork inner([](UnitOfWork&) -> Result<void> { return {}; });
    EXPECT_THROW(storage.transact(inner), std::logic_error);
    EXPECT_EQ(inner.done_count, 0);
    EXPECT_THROW(storage.read([](const ReadView&) {}), std::logic_error);
    EXPECT_THROW((void)storage.draw_ids(IdKind::session, 1), std::logic_error);
    EXPECT_THROW(storage.return_ids(IdKind::session, {1, 1}), std::logic_error);
    contract::take_one(unit);
  });
  storage.read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 1); });
}

TYPED_TEST_P(StorageContract, NothingOfTheSameStorageBeginsInsideARead) {
  Storage& storage = this->storage();
  contract::commit(storage, samples::add_show);
  storage.read([&](const ReadView& view) {
    contract::CountedWork inner([](UnitOfWork&) -> Result<void> { return {}; });
    EXPECT_THROW(storage.transact(inner), std::logic_error);
    EXPECT_EQ(inner.done_count, 0);
    EXPECT_THROW(storage.read([](const ReadView&) {}), std::logic_error);
    EXPECT_THROW((void)storage.draw_ids(IdKind::session, 1), std::logic_error);
    EXPECT_THROW(storage.return_ids(IdKind::session, {1, 1}), std::logic_error);
    EXPECT_EQ(contract::taken(view), 0);
  });
  contract::commit(storage, contract::take_one);
}

TYPED_TEST_P(StorageContract, UnitsAndReadsOfTwoStoragesMayBeInsideEachOther) {
  TypeParam other_harness;
  const auto other = other_harness.open().value();
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    samples::add_show(unit);
    contract::commit(*other, samples::add_show);
    other->read([&](const ReadView& view) {
      EXPECT_EQ(view.sessions().find(SessionId{1}), unit.sessions().find(SessionId{1}));
    });
  });
  this->storage().read([&](const ReadView&) { contract::commit(*other, contract::take_one); });
  other->read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 1); });
  this->storage().read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 0); });
}

TYPED_TEST_P(StorageContract, WhatWasCommittedIsThereAfterOpeningAgain) {
  if constexpr (TypeParam::durable) {
    contract::commit(this->storage(), contract::write_everything);
    this->reopen();
    this->storage().read([](const ReadView& view) {
      EXPECT_EQ(view.exhibitions().find(ExhibitionId{1}), samples::exhibition(1));
      EXPECT_EQ(view.sessions().find(SessionId{1}), samples::session(1));
      EXPECT_EQ(view.reservations().find(ReservationId{1}), samples::hold(1, samples::noon));
      EXPECT_EQ(view.vouchers().list(VoucherId{}, 9), std::vector{samples::extreme_voucher(1)});
      EXPECT_EQ(view.keys().find("reserve", "key"), (KnownCommand{1, 1}));
      EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"), Position{1});
      EXPECT_EQ(view.log().read(Position{}, 9).at(0).event, samples::event(2).event);
    });
  } else {
    GTEST_SKIP() << "this adapter keeps nothing beyond its life";
  }
}

}  // namespace exhibition::testing
