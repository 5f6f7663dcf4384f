#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <set>
#include <vector>

#include "exhibition/testing/storage_contract/collections.hpp"

/// The log keeps every event as it was, in the order of the commits.

namespace exhibition::testing {

namespace contract {

inline std::vector<Envelope> whole_log(Storage& storage) {
  return read(storage, [](const ReadView& view) { return view.log().read(Position{}, 1'000'000); });
}

}  // namespace contract

TYPED_TEST_P(StorageContract, AnEventOfEveryTypeComesOutAsItWentIn) {
  const auto events = samples::events();
  std::set<std::size_t> types;
  for (const auto& event : events) types.insert(event.index());
  ASSERT_EQ(types.size(), std::variant_size_v<Event> - 1) << "a type of event has no sample";

  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    std::int64_t version = 0;
    for (const auto& event : events) unit.log().append({event, ++version, samples::noon});
  });
  const auto log = contract::whole_log(this->storage());
  ASSERT_EQ(log.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    SCOPED_TRACE(type_of(events[i]));
    EXPECT_EQ(log[i].event, events[i]);
    EXPECT_EQ(log[i].aggregate, aggregate_of(events[i]));
    EXPECT_EQ(log[i].stream, stream_of(events[i]));
    EXPECT_EQ(log[i].version, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(log[i].occurred_at, samples::noon);
    EXPECT_EQ(log[i].headers, Headers{});
  }
}

TYPED_TEST_P(StorageContract, AnEnvelopeKeepsItsExtremes) {
  const NewEvent early{SessionClosed{SessionId{samples::huge_id}, ExhibitionId{7}},
                       samples::huge_id,
                       Instant::min(),
                       {samples::nasty_text(), samples::long_text()}};
  const NewEvent late{ExhibitionResumed{ExhibitionId{7}}, 1, Instant::max(), {"", "ticket desk"}};
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    unit.log().append(early);
    unit.log().append(late);
  });
  const auto log = contract::whole_log(this->storage());
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].stream, (Stream{StreamKind::exhibition, 7}));
  EXPECT_EQ(log[0].aggregate, (Aggregate{AggregateKind::session, samples::huge_id}));
  EXPECT_EQ(log[0].version, samples::huge_id);
  EXPECT_EQ(log[0].occurred_at, Instant::min());
  EXPECT_EQ(log[0].headers, early.headers);
  EXPECT_GE(log[0].schema_version, 1);
  EXPECT_EQ(log[1].occurred_at, Instant::max());
  EXPECT_EQ(log[1].headers, late.headers);
}

TYPED_TEST_P(StorageContract, TheLogIsReadInSlicesUpToItsHead) {
  for (std::int64_t version = 1; version <= 5; ++version) {
    contract::commit(this->storage(), [&](UnitOfWork& unit) {
      unit.log().append(samples::event(2 * version));
      unit.log().append(samples::event(2 * version + 1));
    });
  }
  const auto log = contract::whole_log(this->storage());
  ASSERT_EQ(log.size(), 10U);
  EXPECT_GT(log.front().position, Position{});
  EXPECT_TRUE(std::is_sorted(log.begin(), log.end(), [](const Envelope& a, const Envelope& b) {
    return a.position < b.position;
  }));
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i].version, static_cast<std::int64_t>(i) + 2);
  }
  this->storage().read([&](const ReadView& view) {
    EXPECT_EQ(view.log().head(), log.back().position);
    EXPECT_EQ(view.log().read(Position{}, 3), std::vector(log.begin(), log.begin() + 3));
    EXPECT_EQ(view.log().read(log[2].position, 4), std::vector(log.begin() + 3, log.begin() + 7));
    EXPECT_EQ(view.log().read(log[7].position, 100), std::vector(log.begin() + 8, log.end()));
    EXPECT_TRUE(view.log().read(log.back().position, 1).empty());
    EXPECT_TRUE(view.log().read(Position{samples::huge_id}, 1).empty());
  });
}

TYPED_TEST_P(StorageContract, AUnitSeesTheEventsThatItHasAppended) {
  contract::commit(this->storage(), [](UnitOfWork& unit) { unit.log().append(samples::event(1)); });
  const auto before = contract::whole_log(this->storage());
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    unit.log().append(samples::event(2));
    const auto own = unit.log().read(before.back().position, 9);
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].version, 2);
    EXPECT_EQ(unit.log().head(), own[0].position);
  });
}

TYPED_TEST_P(StorageContract, AnEventThatWasRolledBackIsNeverSeen) {
  contract::commit(this->storage(), [](UnitOfWork& unit) { unit.log().append(samples::event(1)); });
  const auto before = contract::whole_log(this->storage());
  const auto outcome = transact(this->storage(), [](UnitOfWork& unit) -> Result<void> {
    unit.log().append(samples::event(2));
    return refusal::SessionOver{};
  });
  EXPECT_FALSE(outcome);
  EXPECT_EQ(contract::whole_log(this->storage()), before);
  contract::commit(this->storage(), [](UnitOfWork& unit) { unit.log().append(samples::event(3)); });
  const auto after = contract::whole_log(this->storage());
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(after[0], before[0]);
  EXPECT_EQ(after[1].version, 3);
  EXPECT_GT(after[1].position, after[0].position);
}

TYPED_TEST_P(StorageContract, WhoHasSeenAPositionNeverLaterSeesANewEventAtOrBelowIt) {
  constexpr std::size_t writers = 3;
  constexpr std::int64_t each = 40;
  Storage& storage = this->storage();
  std::atomic<std::size_t> writing = writers;
  contract::on_threads(writers + 2, [&](std::size_t thread) {
    if (thread < writers) {
      for (std::int64_t version = 1; version <= each; ++version) {
        contract::commit(storage, [&](UnitOfWork& unit) {
          unit.log().append(samples::event(version, static_cast<std::int64_t>(thread) + 1));
          unit.log().append(samples::event(version + each, static_cast<std::int64_t>(thread) + 1));
        });
      }
      --writing;
      return;
    }
    // A follower that goes from what it has seen to what is new meets every event once.
    std::vector<Envelope> followed;
    for (bool last = false; !last;) {
      last = writing == 0;
      const Position after = followed.empty() ? Position{} : followed.back().position;
      const auto news =
          read(storage, [&](const ReadView& view) { return view.log().read(after, 7); });
      followed.insert(followed.end(), news.begin(), news.end());
      last = last && news.empty();
    }
    EXPECT_EQ(followed, contract::whole_log(storage));
    EXPECT_EQ(followed.size(), writers * 2 * each);
  });
}

TYPED_TEST_P(StorageContract, TheLogIsToldFromOthersForGood) {
  const auto id_of = [](Storage& storage) {
    return read(storage, [](const ReadView& view) { return view.log().id(); });
  };
  const auto id = id_of(this->storage());
  EXPECT_FALSE(id.empty());
  TypeParam elsewhere;
  const auto other = elsewhere.open().value();
  EXPECT_NE(id_of(*other), id);
  if constexpr (TypeParam::durable) {
    this->reopen();
    EXPECT_EQ(id_of(this->storage()), id);
  }
}

TYPED_TEST_P(StorageContract, TheLogForgetsItsBeginningAndGoesOn) {
  Storage& storage = this->storage();
  contract::commit(storage, [](UnitOfWork& unit) {
    EXPECT_EQ(unit.log().floor(), Position{});
    for (std::int64_t version = 1; version <= 6; ++version) {
      unit.log().append(samples::event(version));
    }
  });
  const auto log = contract::whole_log(storage);
  const Position floor = log[2].position;
  const auto proof_of = [&](Position at) {
    return read(storage, [&](const ReadView& view) { return view.log().proof(at); });
  };
  const auto proof = proof_of(floor);

  const auto refused = transact(storage, [&](UnitOfWork& unit) -> Result<void> {
    unit.log().append(samples::event(7));
    unit.log().forget(unit.log().head());
    EXPECT_EQ(unit.log().floor(), unit.log().head());
    return refusal::SessionOver{};
  });
  EXPECT_FALSE(refused);
  EXPECT_EQ(contract::whole_log(storage), log);
  EXPECT_EQ(proof_of(floor), proof);

  contract::commit_and_look(
      storage,
      [&](UnitOfWork& unit) {
        unit.log().forget(floor);
        unit.log().forget(log[0].position);  // has been already
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.log().floor(), floor);
        EXPECT_EQ(view.log().head(), log.back().position);
        EXPECT_EQ(view.log().read(Position{}, 9), std::vector(log.begin() + 3, log.end()));
        EXPECT_EQ(view.log().read(log[3].position, 1),
                  std::vector(log.begin() + 4, log.begin() + 5));
        EXPECT_EQ(view.log().backlog(Position{}, EventTypes::all()).events, 3);
        EXPECT_EQ(view.log().proof(floor), proof);
        EXPECT_EQ(view.log().proof(log[1].position), std::nullopt);
      });

  contract::commit(storage, [&](UnitOfWork& unit) { unit.log().forget(log.back().position); });
  EXPECT_TRUE(contract::whole_log(storage).empty());
  contract::commit(storage, [](UnitOfWork& unit) { unit.log().append(samples::event(7)); });
  if constexpr (TypeParam::durable) this->reopen();
  this->storage().read([&](const ReadView& view) {
    EXPECT_EQ(view.log().floor(), log.back().position);
    EXPECT_GT(view.log().head(), log.back().position);
    EXPECT_EQ(view.log().read(Position{}, 9).size(), 1U);
  });
}

TYPED_TEST_P(StorageContract, EveryEventIsProvenByANumberThatNoOtherHas) {
  const auto proofs_of = [](Storage& storage) {
    contract::commit(storage, [](UnitOfWork& unit) {
      for (std::int64_t version = 1; version <= 50; ++version) {
        unit.log().append(samples::event(version));
      }
    });
    std::set<std::uint64_t> proofs;
    storage.read([&](const ReadView& view) {
      for (const auto& envelope : view.log().read({}, 50)) {
        proofs.insert(view.log().proof(envelope.position).value_or(0));
      }
      EXPECT_EQ(view.log().proof({}), std::nullopt);
      EXPECT_EQ(view.log().proof(Position{-1}), std::nullopt);
      EXPECT_EQ(view.log().proof(Position{view.log().head().value() + 1}), std::nullopt);
    });
    return proofs;
  };
  auto proofs = proofs_of(this->storage());
  EXPECT_EQ(proofs.size(), 50U);
  EXPECT_FALSE(proofs.contains(0));
  TypeParam elsewhere;
  const auto other = elsewhere.open().value();
  proofs.merge(proofs_of(*other));
  EXPECT_EQ(proofs.size(), 100U) << "the same events of another log are others";
}

}  // namespace exhibition::testing
