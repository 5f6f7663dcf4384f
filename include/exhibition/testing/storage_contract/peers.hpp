#pragma once

#include <memory>
#include <string>

#include "exhibition/testing/storage_contract/collections.hpp"

/// How the engines that share a store know one another.

namespace exhibition::testing {

TYPED_TEST_P(StorageContract, AStorageIsThereAndOneThatNeverWasIsNot) {
  const Peers& peers = this->storage().peers();
  EXPECT_FALSE(peers.self().empty());
  EXPECT_EQ(peers.presence_of(peers.self()), Peers::Presence::alive);
  for (const auto* nobody : {"", "nobody", "nowhere 1 ffffffffff", "nowhere 1 -1", "1 2 zz"}) {
    EXPECT_NE(peers.presence_of(nobody), Peers::Presence::alive) << nobody;
  }
}

TYPED_TEST_P(StorageContract, PeersAreToldApartAndMissedWhenTheyAreGone) {
  if constexpr (TypeParam::several) {
    const Peers& peers = this->storage().peers();
    auto second = this->harness.open().value();
    const std::string other = second->peers().self();
    EXPECT_NE(other, peers.self());
    EXPECT_NE(peers.presence_of(other), Peers::Presence::gone);
    EXPECT_NE(second->peers().presence_of(peers.self()), Peers::Presence::gone);
    second.reset();
    EXPECT_NE(peers.presence_of(other), Peers::Presence::alive);
    second = this->harness.open().value();
    EXPECT_NE(second->peers().self(), other) << "a name is nobody else's, ever";
  } else {
    GTEST_SKIP() << "this adapter opens a store once";
  }
}

TYPED_TEST_P(StorageContract, PeersHaveOneClock) {
  if constexpr (TypeParam::several) {
    const auto second = this->harness.open().value();
    const auto earlier = this->storage().peers().time();
    const auto now = second->peers().time();
    EXPECT_LE(earlier, now);
    EXPECT_LE(now, this->storage().peers().time());
  } else {
    const auto earlier = this->storage().peers().time();
    EXPECT_LE(earlier, this->storage().peers().time());
  }
}

}  // namespace exhibition::testing
