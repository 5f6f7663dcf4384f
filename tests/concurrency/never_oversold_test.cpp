#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

constexpr std::uint32_t capacity = 100;

std::vector<Reservation> reservations_of(Museum& museum, SessionId session) {
  return all_pages<ReservationId>([&](const PageRequest<ReservationId>& page) {
    return museum.bookings().list({.session = session}, page);
  });
}

/// Places in force, from the reservations themselves.
std::int64_t places_of(Museum& museum, SessionId session) {
  std::int64_t places = 0;
  for (const auto& reservation : reservations_of(museum, session)) {
    if (reservation.is_live()) places += reservation.places;
  }
  return places;
}

class NeverOversold : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, NeverOversold, each_storage(), storage_name);

TEST_P(NeverOversold, ThirtyTwoThreadsInRandomPartiesGetNoMorePlacesThanThereAre) {
  const auto seed = announce_seed();
  for (std::size_t round = 0; round < rounds(50, 1000); ++round) {
    const auto show = museum.register_one(capacity);
    std::atomic<std::int64_t> taken = 0;
    at_once(32, [&](std::size_t thread) {
      std::mt19937_64 random(seed + 1000 * round + thread);
      for (int attempt = 0; attempt < 20; ++attempt) {
        const auto places = static_cast<std::uint32_t>(1 + random() % 10);
        ReserveRequest request{
            .session = show.session, .member = std::to_string(thread), .places = places};
        if (random() % 4 == 0) request.hold = Hold{};
        const auto answer = museum.bookings().reserve(request);
        if (answer) {
          taken += places;
          continue;
        }
        const auto* sold_out = std::get_if<refusal::SoldOut>(&answer.error().detail);
        ASSERT_NE(sold_out, nullptr) << answer.error();
        EXPECT_EQ(sold_out->requested, places);
        EXPECT_LT(sold_out->free, places);
        if (sold_out->free == 0) return;
      }
    });
    ASSERT_LE(taken, capacity);
    for (; taken < capacity; ++taken) museum.reserve(show.session);
    ASSERT_TRUE(is_refused(museum.bookings().reserve({.session = show.session, .member = "late"}),
                           refusal::SoldOut{1, 0}));
    ASSERT_EQ(museum.stored(show.session).taken, capacity);
    ASSERT_EQ(places_of(museum, show.session), capacity);
  }
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

TEST_P(NeverOversold, PlacesThatAreGivenBackWhileOthersWantThemAreSoldOnce) {
  const auto seed = announce_seed();
  for (std::size_t round = 0; round < rounds(10, 200); ++round) {
    const auto show = museum.register_one(20);
    at_once(16, [&](std::size_t thread) {
      std::mt19937_64 random(seed + 1000 * round + thread);
      for (int i = 0; i < 10; ++i) {
        const auto places = static_cast<std::uint32_t>(1 + random() % 5);
        const auto answer = museum.bookings().reserve({.session = show.session,
                                                       .member = std::to_string(thread),
                                                       .places = places,
                                                       .hold = Hold{1min}});
        if (!answer) {
          EXPECT_EQ(answer.error().code, Errc::sold_out) << answer.error();
          museum.clock.advance(20s);  // which lets go of somebody's hold, sooner or later
        } else if (random() % 2 == 0) {
          EXPECT_TRUE(is_done(museum.bookings().cancel(answer->reservation.id)) ||
                      museum.bookings().find(answer->reservation.id)->status ==
                          ReservationStatus::expired);
        }
        EXPECT_LE(museum.bookings().availability(show.session)->in_force, 20);
      }
    });
    museum.clock.set(morning);
  }
  museum.clock.advance(1h);
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

class Withdrawing : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, Withdrawing, each_storage(), storage_name);

TEST_P(Withdrawing, LeavesNoReservationEffectiveFromItsCommitOnWhoeverReservesMeanwhile) {
  for (std::size_t round = 0; round < rounds(10, 200); ++round) {
    const auto show = museum.register_one(std::nullopt);
    std::atomic<int> reserved = 0;
    std::atomic<bool> is_withdrawn = false;
    at_once(9, [&](std::size_t thread) {
      if (thread == 0) {
        while (reserved < 10) std::this_thread::yield();
        museum.catalogue().withdraw(show.exhibition).value();
        is_withdrawn = true;
        for (const auto& each : reservations_of(museum, show.session)) {
          EXPECT_EQ(each.status, ReservationStatus::cancelled);
        }
        EXPECT_EQ(museum.bookings().availability(show.session)->in_force, 0);
        return;
      }
      for (;;) {
        const bool is_late = is_withdrawn;
        ReserveRequest request{.session = show.session, .member = std::to_string(thread)};
        if (thread % 2 == 0) request.hold = Hold{};
        const auto answer = museum.bookings().reserve(request);
        if (!answer) {
          EXPECT_EQ(answer.error().code, Errc::exhibition_not_open) << answer.error();
          return;
        }
        EXPECT_FALSE(is_late) << "reserved after the withdrawal";
        ++reserved;
        if (is_withdrawn) {
          EXPECT_EQ(museum.bookings().find(answer->reservation.id)->status,
                    ReservationStatus::cancelled);
        }
      }
    });
    museum.pump_all();
    EXPECT_EQ(museum.stored(show.session).taken, 0);
    read(museum.storage(), [&](const ReadView& view) {
      for (const auto& each : view.reservations().list_of(show.session, ReservationId{}, 10'000)) {
        EXPECT_EQ(each.status, ReservationStatus::cancelled) << "is not settled";
        EXPECT_EQ(each.reason, CancelReason::exhibition_withdrawn);
      }
      return 0;
    });
  }
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

class SendingAgain : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, SendingAgain, each_storage(), storage_name);

TEST_P(SendingAgain, SixteenThreadsWithOneKeyGetOneReservationFifteenOfThemReplayed) {
  for (std::size_t round = 0; round < rounds(20, 500); ++round) {
    const auto show =
        museum.register_one(2);  // as many places as the request takes: a second one is sold out
    const ReserveRequest request{.session = show.session, .member = "mina", .places = 2};
    const CommandOptions key{.idempotency_key = "round " + std::to_string(round)};
    std::atomic<int> replayed = 0;
    std::atomic<std::int64_t> id = 0;
    at_once(16, [&](std::size_t) {
      const auto answer = museum.bookings().reserve(request, key);
      ASSERT_TRUE(is_done(answer));
      if (answer->replayed) ++replayed;
      const auto other = id.exchange(answer->reservation.id.value());
      EXPECT_TRUE(other == 0 || other == answer->reservation.id.value());
      EXPECT_EQ(answer->reservation.status, ReservationStatus::confirmed);
    });
    EXPECT_EQ(replayed, 15);
    EXPECT_EQ(museum.bookings().list({.session = show.session})->items.size(), 1U);
  }
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

TEST_P(SendingAgain, ManyThreadsRedeemOneVoucherNoOftenerThanItAdmits) {
  for (std::size_t round = 0; round < rounds(10, 500); ++round) {
    const auto show = museum.register_one(10);
    const auto voucher = museum.voucher_of(museum.reserve(show.session, "mina", 3).id);
    std::atomic<int> admitted = 0;
    at_once(16, [&](std::size_t thread) {
      const auto answer =
          museum.vouchers().redeem(voucher.code, {.gate = "gate " + std::to_string(thread)});
      if (answer) {
        ++admitted;
      } else {
        EXPECT_EQ(answer.error().code, Errc::already_redeemed) << answer.error();
      }
    });
    EXPECT_EQ(admitted, 3);
    EXPECT_EQ(museum.vouchers().find(voucher.code)->admitted, 3U);
  }
}

}  // namespace
}  // namespace exhibition::tests
