#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "exhibition/testing/storage_contract/collections.hpp"

/// The my-page store that goes with a storage.

namespace exhibition::testing {

namespace contract {

inline std::vector<std::int64_t> reservations_of(const std::vector<MyPageEntry>& entries) {
  std::vector<std::int64_t> ids;
  for (const auto& entry : entries) ids.push_back(entry.reservation.value());
  return ids;
}

inline Position position_of(MyPages& pages) {
  Position position;
  pages.read([&](const Followers& followers) { position = position_of(followers, "my-page"); });
  return position;
}

}  // namespace contract

TYPED_TEST_P(StorageContract, AnEmptyMyPageStoreHasNothing) {
  const auto pages = this->storage().my_pages().value();
  EXPECT_TRUE(pages->of("mina", ReservationId{}, 10).empty());
  EXPECT_TRUE(pages->list(ReservationId{}, 10).empty());
  EXPECT_EQ(contract::position_of(*pages), Position{});
  pages->transact(
      [](MyPagesUnit& unit, Followers&) { EXPECT_EQ(unit.find(ReservationId{1}), std::nullopt); });
}

TYPED_TEST_P(StorageContract, AMyPageEntryComesOutAsItWentIn) {
  const auto pages = this->storage().my_pages().value();
  const auto plain = samples::entry(1);
  const auto extreme = samples::extreme_entry(samples::huge_id);
  pages->transact([&](MyPagesUnit& unit, Followers&) {
    unit.save(plain);
    unit.save(extreme);
    EXPECT_EQ(unit.find(plain.reservation), plain);
  });
  EXPECT_EQ(pages->of("mina", ReservationId{}, 10), std::vector{plain});
  EXPECT_EQ(pages->of(samples::nasty_text(), ReservationId{}, 10), std::vector{extreme});
  EXPECT_EQ(pages->list(ReservationId{}, 10), (std::vector{plain, extreme}));

  auto changed = extreme;
  changed.reservation = plain.reservation;
  changed.member = plain.member;
  changed.session = plain.session;
  changed.starts_at = plain.starts_at;
  changed.ends_at = plain.ends_at;
  pages->transact([&](MyPagesUnit& unit, Followers&) { unit.save(changed); });
  EXPECT_EQ(pages->of("mina", ReservationId{}, 10), std::vector{changed});
}

TYPED_TEST_P(StorageContract, EveryStatusOfAMyPageEntryIsKept) {
  const auto pages = this->storage().my_pages().value();
  std::int64_t id = 0;
  for (const auto status : {ReservationStatus::held, ReservationStatus::confirmed,
                            ReservationStatus::cancelled, ReservationStatus::expired}) {
    for (const auto reason :
         {CancelReason::member, CancelReason::organiser, CancelReason::exhibition_withdrawn,
          CancelReason::session_cancelled}) {
      auto entry = samples::entry(++id);
      entry.status = status;
      entry.reason = reason;
      entry.voucher_status = VoucherStatus::active;
      pages->transact([&](MyPagesUnit& unit, Followers&) { unit.save(entry); });
      EXPECT_EQ(pages->list(ReservationId{id - 1}, 10), std::vector{entry});
    }
  }
}

TYPED_TEST_P(StorageContract, MyPageEntriesAreListedByReservationFromTheCursorOn) {
  using contract::Ids, contract::reservations_of;
  const auto pages = this->storage().my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers&) {
    for (const std::int64_t id : {9, 2, 10, 1}) unit.save(samples::entry(id, id < 3 ? "a" : "b"));
    unit.save(samples::entry(5, std::string("a\0", 2)));
  });
  EXPECT_EQ(reservations_of(pages->list(ReservationId{}, 10)), (Ids{1, 2, 5, 9, 10}));
  EXPECT_EQ(reservations_of(pages->list(ReservationId{2}, 2)), (Ids{5, 9}));
  EXPECT_EQ(reservations_of(pages->of("a", ReservationId{}, 10)), (Ids{1, 2}));
  EXPECT_EQ(reservations_of(pages->of("a", ReservationId{1}, 10)), (Ids{2}));
  EXPECT_EQ(reservations_of(pages->of("b", ReservationId{}, 1)), (Ids{9}));
  EXPECT_EQ(reservations_of(pages->of(std::string("a\0", 2), ReservationId{}, 9)), (Ids{5}));
  EXPECT_TRUE(pages->of("c", ReservationId{}, 10).empty());
}

TYPED_TEST_P(StorageContract, MyPageTimesFollowTheSession) {
  using namespace std::chrono_literals;
  const auto pages = this->storage().my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers&) {
    unit.save_session({SessionId{1}, samples::noon, samples::noon + 1h});
    unit.save(samples::entry(1));
    unit.save(samples::entry(2, "mina", 2));
  });
  auto first = samples::entry(1);
  first.ends_at = samples::noon + 1h;
  EXPECT_EQ(pages->list(ReservationId{}, 1), std::vector{first});
  pages->transact([](MyPagesUnit& unit, Followers&) {
    unit.save_session({SessionId{1}, Instant::min(), std::nullopt});
    unit.save_session({SessionId{2}, Instant::max(), Instant::min()});
  });
  first.starts_at = Instant::min();
  first.ends_at = std::nullopt;
  auto second = samples::entry(2, "mina", 2);
  second.starts_at = Instant::max();
  second.ends_at = Instant::min();
  EXPECT_EQ(pages->of("mina", ReservationId{}, 9), (std::vector{first, second}));
}

TYPED_TEST_P(StorageContract, MyPageEntriesAndPositionAreWrittenTogetherOrNotAtAll) {
  struct Unheard {};
  const auto pages = this->storage().my_pages().value();
  const auto follow = [&](MyPagesUnit& unit, Followers& followers, std::int64_t id) {
    unit.save(samples::entry(id));
    unit.save_session({SessionId{1}, samples::noon, Instant::max()});
    contract::save_position(followers, "my-page", Position{id});
    EXPECT_EQ(contract::position_of(followers, "my-page"), Position{id});
  };
  EXPECT_THROW(pages->transact([&](MyPagesUnit& unit, Followers& followers) {
    follow(unit, followers, 1);
    throw Unheard{};
  }),
               Unheard);
  EXPECT_THROW(pages->transact([&](MyPagesUnit& unit, Followers& followers) {
    follow(unit, followers, 1);
    throw PortError("the disk is on fire");
  }),
               PortError);
  EXPECT_EQ(contract::position_of(*pages), Position{});
  EXPECT_TRUE(pages->list(ReservationId{}, 9).empty());
  pages->transact([&](MyPagesUnit& unit, Followers& followers) { follow(unit, followers, 2); });
  EXPECT_EQ(contract::position_of(*pages), Position{2});
  EXPECT_EQ(pages->list(ReservationId{}, 9).size(), 1U);
}

TYPED_TEST_P(StorageContract, MyPageTransactionsOfManyThreadsLoseNothing) {
  const auto pages = this->storage().my_pages().value();
  contract::on_threads(4, [&](std::size_t) {
    for (int i = 0; i < 10; ++i) {
      pages->transact([](MyPagesUnit& unit, Followers& followers) {
        const Position next{contract::position_of(followers, "my-page").value() + 1};
        unit.save(samples::entry(next.value()));
        contract::save_position(followers, "my-page", next);
      });
      (void)pages->of("mina", ReservationId{}, 5);
    }
  });
  EXPECT_EQ(contract::position_of(*pages), Position{40});
  EXPECT_EQ(pages->list(ReservationId{}, 100).size(), 40U);
}

TYPED_TEST_P(StorageContract, AMyPageTransactionMayReadTheStorage) {
  const auto pages = this->storage().my_pages().value();
  contract::commit(this->storage(), [](UnitOfWork& unit) { unit.log().append(samples::event(2)); });
  pages->transact([&](MyPagesUnit&, Followers& followers) {
    this->storage().read([&](const ReadView& view) {
      contract::save_position(followers, "my-page", view.log().head());
    });
  });
  EXPECT_NE(contract::position_of(*pages), Position{});
  this->storage().read(
      [&](const ReadView& view) { EXPECT_EQ(contract::position_of(*pages), view.log().head()); });
}

TYPED_TEST_P(StorageContract, AMyPageStoreIsMadeAnewBesideTheOneThatServes) {
  using contract::Ids, contract::reservations_of;
  const auto pages = this->storage().my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers& followers) {
    unit.save(samples::entry(1));
    unit.save(samples::entry(2));
    followers.save("my-page", {.position = Position{9}, .begun = Position{9}});
  });
  {
    const auto made = pages->anew();
    ASSERT_NE(made, nullptr);
    made->transact([](MyPagesUnit& unit, Followers& followers) {
      EXPECT_EQ(unit.find(ReservationId{1}), std::nullopt) << "it begins with nothing";
      EXPECT_TRUE(followers.names().empty());
      unit.save(samples::entry(2));
      unit.save(samples::entry(3));
      followers.save("my-page", {.position = Position{4}, .begun = Position{4}});
    });
    EXPECT_EQ(reservations_of(pages->list({}, 9)), (Ids{1, 2})) << "it serves";
    made->take_place([](const Followers& serving, Followers& own) {
      EXPECT_EQ(serving.find("my-page").value().position, Position{9});
      auto checkpoint = own.find("my-page").value();
      EXPECT_EQ(checkpoint.position, Position{4});
      checkpoint.position = Position{7};
      own.save("my-page", checkpoint);
    });
    made->discard();
  }
  EXPECT_EQ(reservations_of(pages->list({}, 9)), (Ids{2, 3}));
  EXPECT_EQ(reservations_of(pages->of("mina", {}, 9)), (Ids{2, 3}));
  EXPECT_EQ(contract::position_of(*pages), Position{7});
  pages->transact([](MyPagesUnit& unit, Followers&) { unit.save(samples::entry(4)); });
  EXPECT_EQ(reservations_of(pages->list({}, 9)), (Ids{2, 3, 4}));
  pages->anew()->transact([](MyPagesUnit& unit, Followers&) {
    EXPECT_EQ(unit.find(ReservationId{3}), std::nullopt) << "it was let go of";
  });
}

TYPED_TEST_P(StorageContract, ASuccessorThatIsRefusedChangesNothing) {
  using contract::Ids, contract::reservations_of;
  const auto pages = this->storage().my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers&) { unit.save(samples::entry(1)); });
  const auto made = pages->anew();
  ASSERT_NE(made, nullptr);
  made->transact([](MyPagesUnit& unit, Followers&) { unit.save(samples::entry(2)); });
  const auto refuse = [](const Followers&, Followers& own) {
    own.save("my-page", {.position = Position{7}});
    throw std::runtime_error("no");
  };
  EXPECT_THROW(made->take_place(refuse), std::runtime_error);
  EXPECT_EQ(reservations_of(pages->list({}, 9)), Ids{1});
  EXPECT_EQ(contract::position_of(*pages), Position{});
  made->read([](const Followers& own) { EXPECT_TRUE(own.names().empty()); });
  made->take_place([](const Followers&, Followers&) {});
  EXPECT_EQ(reservations_of(pages->list({}, 9)), Ids{2});
  made->discard();
}

}  // namespace exhibition::testing
