#pragma once

#include <cstdint>
#include <string>

#include "exhibition/testing/storage_contract/collections.hpp"

/// The queries that decisions are made by: holds past their time, and what a limited member has.

namespace exhibition::testing {

TYPED_TEST_P(StorageContract, HoldsPastTheirTimeAreListedOldestFirstThenLowestId) {
  using namespace std::chrono_literals;
  const Instant noon = samples::noon;
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        samples::add_show(unit);
        unit.sessions().add(samples::session(2));
        unit.reservations().add(samples::hold(8, noon - 1h, 1, 3));
        unit.reservations().add(samples::hold(3, noon, 1, 5));
        unit.reservations().add(samples::hold(4, noon - 1h, 2, 7));
        unit.reservations().add(samples::hold(2, noon - 1h, 1, 11));
        unit.reservations().add(samples::hold(1, noon + 1ms, 1, 13));
        unit.reservations().add(samples::hold(9, Instant::min(), 1, 17));
        unit.reservations().add(samples::reservation(5));
        auto expired = samples::hold(6, noon - 2h);
        expired.status = ReservationStatus::expired;
        unit.reservations().add(expired);
      },
      [&](const ReadView& view) {
        using contract::Ids, contract::ids_of;
        const auto& all = view.reservations();
        EXPECT_EQ(ids_of(all.holds_past(noon, 10)), (Ids{9, 2, 4, 8, 3}));
        EXPECT_EQ(ids_of(all.holds_past(noon, 2)), (Ids{9, 2}));
        EXPECT_EQ(ids_of(all.holds_past(noon - 1ms, 10)), (Ids{9, 2, 4, 8}));
        EXPECT_EQ(ids_of(all.holds_past(Instant::max(), 10)), (Ids{9, 2, 4, 8, 3, 1}));
        EXPECT_EQ(ids_of(all.holds_past_of(SessionId{1}, noon, 10)), (Ids{9, 2, 8, 3}));
        EXPECT_EQ(ids_of(all.holds_past_of(SessionId{1}, noon, 3)), (Ids{9, 2, 8}));
        EXPECT_EQ(ids_of(all.holds_past_of(SessionId{2}, noon, 10)), (Ids{4}));
        EXPECT_EQ(all.places_past_of(SessionId{1}, noon), 17 + 11 + 3 + 5);
        EXPECT_EQ(all.places_past_of(SessionId{1}, noon - 1ms), 17 + 11 + 3);
        EXPECT_EQ(all.places_past_of(SessionId{2}, noon), 7);
        EXPECT_EQ(all.holds_past(noon, 1).at(0), samples::hold(9, Instant::min(), 1, 17));
      });
}

TYPED_TEST_P(StorageContract, AHoldThatIsNoLongerHeldOrHasMovedIsNotPast) {
  using namespace std::chrono_literals;
  const Instant noon = samples::noon;
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    samples::add_show(unit);
    for (const std::int64_t id : {1, 2, 3, 4}) unit.reservations().add(samples::hold(id, noon));
  });
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        auto confirmed = samples::reservation(1);
        unit.reservations().save(confirmed);
        auto expired = samples::hold(2, noon);
        expired.status = ReservationStatus::expired;
        unit.reservations().save(expired);
        unit.reservations().save(samples::hold(3, noon + 1h, 1, 5));
      },
      [&](const ReadView& view) {
        EXPECT_EQ(contract::ids_of(view.reservations().holds_past(noon, 10)), (contract::Ids{4}));
        EXPECT_EQ(view.reservations().places_past_of(SessionId{1}, noon), 1);
        EXPECT_EQ(view.reservations().places_past_of(SessionId{1}, noon + 1h), 1 + 5);
      });
}

TYPED_TEST_P(StorageContract, PlacesPastTheirTimeMayBeMoreThanAnInt) {
  contract::commit_and_look(
      this->storage(),
      [](UnitOfWork& unit) {
        samples::add_show(unit);
        for (const std::int64_t id : {1, 2, 3}) {
          unit.reservations().add(samples::hold(id, samples::noon, 1, samples::huge_count));
        }
      },
      [](const ReadView& view) {
        EXPECT_EQ(view.reservations().places_past_of(SessionId{1}, samples::noon),
                  3 * std::int64_t{samples::huge_count});
      });
}

TYPED_TEST_P(StorageContract, LimitedPlacesAreThoseInForceOfThatMemberMadeUnderALimit) {
  using namespace std::chrono_literals;
  const Instant noon = samples::noon;
  std::uint32_t places = 1;
  const auto add = [&places](UnitOfWork& unit, Reservation made) {
    made.under_member_limit = true;
    made.places = places;
    places *= 2;
    unit.reservations().add(made);
  };
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        samples::add_show(unit);
        unit.sessions().add(samples::session(2));
        unit.exhibitions().add(samples::exhibition(2));
        unit.sessions().add(samples::session(3, 2));
        auto cancelled_session = samples::session(4);
        cancelled_session.status = SessionStatus::cancelled;
        cancelled_session.cancelled_at = noon;
        unit.sessions().add(cancelled_session);
        add(unit, samples::reservation(1));          // 1: counts
        add(unit, samples::hold(2, noon + 1ms, 2));  // 2: counts until it is due
        add(unit, samples::hold(3, noon));           // 4: due at noon
        add(unit, samples::reservation(4, 3, 2));    // 8: of another exhibition
        add(unit, samples::reservation(5, 4));       // 16: of a cancelled session
        auto other = samples::reservation(6);        // 32: of another member
        other.member = "seokwon2";
        add(unit, other);
        auto cancelled = samples::reservation(7);  // 64: not in force
        cancelled.status = ReservationStatus::cancelled;
        add(unit, cancelled);
        auto expired = samples::hold(8, noon + 9h);  // 128: not in force
        expired.status = ReservationStatus::expired;
        add(unit, expired);
        unit.reservations().add(samples::reservation(9));  // not made under a limit
      },
      [&](const ReadView& view) {
        const auto& all = view.reservations();
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "seokwon", noon), 1 + 2);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "seokwon", noon - 1ms), 1 + 2 + 4);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "seokwon", Instant::max()), 1);
        EXPECT_EQ(all.limited_places(ExhibitionId{2}, "seokwon", noon), 8);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "seokwon2", noon), 32);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "seok", noon), 0);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "", noon), 0);
      });
}

TYPED_TEST_P(StorageContract, MembersAreToldApartByEveryByte) {
  const std::string plain = "mina";
  const std::string with_nul = plain + '\0';
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        samples::add_show(unit);
        std::uint32_t places = 1;
        std::int64_t id = 1;
        for (const auto& member : {plain, with_nul, std::string("MINA"), std::string("mina ")}) {
          auto made = samples::reservation(id++);
          made.member = member;
          made.places = places;
          made.under_member_limit = true;
          places *= 2;
          unit.reservations().add(made);
        }
      },
      [&](const ReadView& view) {
        const auto& all = view.reservations();
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, plain, samples::noon), 1);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, with_nul, samples::noon), 2);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "MINA", samples::noon), 4);
        EXPECT_EQ(all.limited_places(ExhibitionId{1}, "mina ", samples::noon), 8);
      });
}

}  // namespace exhibition::testing
