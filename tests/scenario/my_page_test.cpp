// My page: what a member sees, made of events alone.

#include <gtest/gtest.h>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class MyPage : public OnEachStorage {
 protected:
  MyPageEntry entry_of(const std::string& member) {
    museum.pump_all();
    const auto page = museum.my_page().of(member).value();
    EXPECT_EQ(page.items.size(), 1U);
    return page.items.at(0);
  }
};
INSTANTIATE_TEST_SUITE_P(On, MyPage, each_storage(), storage_name);

TEST_P(MyPage, OfAnUnknownMemberIsEmpty) {
  EXPECT_TRUE(museum.my_page().of("nobody")->items.empty());
  EXPECT_TRUE(museum.my_page().of("")->items.empty());
  EXPECT_TRUE(museum.my_page().of(std::string(100'000, 'x'))->items.empty());
}

TEST_P(MyPage, IsAsCurrentAsTheLastPump) {
  const auto shown = museum.register_one();
  museum.reserve(shown.session);
  EXPECT_TRUE(museum.my_page().of("seokwon")->items.empty());
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("seokwon")->items.size(), 1U);
}

TEST_P(MyPage, FollowsAReservationThroughItsLife) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session, "seokwon", 2);
  auto entry = entry_of("seokwon");
  EXPECT_EQ(entry.status, ReservationStatus::held);
  EXPECT_EQ(entry.expires_at, hold.expires_at);
  EXPECT_EQ(entry.voucher_code, "");
  EXPECT_EQ(entry.voucher_status, std::nullopt);
  EXPECT_EQ(entry.updated_at, morning);

  museum.clock.advance(1min);
  museum.bookings().extend(hold.id, 5min).value();
  entry = entry_of("seokwon");
  EXPECT_EQ(entry.expires_at, *hold.expires_at + 5min);
  EXPECT_EQ(entry.updated_at, morning + 1min);

  museum.bookings().confirm(hold.id).value();
  const auto voucher = museum.voucher_of(hold.id);
  entry = entry_of("seokwon");
  EXPECT_EQ(entry.status, ReservationStatus::confirmed);
  EXPECT_EQ(entry.expires_at, std::nullopt);
  EXPECT_EQ(entry.voucher_code, voucher.code);

  museum.bookings().cancel(hold.id, Canceller::organiser).value();
  entry = entry_of("seokwon");
  EXPECT_EQ(entry.status, ReservationStatus::cancelled);
  EXPECT_EQ(entry.reason, CancelReason::organiser);
  EXPECT_EQ(entry.voucher_status, VoucherStatus::deactivated);
}

TEST_P(MyPage, KeepsTitleAndKindAsTheyWereWhenReserved) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.catalogue().update(shown.exhibition, {.title = "Manet", .kind = "museum"}).value();
  museum.bookings().confirm(hold.id).value();
  const auto entry = entry_of("seokwon");
  EXPECT_EQ(entry.title, "Monet");
  EXPECT_EQ(entry.kind, "gallery");
}

TEST_P(MyPage, FollowsTheTimesOfTheSession) {
  const auto shown = museum.register_one();
  museum.reserve(shown.session);
  museum.pump_all();
  museum.catalogue()
      .update_session(shown.session, {.times = {.starts_at = ten + 24h, .ends_at = std::nullopt}})
      .value();
  const auto entry = entry_of("seokwon");
  EXPECT_EQ(entry.starts_at, ten + 24h);
  EXPECT_EQ(entry.ends_at, std::nullopt);
}

TEST_P(MyPage, ShowsAHoldPastItsTimeAsExpiredThoughNobodyPumped) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.pump_all();
  museum.clock.set(*hold.expires_at - 1ms);
  EXPECT_EQ(museum.my_page().of("seokwon")->items.at(0).status, ReservationStatus::held);
  museum.clock.set(*hold.expires_at);
  EXPECT_EQ(museum.my_page().of("seokwon")->items.at(0).status, ReservationStatus::expired);
  EXPECT_EQ(museum.my_page().list()->items.at(0).status, ReservationStatus::expired);
}

TEST_P(MyPage, ShowsADueCancellationOnceItIsSettledWhileBookingsShowItAtOnce) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  museum.pump_all();
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(museum.bookings().find(visit.id)->status, ReservationStatus::cancelled);
  EXPECT_EQ(museum.my_page().of("seokwon")->items.at(0).status, ReservationStatus::confirmed);
  const auto entry = entry_of("seokwon");
  EXPECT_EQ(entry.status, ReservationStatus::cancelled);
  EXPECT_EQ(entry.reason, CancelReason::exhibition_withdrawn);
}

TEST_P(MyPage, ShowsASettledHoldAsExpiredSinceItsTime) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  museum.clock.advance(5h);
  const auto entry = entry_of("seokwon");
  EXPECT_EQ(entry.status, ReservationStatus::expired);
  EXPECT_EQ(entry.expires_at, hold.expires_at);
}

/// Some of everything that can happen.
void live_a_day(Museum& museum) {
  const auto shown = museum.register_one(std::nullopt);
  const auto other = museum.register_one(std::nullopt);
  const auto late =
      museum.catalogue().add_session(shown.exhibition, {.starts_at = eleven}).value().id;
  for (int i = 0; i < 30; ++i) {
    const std::string member = i % 2 == 0 ? "seokwon" : "mina";
    const auto session = i % 3 == 0 ? other.session : i % 3 == 1 ? shown.session : late;
    const auto made = i % 5 < 2 ? museum.hold(session, member) : museum.reserve(session, member);
    if (i % 5 == 0) museum.bookings().confirm(made.id).value();
    if (i % 5 == 3) museum.bookings().cancel(made.id).value();
    if (i == 10) museum.catalogue().update(shown.exhibition, {.title = "Manet"}).value();
    if (i == 20) museum.catalogue().update_session(late, {.times = {.starts_at = ten}}).value();
    if (i % 7 == 0) museum.events().pump({.max_events = 5});
    museum.clock.advance(1min);
  }
  museum.catalogue().cancel_session(late).value();
  museum.catalogue().withdraw(other.exhibition).value();
  museum.pump_all();
}

TEST_P(MyPage, RebuiltFromTheLogAloneIsThePageThatWasKeptLive) {
  live_a_day(museum);
  const auto kept = museum.my_page().list({.limit = 1000}).value();
  ASSERT_EQ(kept.items.size(), 30U);

  auto options = museum.options();
  options.my_pages = memory::my_pages();  // an empty one
  auto other = Engine::open(std::move(options)).value();
  EXPECT_TRUE(other.my_page().list()->items.empty());
  const auto log = museum.log();
  other.events().pump();

  EXPECT_EQ(other.my_page().list({.limit = 1000}), kept);
  for (const auto* member : {"seokwon", "mina"}) {
    EXPECT_EQ(other.my_page().of(member), museum.my_page().of(member));
  }
  EXPECT_EQ(museum.log(), log) << "rebuilding publishes nothing";
}

TEST_P(MyPage, IsTheSameAfterTheEngineWasOpenedAnew) {
  live_a_day(museum);
  const auto kept = museum.my_page().list().value();
  museum.reopen();
  EXPECT_EQ(museum.my_page().list(), kept);
  museum.pump_all();
  EXPECT_EQ(museum.my_page().list(), kept);
}

}  // namespace
}  // namespace exhibition::tests
