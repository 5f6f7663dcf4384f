#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "exhibition/testing/storage_contract/collections.hpp"

/// What followers keep is the same wherever they keep it: in the storage, in the my-page store, and
/// in the store of external followers.

namespace exhibition::testing {

namespace contract {

/// Runs `test(transact, read)` for each of the three: `transact(work)` commits what
/// `work(followers)` does, `read(reader)` shows it.
template <class Test>
void in_every_store_of_followers(Storage& storage, Test test) {
  {
    SCOPED_TRACE("in the storage");
    test([&](auto work) { commit(storage, [&](UnitOfWork& unit) { work(unit.followers()); }); },
         [&](auto reader) {
           storage.read([&](const ReadView& view) { reader(view.followers()); });
         });
  }
  {
    SCOPED_TRACE("in the my-page store");
    const auto pages = storage.my_pages().value();
    test([&](auto work) { pages->transact([&](MyPagesUnit&, Followers& all) { work(all); }); },
         [&](auto reader) { pages->read([&](const Followers& all) { reader(all); }); });
  }
  {
    SCOPED_TRACE("in the store of external followers");
    const auto consumers = storage.consumer_store().value();
    test([&](auto work) { consumers->transact([&](Followers& all) { work(all); }); },
         [&](auto reader) { consumers->read([&](const Followers& all) { reader(all); }); });
  }
}

inline DeadLetter dead_letter(std::int64_t position, std::int64_t reservation) {
  DeadLetter letter;
  letter.parked_at = samples::noon;
  letter.envelope.position = Position{position};
  letter.envelope.event =
      ReservationConfirmed{{ReservationId{reservation}, ExhibitionId{1}, SessionId{1}, "mina", 2,
                            "Monet", "gallery", samples::noon, std::nullopt}};
  letter.envelope.stream = stream_of(letter.envelope.event);
  letter.envelope.aggregate = aggregate_of(letter.envelope.event);
  letter.envelope.version = 2;
  letter.envelope.occurred_at = samples::noon;
  return letter;
}

inline std::vector<std::int64_t> positions_of(const std::vector<DeadLetter>& letters) {
  std::vector<std::int64_t> positions;
  for (const auto& letter : letters) positions.push_back(letter.envelope.position.value());
  return positions;
}

}  // namespace contract

TYPED_TEST_P(StorageContract, AFollowerThatHasKeptNothingHasNothing) {
  contract::in_every_store_of_followers(this->storage(), [](auto, auto read) {
    read([](const Followers& followers) {
      EXPECT_EQ(followers.find("mailer"), std::nullopt);
      EXPECT_EQ(followers.count_dead_letters("mailer"), 0);
      EXPECT_TRUE(followers.dead_letters("mailer", {}, 9).empty());
      EXPECT_TRUE(followers.dead_letters_of("mailer", {}, 9).empty());
    });
  });
}

TYPED_TEST_P(StorageContract, TheNamesOfFollowersAreThoseThatHaveACheckpoint) {
  contract::in_every_store_of_followers(this->storage(), [&](auto transact, auto read) {
    const auto names = [&] {
      std::vector<std::string> found;
      read([&](const Followers& followers) { found = followers.names(); });
      return found;
    };
    EXPECT_TRUE(names().empty());
    transact([](Followers& followers) {
      followers.save("zebra", {});
      followers.park("lion", contract::dead_letter(3, 1));
      followers.save("antelope", {});
      EXPECT_EQ(followers.names().size(), 2U);
    });
    EXPECT_EQ(names(), (std::vector<std::string>{"antelope", "zebra"}));
  });
}

TYPED_TEST_P(StorageContract, AFollowerIsForgottenButForItsDeadLetters) {
  contract::in_every_store_of_followers(this->storage(), [&](auto transact, auto read) {
    const auto letter = contract::dead_letter(3, 1);
    transact([&](Followers& followers) {
      followers.save("lion", {.position = Position{7}});
      followers.save("zebra", {.position = Position{8}});
      followers.park("lion", letter);
    });
    transact([](Followers& followers) {
      followers.forget("lion");
      followers.forget("unicorn");
      EXPECT_EQ(followers.find("lion"), std::nullopt);
    });
    read([&](const Followers& followers) {
      EXPECT_EQ(followers.names(), std::vector<std::string>{"zebra"});
      EXPECT_EQ(followers.dead_letters("lion", Position{}, 9), std::vector{letter});
    });
  });
}

TYPED_TEST_P(StorageContract, ACheckpointComesOutAsItWentIn) {
  const Checkpoint plain{.position = Position{3},
                         .begun = Position{5},
                         .proof = 7,
                         .generation = 3,
                         .unknown = 2,
                         .lease = {"gallery-1 4711 5b1f03c2a9", 7, std::chrono::milliseconds{9}}};
  const Checkpoint extreme{
      .position = Position{samples::huge_id},
      .begun = Position{samples::huge_id},
      .failure = Failure{Position{samples::huge_id}, 7, Instant::max(), samples::nasty_text()},
      .lease = {samples::nasty_text(), samples::huge_id, std::chrono::milliseconds::max()}};
  contract::in_every_store_of_followers(this->storage(), [&](auto transact, auto read) {
    transact([&](Followers& followers) {
      followers.save("mailer", plain);
      followers.save(samples::nasty_text(), extreme);
      EXPECT_EQ(followers.find("mailer"), plain);
    });
    read([&](const Followers& followers) {
      EXPECT_EQ(followers.find("mailer"), plain);
      EXPECT_EQ(followers.find(samples::nasty_text()), extreme);
    });
    transact([&](Followers& followers) { followers.save("mailer", extreme); });
    transact([&](Followers& followers) { followers.save(samples::nasty_text(), plain); });
    read([&](const Followers& followers) {
      EXPECT_EQ(followers.find("mailer"), extreme);
      EXPECT_EQ(followers.find(samples::nasty_text()), plain);
    });
  });
}

TYPED_TEST_P(StorageContract, ADeadLetterComesOutAsItWentIn) {
  auto letter = contract::dead_letter(7, samples::huge_id);
  letter.attempts = 8;
  letter.error = samples::nasty_text();
  letter.parked_at = Instant::max();
  letter.envelope.headers = {samples::nasty_text(), "ticket desk"};
  letter.envelope.occurred_at = Instant::min();
  auto behind = contract::dead_letter(9, samples::huge_id);
  behind.reason = DeadLetterReason::behind;
  contract::in_every_store_of_followers(this->storage(), [&](auto transact, auto read) {
    transact([&](Followers& followers) {
      followers.park("mailer", behind);
      followers.park("mailer", letter);
    });
    read([&](const Followers& followers) {
      EXPECT_EQ(followers.dead_letters("mailer", {}, 9), (std::vector{letter, behind}));
    });
    auto again = letter;
    again.attempts = 9;
    transact([&](Followers& followers) { followers.park("mailer", again); });
    read([&](const Followers& followers) {
      EXPECT_EQ(followers.dead_letters("mailer", {}, 9), (std::vector{again, behind}));
    });
  });
}

TYPED_TEST_P(StorageContract, DeadLettersAreListedByPositionAndByStream) {
  using contract::dead_letter, contract::positions_of, contract::Ids;
  contract::in_every_store_of_followers(this->storage(), [&](auto transact, auto read) {
    transact([&](Followers& followers) {
      for (const std::int64_t position : {10, 2, 9, 4}) {
        followers.park("mailer", dead_letter(position, position % 2 + 1));
      }
      followers.park("other", dead_letter(3, 1));
    });
    read([&](const Followers& followers) {
      const Stream even{StreamKind::reservation, 1};
      EXPECT_EQ(positions_of(followers.dead_letters("mailer", {}, 9)), (Ids{2, 4, 9, 10}));
      EXPECT_EQ(positions_of(followers.dead_letters("mailer", Position{4}, 1)), (Ids{9}));
      EXPECT_EQ(positions_of(followers.dead_letters_of("mailer", even, 9)), (Ids{2, 4, 10}));
      EXPECT_EQ(positions_of(followers.dead_letters_of("mailer", even, 2)), (Ids{2, 4}));
      EXPECT_TRUE(followers.dead_letters_of("mailer", {StreamKind::exhibition, 1}, 9).empty());
      EXPECT_EQ(followers.count_dead_letters("mailer"), 4);
      EXPECT_EQ(followers.count_dead_letters("other"), 1);
    });
    transact([&](Followers& followers) {
      followers.remove("mailer", Position{4});
      followers.remove("mailer", Position{3});
    });
    read([&](const Followers& followers) {
      EXPECT_EQ(positions_of(followers.dead_letters("mailer", {}, 9)), (Ids{2, 9, 10}));
      EXPECT_EQ(followers.count_dead_letters("other"), 1);
    });
  });
}

TYPED_TEST_P(StorageContract, WhatFollowersKeepIsRolledBackWithTheirTransaction) {
  const auto consumers = this->storage().consumer_store().value();
  const Checkpoint kept{.position = Position{1}, .begun = Position{1}};
  consumers->transact([&](Followers& followers) { followers.save("mailer", kept); });
  EXPECT_THROW(consumers->transact([&](Followers& followers) {
    followers.save("mailer", {.position = Position{2}});
    followers.park("mailer", contract::dead_letter(2, 1));
    throw std::runtime_error("the post office is closed");
  }),
               std::runtime_error);
  consumers->read([&](const Followers& followers) {
    EXPECT_EQ(followers.find("mailer"), kept);
    EXPECT_EQ(followers.count_dead_letters("mailer"), 0);
  });
}

TYPED_TEST_P(StorageContract, WhatFollowersKeepDurablyIsKeptOrRolledBackAsWell) {
  const auto consumers = this->storage().consumer_store().value();
  const Checkpoint kept{.position = Position{1}, .begun = Position{1}};
  consumers->transact_durably([&](Followers& followers) { followers.save("mailer", kept); });
  EXPECT_THROW(consumers->transact_durably([&](Followers& followers) {
    followers.save("mailer", {.position = Position{2}});
    throw std::runtime_error("the post office is closed");
  }),
               std::runtime_error);
  consumers->read([&](const Followers& followers) { EXPECT_EQ(followers.find("mailer"), kept); });
}

TYPED_TEST_P(StorageContract, WhatExternalFollowersKeepIsThereAfterOpeningAgain) {
  if constexpr (TypeParam::durable) {
    this->storage().consumer_store().value()->transact([](Followers& followers) {
      followers.save("mailer", {.position = Position{4}});
      followers.park("mailer", contract::dead_letter(4, 1));
    });
    this->reopen();
    this->storage().consumer_store().value()->read([](const Followers& followers) {
      EXPECT_EQ(contract::position_of(followers, "mailer"), Position{4});
      EXPECT_EQ(followers.dead_letters("mailer", {}, 9), std::vector{contract::dead_letter(4, 1)});
    });
  } else {
    GTEST_SKIP() << "this adapter ends with the process";
  }
}

TYPED_TEST_P(StorageContract, ASliceOfTheLogHasTheWantedEventsAndWhereItEnds) {
  contract::commit(this->storage(), [](UnitOfWork& unit) {
    for (std::int64_t id = 1; id <= 4; ++id) {
      unit.log().append({ExhibitionSuspended{ExhibitionId{id}}, 2, samples::noon});
      unit.log().append({ExhibitionResumed{ExhibitionId{id}}, 3, samples::noon});
    }
  });
  this->storage().read([](const ReadView& view) {
    const auto& log = view.log();
    const auto all = log.read({}, 99);
    ASSERT_EQ(all.size(), 8U);
    const auto suspended = EventTypes::of<ExhibitionSuspended>();
    const auto slice = log.slice({}, 5, suspended);
    EXPECT_EQ(slice.events, (std::vector{all[0], all[2], all[4]}));
    EXPECT_EQ(slice.end, all[4].position);
    EXPECT_EQ(slice.seen, 5U);
    const auto none = log.slice(all[0].position, 1, suspended);
    EXPECT_EQ(none, (LogSlice{{}, all[1].position, 1}));
    EXPECT_EQ(log.slice(all[7].position, 5, suspended), (LogSlice{{}, all[7].position, 0}));
    EXPECT_EQ(log.slice({}, 99, EventTypes::all()).events, all);
  });
}

TYPED_TEST_P(StorageContract, ABacklogHasTheWantedEventsAfterAPosition) {
  contract::commit(this->storage(), [](UnitOfWork& unit) {
    for (std::int64_t id = 1; id <= 3; ++id) {
      const auto later = samples::noon - std::chrono::hours{id};  // the clock steps back
      unit.log().append({ExhibitionSuspended{ExhibitionId{id}}, 2, later});
      unit.log().append({ExhibitionResumed{ExhibitionId{id}}, 3, later + std::chrono::minutes{1}});
    }
  });
  this->storage().read([](const ReadView& view) {
    const auto& log = view.log();
    const auto all = log.read({}, 99);
    const auto either = EventTypes::of<ExhibitionSuspended, ExhibitionResumed>();
    const auto resumed = EventTypes::of<ExhibitionResumed>();
    for (const auto& types : {either, EventTypes::all()}) {
      EXPECT_EQ(log.backlog({}, types), (Backlog{6, all[0].occurred_at}));
      EXPECT_EQ(log.backlog(all[2].position, types), (Backlog{3, all[3].occurred_at}));
    }
    EXPECT_EQ(log.backlog({}, resumed), (Backlog{3, all[1].occurred_at}));
    EXPECT_EQ(log.backlog(all[3].position, resumed), (Backlog{1, all[5].occurred_at}));
    EXPECT_EQ(log.backlog(all[5].position, resumed), Backlog{});
    EXPECT_EQ(log.backlog({}, EventTypes::of<SessionAdded>()), Backlog{});
  });
}

}  // namespace exhibition::testing
