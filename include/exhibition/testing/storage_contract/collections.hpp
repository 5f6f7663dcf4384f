#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "exhibition/testing/storage_contract/fixture.hpp"
#include "exhibition/testing/storage_contract/samples.hpp"

/// What goes into a collection comes out as it was, and lists are in their order.

namespace exhibition::testing {

TYPED_TEST_SUITE_P(StorageContract);

TYPED_TEST_P(StorageContract, AnEmptyStoreHasNothing) {
  this->storage().read([](const ReadView& view) {
    EXPECT_EQ(view.exhibitions().find(ExhibitionId{1}), std::nullopt);
    EXPECT_TRUE(view.exhibitions().list(ExhibitionId{}, 10).empty());
    EXPECT_EQ(view.sessions().find(SessionId{1}), std::nullopt);
    EXPECT_TRUE(
        view.sessions().list(ExhibitionId{1}, {Instant::min(), {}}, Instant::max(), 10).empty());
    EXPECT_EQ(view.reservations().find(ReservationId{1}), std::nullopt);
    EXPECT_TRUE(view.reservations().list(ReservationId{}, 10).empty());
    EXPECT_TRUE(view.reservations().list_of(SessionId{1}, ReservationId{}, 10).empty());
    EXPECT_TRUE(view.reservations().holds_past(Instant::max(), 10).empty());
    EXPECT_TRUE(view.reservations().holds_past_of(SessionId{1}, Instant::max(), 10).empty());
    EXPECT_EQ(view.reservations().places_past_of(SessionId{1}, Instant::max()), 0);
    EXPECT_EQ(view.reservations().limited_places(ExhibitionId{1}, "mina", Instant::min()), 0);
    EXPECT_EQ(view.vouchers().find_by_code(""), std::nullopt);
    EXPECT_TRUE(view.vouchers().list(VoucherId{}, 10).empty());
    EXPECT_TRUE(view.vouchers().list_of(ReservationId{1}).empty());
    EXPECT_EQ(view.keys().find("reserve", "key"), std::nullopt);
    EXPECT_TRUE(view.log().read(Position{}, 10).empty());
    EXPECT_EQ(view.log().head(), Position{});
    EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"), Position{});
  });
}

TYPED_TEST_P(StorageContract, AnExhibitionComesOutAsItWentIn) {
  const auto plain = samples::exhibition(1);
  const auto extreme = samples::extreme_exhibition(samples::huge_id);
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        unit.exhibitions().add(plain);
        unit.exhibitions().add(extreme);
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.exhibitions().find(plain.id), plain);
        EXPECT_EQ(view.exhibitions().find(extreme.id), extreme);
        EXPECT_EQ(view.exhibitions().find(ExhibitionId{2}), std::nullopt);
      });
  auto changed = extreme;
  changed.id = plain.id;
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        EXPECT_EQ(unit.exhibitions().find_for_update(plain.id), plain);
        unit.exhibitions().save(changed);
        EXPECT_EQ(unit.exhibitions().find_for_update(plain.id), changed);
      },
      [&](const ReadView& view) { EXPECT_EQ(view.exhibitions().find(plain.id), changed); });
}

TYPED_TEST_P(StorageContract, EveryStatusOfAnExhibitionIsKept) {
  for (const auto status :
       {ExhibitionStatus::open, ExhibitionStatus::suspended, ExhibitionStatus::withdrawn}) {
    auto one = samples::exhibition(1 + static_cast<std::int64_t>(status));
    one.status = status;
    contract::commit_and_look(
        this->storage(), [&](UnitOfWork& unit) { unit.exhibitions().add(one); },
        [&](const ReadView& view) { EXPECT_EQ(view.exhibitions().find(one.id), one); });
  }
}

TYPED_TEST_P(StorageContract, ExhibitionsAreListedByIdFromTheCursorOn) {
  contract::commit_and_look(
      this->storage(),
      [](UnitOfWork& unit) {
        for (const std::int64_t id : {9, 2, 10, 1}) unit.exhibitions().add(samples::exhibition(id));
      },
      [](const ReadView& view) {
        using contract::Ids, contract::ids_of;
        EXPECT_EQ(ids_of(view.exhibitions().list(ExhibitionId{}, 10)), (Ids{1, 2, 9, 10}));
        EXPECT_EQ(ids_of(view.exhibitions().list(ExhibitionId{}, 2)), (Ids{1, 2}));
        EXPECT_EQ(ids_of(view.exhibitions().list(ExhibitionId{2}, 1)), (Ids{9}));
        EXPECT_EQ(ids_of(view.exhibitions().list(ExhibitionId{3}, 10)), (Ids{9, 10}));
        EXPECT_TRUE(view.exhibitions().list(ExhibitionId{10}, 10).empty());
        EXPECT_EQ(view.exhibitions().list(ExhibitionId{8}, 1).at(0), samples::exhibition(9));
      });
}

TYPED_TEST_P(StorageContract, ASessionComesOutAsItWentIn) {
  const auto plain = samples::session(1);
  const auto extreme = samples::extreme_session(samples::huge_id);
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        unit.exhibitions().add(samples::exhibition(1));
        unit.sessions().add(plain);
        unit.sessions().add(extreme);
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.sessions().find(plain.id), plain);
        EXPECT_EQ(view.sessions().find(extreme.id), extreme);
      });
  auto changed = extreme;
  changed.id = plain.id;
  changed.status = SessionStatus::closed;
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        EXPECT_EQ(unit.sessions().find_for_update(plain.id), plain);
        unit.sessions().save(changed);
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.sessions().find(plain.id), changed);
        EXPECT_EQ(contract::ids_of(view.sessions().list(ExhibitionId{1}, {Instant::min(), {}},
                                                        Instant::max(), 10)),
                  (contract::Ids{1, samples::huge_id}));
      });
}

TYPED_TEST_P(StorageContract, SessionsAreListedByStartThenIdFromTheCursorUpToTheEnd) {
  using namespace std::chrono_literals;
  using contract::Ids, contract::ids_of;
  const Instant noon = samples::noon;
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    unit.exhibitions().add(samples::exhibition(1));
    unit.exhibitions().add(samples::exhibition(2));
    unit.sessions().add(samples::session(7, 1, noon));
    unit.sessions().add(samples::session(3, 1, noon + 1h));
    unit.sessions().add(samples::session(5, 1, noon));
    unit.sessions().add(samples::session(4, 2, noon));
    unit.sessions().add(samples::session(6, 1, noon - 1ms));
    auto moved = samples::session(1, 1, noon + 2h);
    unit.sessions().add(moved);
    moved.times.starts_at = noon - 2h;
    unit.sessions().save(moved);
  });
  this->storage().read([&](const ReadView& view) {
    const auto list = [&](SessionCursor after, Instant until, std::size_t limit) {
      return ids_of(view.sessions().list(ExhibitionId{1}, after, until, limit));
    };
    EXPECT_EQ(list({Instant::min(), {}}, Instant::max(), 10), (Ids{1, 6, 5, 7, 3}));
    EXPECT_EQ(list({Instant::min(), {}}, Instant::max(), 3), (Ids{1, 6, 5}));
    EXPECT_EQ(list({noon, SessionId{}}, Instant::max(), 10), (Ids{5, 7, 3}));
    EXPECT_EQ(list({noon, SessionId{5}}, Instant::max(), 10), (Ids{7, 3}));
    EXPECT_EQ(list({noon, SessionId{5}}, noon + 1h, 10), (Ids{7}));
    EXPECT_EQ(list({Instant::min(), {}}, noon, 10), (Ids{1, 6}));
    EXPECT_EQ(list({noon + 1h, SessionId{3}}, Instant::max(), 10), Ids{});
    EXPECT_EQ(
        ids_of(view.sessions().list(ExhibitionId{2}, {Instant::min(), {}}, Instant::max(), 10)),
        (Ids{4}));
  });
}

TYPED_TEST_P(StorageContract, AReservationComesOutAsItWentIn) {
  const auto plain = samples::reservation(1);
  const auto held = samples::hold(2, Instant::max());
  const auto extreme = samples::extreme_reservation(samples::huge_id);
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        samples::add_show(unit);
        for (const auto& each : {plain, held, extreme}) unit.reservations().add(each);
      },
      [&](const ReadView& view) {
        for (const auto& each : {plain, held, extreme}) {
          EXPECT_EQ(view.reservations().find(each.id), each);
        }
        EXPECT_EQ(view.reservations().find(ReservationId{3}), std::nullopt);
      });
  auto changed = extreme;
  changed.id = plain.id;
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        EXPECT_EQ(unit.reservations().find_for_update(plain.id), plain);
        unit.reservations().save(changed);
      },
      [&](const ReadView& view) { EXPECT_EQ(view.reservations().find(plain.id), changed); });
}

TYPED_TEST_P(StorageContract, EveryStatusAndReasonOfAReservationIsKept) {
  contract::commit(this->storage(), samples::add_show);
  std::int64_t id = 0;
  for (const auto status : {ReservationStatus::held, ReservationStatus::confirmed,
                            ReservationStatus::cancelled, ReservationStatus::expired}) {
    for (const auto reason :
         {CancelReason::member, CancelReason::organiser, CancelReason::exhibition_withdrawn,
          CancelReason::session_cancelled}) {
      auto one = samples::hold(++id, samples::noon);
      one.status = status;
      one.reason = reason;
      contract::commit_and_look(
          this->storage(), [&](UnitOfWork& unit) { unit.reservations().add(one); },
          [&](const ReadView& view) { EXPECT_EQ(view.reservations().find(one.id), one); });
    }
  }
}

TYPED_TEST_P(StorageContract, ReservationsAreListedByIdFromTheCursorOn) {
  contract::commit_and_look(
      this->storage(),
      [](UnitOfWork& unit) {
        samples::add_show(unit);
        unit.sessions().add(samples::session(2));
        for (const std::int64_t id : {9, 2, 10, 1}) {
          unit.reservations().add(samples::reservation(id, id < 3 ? 1 : 2));
        }
        unit.reservations().add(samples::reservation(5, 1));
      },
      [](const ReadView& view) {
        using contract::Ids, contract::ids_of;
        const auto& all = view.reservations();
        EXPECT_EQ(ids_of(all.list(ReservationId{}, 10)), (Ids{1, 2, 5, 9, 10}));
        EXPECT_EQ(ids_of(all.list(ReservationId{1}, 2)), (Ids{2, 5}));
        EXPECT_EQ(ids_of(all.list_of(SessionId{1}, ReservationId{}, 10)), (Ids{1, 2, 5}));
        EXPECT_EQ(ids_of(all.list_of(SessionId{1}, ReservationId{1}, 1)), (Ids{2}));
        EXPECT_EQ(ids_of(all.list_of(SessionId{2}, ReservationId{9}, 10)), (Ids{10}));
        EXPECT_TRUE(all.list_of(SessionId{3}, ReservationId{}, 10).empty());
        EXPECT_EQ(all.list_of(SessionId{2}, ReservationId{}, 1).at(0), samples::reservation(9, 2));
      });
}

TYPED_TEST_P(StorageContract, KeysAreScopedToTheKindOfCommand) {
  const KnownCommand reserved{std::numeric_limits<std::uint64_t>::max(), samples::huge_id};
  const KnownCommand cancelled{0, 1};
  const std::string nasty = samples::nasty_text();
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        unit.keys().add("reserve", "key", reserved, samples::noon);
        unit.keys().add("cancel", "key", cancelled, Instant::max());
        unit.keys().add("reserve", nasty, cancelled, Instant::min());
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.keys().find("reserve", "key"), reserved);
        EXPECT_EQ(view.keys().find("cancel", "key"), cancelled);
        EXPECT_EQ(view.keys().find("reserve", nasty), cancelled);
        EXPECT_EQ(view.keys().find("cancel", nasty), std::nullopt);
        EXPECT_EQ(view.keys().find("confirm", "key"), std::nullopt);
        EXPECT_EQ(view.keys().find("reserve", "Key"), std::nullopt);
        EXPECT_EQ(view.keys().find("reservek", "ey"), std::nullopt);
        EXPECT_EQ(view.keys().find("reserve", std::string_view(nasty).substr(0, nasty.find('\0'))),
                  std::nullopt);
      });
}

TYPED_TEST_P(StorageContract, KeysAreListedByTheirAgeAndRemoved) {
  const KnownCommand applied{7, 1};
  const std::string nasty = samples::nasty_text();
  const auto later = samples::noon + std::chrono::milliseconds{1};
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        unit.keys().add("reserve", "b", applied, samples::noon);
        unit.keys().add("reserve", nasty, applied, Instant::min());
        unit.keys().add("cancel", "c", applied, samples::noon);
        unit.keys().add("reserve", "a", applied, later);
      },
      [&](const ReadView& view) {
        std::vector<StoredKey> all{{"cancel", "c"}, {"reserve", "b"}, {"reserve", nasty}};
        std::sort(all.begin(), all.end());
        EXPECT_EQ(view.keys().applied_before(later, {}, 9), all);
        EXPECT_EQ(view.keys().applied_before(later, {}, 2),
                  std::vector(all.begin(), all.end() - 1));
        EXPECT_EQ(view.keys().applied_before(later, all[1], 9), std::vector{all[2]});
        EXPECT_EQ(view.keys().applied_before(samples::noon, {}, 9),
                  (std::vector<StoredKey>{{"reserve", nasty}}));
      });
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        unit.keys().remove({"reserve", nasty});
        unit.keys().remove({"reserve", "never was"});
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.keys().find("reserve", nasty), std::nullopt);
        EXPECT_EQ(view.keys().find("reserve", "b"), applied);
      });
}

TYPED_TEST_P(StorageContract, AFollowersPositionIsItsOwn) {
  contract::commit_and_look(
      this->storage(),
      [](UnitOfWork& unit) {
        contract::save_position(unit.followers(), "voucher-desk", Position{5});
        contract::save_position(unit.followers(), "voucher-desk", Position{samples::huge_id});
        contract::save_position(unit.followers(), "settling", Position{2});
      },
      [](const ReadView& view) {
        EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"),
                  Position{samples::huge_id});
        EXPECT_EQ(contract::position_of(view.followers(), "settling"), Position{2});
        EXPECT_EQ(contract::position_of(view.followers(), "nobody"), Position{});
      });
}

}  // namespace exhibition::testing
