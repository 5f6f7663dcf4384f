#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include "exhibition/testing/storage_contract/collections.hpp"

/// No id is handed out twice.

namespace exhibition::testing {

TYPED_TEST_P(StorageContract, IdsOfEveryKindCountFromOne) {
  for (const auto kind :
       {IdKind::exhibition, IdKind::session, IdKind::reservation, IdKind::voucher}) {
    EXPECT_EQ(this->storage().draw_ids(kind, 1), (IdBlock{1, 1}));
    EXPECT_EQ(this->storage().draw_ids(kind, 10), (IdBlock{2, 10}));
    EXPECT_EQ(this->storage().draw_ids(kind, 1), (IdBlock{12, 1}));
  }
}

TYPED_TEST_P(StorageContract, TheEndOfTheLastBlockCanBeGivenBack) {
  Storage& storage = this->storage();
  EXPECT_EQ(storage.draw_ids(IdKind::session, 10), (IdBlock{1, 10}));
  storage.return_ids(IdKind::session, {4, 7});
  EXPECT_EQ(storage.draw_ids(IdKind::session, 2), (IdBlock{4, 2}));
  EXPECT_EQ(storage.draw_ids(IdKind::voucher, 2), (IdBlock{1, 2}));
}

TYPED_TEST_P(StorageContract, ABlockThatIsNotTheLastIsNotTakenBack) {
  Storage& storage = this->storage();
  EXPECT_EQ(storage.draw_ids(IdKind::session, 10), (IdBlock{1, 10}));
  EXPECT_EQ(storage.draw_ids(IdKind::session, 10), (IdBlock{11, 10}));
  storage.return_ids(IdKind::session, {5, 6});
  EXPECT_EQ(storage.draw_ids(IdKind::session, 1), (IdBlock{21, 1}));
  // What lies in the middle of a block is not its end.
  storage.return_ids(IdKind::session, {12, 3});
  EXPECT_EQ(storage.draw_ids(IdKind::session, 1), (IdBlock{22, 1}));
  storage.return_ids(IdKind::voucher, {1, 5});
  EXPECT_EQ(storage.draw_ids(IdKind::voucher, 1), (IdBlock{1, 1}));
}

TYPED_TEST_P(StorageContract, AnIdIsHandedToOneThreadOnly) {
  std::mutex mutex;
  std::set<std::int64_t> ids;
  std::size_t drawn = 0;
  contract::on_threads(8, [&](std::size_t thread) {
    for (int i = 0; i < 10; ++i) {
      const auto block =
          this->storage().draw_ids(IdKind::reservation, static_cast<std::int64_t>(thread) + 1);
      const std::lock_guard lock(mutex);
      for (std::int64_t k = 0; k < block.count; ++k) {
        EXPECT_GE(block.first, 1);
        ids.insert(block.first + k);
        ++drawn;
      }
    }
  });
  EXPECT_EQ(ids.size(), drawn);
  EXPECT_GE(drawn, 80U);
}

TYPED_TEST_P(StorageContract, IdsGoOnAfterOpeningAgain) {
  if constexpr (TypeParam::durable) {
    EXPECT_EQ(this->storage().draw_ids(IdKind::session, 5), (IdBlock{1, 5}));
    this->reopen();
    EXPECT_EQ(this->storage().draw_ids(IdKind::session, 5), (IdBlock{6, 5}));
    this->storage().return_ids(IdKind::session, {8, 3});
    this->reopen();
    EXPECT_EQ(this->storage().draw_ids(IdKind::session, 1), (IdBlock{8, 1}));
  } else {
    GTEST_SKIP() << "this adapter keeps nothing beyond its life";
  }
}

TYPED_TEST_P(StorageContract, AnIdIsHandedToOneOfTwoStoragesOnly) {
  if constexpr (TypeParam::several) {
    const auto second = this->harness.open().value();
    EXPECT_EQ(this->storage().draw_ids(IdKind::session, 5), (IdBlock{1, 5}));
    EXPECT_EQ(second->draw_ids(IdKind::session, 5), (IdBlock{6, 5}));
    this->storage().return_ids(IdKind::session, {3, 3});
    EXPECT_EQ(this->storage().draw_ids(IdKind::session, 5), (IdBlock{11, 5}));
  } else {
    GTEST_SKIP() << "this adapter opens a store once";
  }
}

}  // namespace exhibition::testing
