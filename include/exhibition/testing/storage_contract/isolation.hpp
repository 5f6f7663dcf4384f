#pragma once

#include "exhibition/testing/storage_contract/units.hpp"

/// Units and reads on many threads, and two storages on one store.

namespace exhibition::testing {

TYPED_TEST_P(StorageContract, AReadDoesNotWaitForAUnitAndDoesNotSeeIt) {
  Storage& storage = this->storage();
  contract::commit(storage, samples::add_show);
  contract::Latch has_written;
  contract::Latch has_read;
  contract::TestThread unit([&] {
    const contract::OpenAtTheEnd written_or_failed(has_written);
    contract::commit(storage, [&](UnitOfWork& running) {
      contract::take_one(running);
      has_written.open();
      has_read.wait();
    });
  });
  {
    const contract::OpenAtTheEnd read_or_failed(has_read);
    ASSERT_TRUE(has_written.wait());
    storage.read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 0); });
  }
  unit.join();
  storage.read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 1); });
}

TYPED_TEST_P(StorageContract, AReadViewStaysAsItWasWhileACommitBecomesVisibleToOthers) {
  Storage& storage = this->storage();
  contract::commit(storage, samples::add_show);
  contract::Latch is_reading;
  contract::Latch is_visible;
  contract::TestThread reader([&] {
    const contract::OpenAtTheEnd reading_or_failed(is_reading);
    storage.read([&](const ReadView& view) {
      EXPECT_EQ(contract::taken(view), 0);
      is_reading.open();
      is_visible.wait();
      EXPECT_EQ(contract::taken(view), 0);
      EXPECT_EQ(view.log().head(), Position{});
    });
  });
  ASSERT_TRUE(is_reading.wait());
  // The unit may wait for the reader before it returns; what it has committed is to be seen without
  // that.
  contract::TestThread writer([&] {
    contract::commit(storage, [](UnitOfWork& unit) {
      contract::take_one(unit);
      unit.log().append(samples::event(2));
    });
  });
  const contract::OpenAtTheEnd visible_or_failed(is_visible);
  EXPECT_TRUE(contract::comes_true([&] {
    return read(storage, [](const ReadView& view) { return contract::taken(view); }) == 1;
  })) << "what was committed is not seen";
}

TYPED_TEST_P(StorageContract, UnitsOfManyThreadsLoseNothing) {
  constexpr int units = 25;
  Storage& storage = this->storage();
  contract::commit(storage, samples::add_show);
  contract::on_threads(8, [&](std::size_t) {
    for (int i = 0; i < units; ++i) contract::commit(storage, contract::take_one);
  });
  storage.read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 8 * units); });
}

TYPED_TEST_P(StorageContract, AReadSeesAllOfAUnitOrNothing) {
  Storage& storage = this->storage();
  contract::commit(storage, [](UnitOfWork& unit) {
    samples::add_show(unit);
    unit.sessions().add(samples::session(2));
  });
  contract::Latch finished;
  contract::on_threads(3, [&](std::size_t thread) {
    if (thread == 0) {
      const contract::OpenAtTheEnd finished_or_failed(finished);
      for (int i = 0; i < 100; ++i) {
        contract::commit(storage, [](UnitOfWork& unit) {
          for (const std::int64_t id : {1, 2}) {
            auto session = *unit.sessions().find_for_update(SessionId{id});
            ++session.taken;
            unit.sessions().save(session);
          }
        });
      }
      return;
    }
    EXPECT_TRUE(contract::comes_true([&] {
      storage.read([](const ReadView& view) {
        EXPECT_EQ(view.sessions().find(SessionId{1})->taken,
                  view.sessions().find(SessionId{2})->taken);
      });
      return finished.is_open();
    })) << "the units wait for the reads";
  });
}

TYPED_TEST_P(StorageContract, TwoStoragesOnOneStoreTakeTurns) {
  if constexpr (TypeParam::several) {
    const auto second = this->harness.open().value();
    contract::commit(this->storage(), samples::add_show);
    contract::on_threads(4, [&](std::size_t thread) {
      Storage& mine = thread % 2 == 0 ? this->storage() : *second;
      for (int i = 0; i < 10; ++i) contract::commit(mine, contract::take_one);
    });
    for (Storage* each : {&this->storage(), second.get()}) {
      each->read([](const ReadView& view) { EXPECT_EQ(contract::taken(view), 40); });
    }
  } else {
    GTEST_SKIP() << "this adapter opens a store once";
  }
}

}  // namespace exhibition::testing
