// What the system must do: the functional requirements of the origin, one test each, then the
// non-functional ones that a library can answer for.

#include <gtest/gtest.h>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class Requirement : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, Requirement, each_storage(), storage_name);

TEST_P(Requirement, AManagerRegistersAnExhibition) {
  const auto made = museum.catalogue().register_exhibition(
      {.title = "Monet",
       .kind = "gallery",
       .sessions = {{.starts_at = ten, .ends_at = eleven, .capacity = 40}}});
  ASSERT_TRUE(is_done(made));

  const auto found = museum.catalogue().find(made->exhibition.id);
  ASSERT_TRUE(is_done(found));
  EXPECT_EQ(found->title, "Monet");
  EXPECT_EQ(found->kind, "gallery");
  EXPECT_EQ(found->status, ExhibitionStatus::open);

  const auto sessions = museum.catalogue().sessions_of(made->exhibition.id);
  ASSERT_TRUE(is_done(sessions));
  ASSERT_EQ(sessions->items.size(), 1U);
  EXPECT_EQ(sessions->items[0].id, made->sessions.at(0));
  EXPECT_EQ(sessions->items[0].times, (SessionTimes{.starts_at = ten, .ends_at = eleven}));
  EXPECT_EQ(sessions->items[0].capacity, 40U);
}

TEST_P(Requirement, ACustomerPicksAnExhibitionAndReservesIt) {
  museum.register_one();
  const auto exhibitions = museum.catalogue().list().value();
  ASSERT_EQ(exhibitions.items.size(), 1U);
  const auto sessions = museum.catalogue().sessions_of(exhibitions.items[0].id).value();

  const auto reserved = museum.bookings().reserve(
      {.session = sessions.items.at(0).id, .member = "seokwon", .places = 2});

  ASSERT_TRUE(is_done(reserved));
  EXPECT_EQ(reserved->reservation.status, ReservationStatus::confirmed);
  EXPECT_EQ(reserved->reservation.member, "seokwon");
  EXPECT_EQ(reserved->reservation.places, 2U);
  EXPECT_EQ(museum.bookings().find(reserved->reservation.id), reserved->reservation);
  EXPECT_EQ(museum.bookings().availability(sessions.items[0].id)->free, 8U);
}

TEST_P(Requirement, AVoucherBecomesActiveWhenTheReservationIsConfirmed) {
  const auto shown = museum.register_one();
  const auto reservation = museum.hold(shown.session, "seokwon", 2);
  museum.pump_all();
  EXPECT_TRUE(museum.vouchers().of(reservation.id)->empty()) << "a hold is no right to enter";

  ASSERT_TRUE(is_done(museum.bookings().confirm(reservation.id)));
  museum.pump_all();

  const auto vouchers = museum.vouchers().of(reservation.id).value();
  ASSERT_EQ(vouchers.size(), 1U);
  EXPECT_EQ(vouchers[0].status, VoucherStatus::active);
  EXPECT_EQ(vouchers[0].admits, 2U);
  EXPECT_EQ(vouchers[0].code.size(), 26U);
}

TEST_P(Requirement, AWithdrawnExhibitionCannotBeReserved) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().withdraw(shown.exhibition)));
  EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = shown.session, .member = "seokwon"}),
                         refusal::ExhibitionNotOpen{}));
}

TEST_P(Requirement, ACustomerCancelsAConfirmedReservation) {
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session, "seokwon", 2);

  const auto cancelled = museum.bookings().cancel(reservation.id);

  ASSERT_TRUE(is_done(cancelled));
  EXPECT_EQ(cancelled->status, ReservationStatus::cancelled);
  EXPECT_EQ(cancelled->reason, CancelReason::member);
  EXPECT_EQ(museum.bookings().availability(shown.session)->free, 10U);
}

TEST_P(Requirement, TheVoucherIsDeactivatedWhenTheReservationIsCancelled) {
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session);
  const auto voucher = museum.voucher_of(reservation.id);

  ASSERT_TRUE(is_done(museum.bookings().cancel(reservation.id)));
  museum.pump_all();

  EXPECT_EQ(museum.vouchers().find(voucher.code)->status, VoucherStatus::deactivated);
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code), refusal::VoucherDeactivated{}));
}

TEST_P(Requirement, ACustomerSeesTheirReservationsOnMyPage) {
  const auto shown = museum.register_one();
  const auto kept = museum.reserve(shown.session, "seokwon", 2);
  const auto given_up = museum.reserve(shown.session, "seokwon");
  museum.reserve(shown.session, "mina");
  ASSERT_TRUE(is_done(museum.bookings().cancel(given_up.id)));
  const auto voucher = museum.voucher_of(kept.id);

  const auto page = museum.my_page().of("seokwon");

  ASSERT_TRUE(is_done(page));
  ASSERT_EQ(page->items.size(), 2U);
  const auto& entry = page->items[0];
  EXPECT_EQ(entry.reservation, kept.id);
  EXPECT_EQ(entry.exhibition, shown.exhibition);
  EXPECT_EQ(entry.session, shown.session);
  EXPECT_EQ(entry.title, "Monet");
  EXPECT_EQ(entry.kind, "gallery");
  EXPECT_EQ(entry.starts_at, ten);
  EXPECT_EQ(entry.ends_at, eleven);
  EXPECT_EQ(entry.places, 2U);
  EXPECT_EQ(entry.status, ReservationStatus::confirmed);
  EXPECT_EQ(entry.voucher_code, voucher.code);
  EXPECT_EQ(entry.voucher_status, VoucherStatus::active);
  EXPECT_EQ(page->items[1].reservation, given_up.id);
  EXPECT_EQ(page->items[1].status, ReservationStatus::cancelled);
  EXPECT_EQ(page->items[1].reason, CancelReason::member);
}

TEST_P(Requirement, AReservationDoesNotComeIntoBeingWhenTheExhibitionIsNotAvailable) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().suspend(shown.exhibition)));
  const auto before = museum.log();

  EXPECT_FALSE(museum.bookings().reserve({.session = shown.session, .member = "seokwon"}));

  EXPECT_TRUE(museum.bookings().list()->items.empty());
  EXPECT_EQ(museum.log(), before);
}

TEST_P(Requirement, ReservationsAreTakenWhileVouchersAndMyPageStandStillAndTheyCatchUpLater) {
  const auto shown = museum.register_one();
  std::vector<Reservation> taken;
  for (int i = 0; i < 5; ++i) taken.push_back(museum.reserve(shown.session));
  EXPECT_TRUE(museum.vouchers().list()->items.empty());
  EXPECT_TRUE(museum.my_page().of("seokwon")->items.empty());

  museum.pump_all();

  EXPECT_EQ(museum.vouchers().list()->items.size(), 5U);
  const auto page = museum.my_page().of("seokwon").value();
  ASSERT_EQ(page.items.size(), 5U);
  for (const auto& entry : page) EXPECT_EQ(entry.voucher_status, VoucherStatus::active);
}

}  // namespace
}  // namespace exhibition::tests
