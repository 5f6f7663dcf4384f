// The voucher desk: redeeming, taking it back, finding vouchers, with every refusal and its
// boundary.

#include <gtest/gtest.h>

#include <cctype>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class AVoucher : public OnEachStorage {
 protected:
  const Shown shown = museum.register_one();

  Reservation visit(std::uint32_t places = 1) {
    return museum.reserve(shown.session, "seokwon", places);
  }
};
class Redeeming : public AVoucher {};
class UndoingARedemption : public AVoucher {};
INSTANTIATE_TEST_SUITE_P(On, AVoucher, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, Redeeming, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, UndoingARedemption, each_storage(), storage_name);

const std::string unknown_code = "0123456789ABCDEFGHJKMNPQRS";

TEST_P(AVoucher, IsIssuedOnceForEachConfirmedReservation) {
  const auto first = visit();
  const auto second = visit(3);
  const auto known = museum.log().size();
  museum.pump_all();
  museum.pump_all();
  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"VoucherActivated", "VoucherActivated"}));
  const auto vouchers = museum.vouchers().list().value();
  ASSERT_EQ(vouchers.items.size(), 2U);
  EXPECT_EQ(vouchers.items[0].reservation, first.id);
  EXPECT_EQ(vouchers.items[1].reservation, second.id);
  EXPECT_EQ(vouchers.items[1].admits, 3U);
  EXPECT_NE(vouchers.items[0].code, vouchers.items[1].code);
  const auto log = museum.log();
  EXPECT_EQ(log.back().event, (Event{VoucherActivated{vouchers.items[1].id, second.id, "seokwon",
                                                      vouchers.items[1].code, 3}}));
  EXPECT_EQ(to_string(log.back().stream), "reservation/2") << "in order with its reservation";
  EXPECT_EQ(log.back().key(), "Voucher/2/1");
}

TEST_P(AVoucher, HasACodeOfItsOwnThoughTheRandomSourceBeginsAgain) {
  for (int start = 0; start < 2; ++start) {
    auto options = museum.options();
    options.random = std::make_unique<SeededRandom>(7);
    museum.reopen(std::move(options));
    visit();
    visit();
    museum.pump_all();
  }
  std::set<std::string> codes;
  for (const auto& voucher : museum.vouchers().list().value().items) codes.insert(voucher.code);
  EXPECT_EQ(codes.size(), 4U);
}

/// Gives the same bits until it is let go.
struct StuckRandom final : RandomSource {
  bool is_stuck = true;
  std::uint64_t number = 0;
  std::uint64_t bits() override { return is_stuck ? number : ++number; }
};

TEST_P(AVoucher, WaitsForARandomSourceThatDoesNothingButRepeatItself) {
  auto source = std::make_unique<StuckRandom>();
  auto& random = *source;
  auto options = museum.options();
  options.random = std::move(source);
  museum.reopen(std::move(options));
  const auto first = visit();
  const auto second = visit();
  const auto report = museum.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  const auto why = report.failures[0].error.message();
  EXPECT_NE(why.find("random source repeats itself"), std::string::npos) << why;
  EXPECT_TRUE(museum.vouchers().list()->items.empty());
  random.is_stuck = false;
  museum.clock.advance(1s);
  EXPECT_NE(museum.voucher_of(first.id).code, museum.voucher_of(second.id).code);
}

TEST_P(AVoucher, IsNotIssuedWhenTheReservationIsNoLongerConfirmed) {
  const auto given_up = visit();
  museum.bookings().cancel(given_up.id).value();
  museum.pump_all();
  EXPECT_TRUE(museum.vouchers().of(given_up.id)->empty());
}

TEST_P(AVoucher, IsNotIssuedWhenTheExhibitionWasWithdrawnMeanwhile) {
  const auto late = visit();
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.pump_all();
  EXPECT_TRUE(museum.vouchers().of(late.id)->empty());
}

TEST_P(AVoucher, IsFoundByItsCodeAsTypedOrScanned) {
  const auto voucher = museum.voucher_of(visit().id);
  EXPECT_EQ(museum.vouchers().find(voucher.code), voucher);
  std::string typed;
  for (std::size_t i = 0; i < voucher.code.size(); ++i) {
    if (i > 0 && i % 5 == 0) typed += i % 2 == 0 ? '-' : ' ';
    const char c = voucher.code[i];
    if (c == '0') {
      typed += 'o';
    } else if (c == '1') {
      typed += i % 2 == 0 ? 'l' : 'I';
    } else {
      typed += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  EXPECT_EQ(museum.vouchers().find(typed), voucher);
  EXPECT_TRUE(is_done(museum.vouchers().redeem(typed)));
}

TEST_P(AVoucher, ThatIsUnknownIsNotFound) {
  const refusal::NotFound no{"voucher"};
  for (const auto& code :
       {unknown_code, std::string(), std::string("?"), std::string(100'000, 'A')}) {
    EXPECT_TRUE(is_refused(museum.vouchers().find(code), no));
    EXPECT_TRUE(is_refused(museum.vouchers().redeem(code), no));
    EXPECT_TRUE(is_refused(museum.vouchers().undo_redeem(code), no));
  }
  EXPECT_EQ(museum.vouchers().of(ReservationId{404}), std::vector<Voucher>{})
      << "none is an answer";
}

TEST_P(Redeeming, LetsThePartyInAllAtOnceOrOneByOne) {
  const auto voucher = museum.voucher_of(visit(3).id);
  museum.clock.set(ten);
  const auto first = museum.vouchers().redeem(voucher.code, {.gate = "west", .count = 1});
  ASSERT_TRUE(is_done(first));
  EXPECT_EQ(first->admitted, 1U);
  museum.clock.advance(1min);
  const auto rest = museum.vouchers().redeem(voucher.code, {.gate = "east", .count = 2});
  ASSERT_TRUE(is_done(rest));
  EXPECT_EQ(rest->admitted, 3U);
  EXPECT_EQ(rest->version, 3);
  EXPECT_EQ(rest->redemptions,
            (std::vector<Redemption>{{ten, "west", 1}, {ten + 1min, "east", 2}}));
  EXPECT_EQ(museum.vouchers().find(voucher.code), *rest);
  EXPECT_EQ(museum.log().back().event,
            (Event{VoucherRedeemed{voucher.id, voucher.reservation, "seokwon", "east", 2, 3}}));
}

TEST_P(Redeeming, IsAllowedBeforeTheSessionStarts) {
  const auto voucher = museum.voucher_of(visit().id);
  ASSERT_LT(museum.clock.now(), ten);
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code)));
}

TEST_P(Redeeming, IsRefusedOnceTheSessionIsOver) {
  const auto voucher = museum.voucher_of(visit(2).id);
  museum.clock.set(eleven - 1ms);
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code)));
  museum.clock.set(eleven);
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code), refusal::SessionOver{}));
}

TEST_P(Redeeming, IsRefusedWhenFewerAreLeftAndTellsSince) {
  const auto voucher = museum.voucher_of(visit(3).id);
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code, {.count = 4}),
                         refusal::AlreadyRedeemed{3, 0, std::nullopt}));
  museum.vouchers().redeem(voucher.code, {.count = 2}).value();
  museum.clock.advance(1min);
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code, {.count = 2}),
                         refusal::AlreadyRedeemed{3, 2, morning}));
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code, {.count = 1})));
}

TEST_P(Redeeming, IsRefusedWhenTheVoucherIsDeactivated) {
  const auto reservation = visit();
  const auto voucher = museum.voucher_of(reservation.id);
  museum.bookings().cancel(reservation.id).value();
  museum.pump_all();
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code), refusal::VoucherDeactivated{}));
}

TEST_P(Redeeming, IsRefusedWhenTheReservationIsCancelledThoughTheDeskHasNotRunYet) {
  const auto reservation = visit();
  const auto voucher = museum.voucher_of(reservation.id);
  museum.bookings().cancel(reservation.id).value();
  EXPECT_EQ(museum.vouchers().find(voucher.code)->status, VoucherStatus::active) << "it lags";
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code), refusal::VoucherDeactivated{}));
}

TEST_P(Redeeming, IsRefusedWhenTheExhibitionIsWithdrawnOrTheSessionCancelled) {
  const auto voucher = museum.voucher_of(visit().id);
  museum.catalogue().cancel_session(shown.session).value();
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code), refusal::VoucherDeactivated{}));

  const auto other = museum.register_one();
  const auto second = museum.voucher_of(museum.reserve(other.session).id);
  museum.catalogue().withdraw(other.exhibition).value();
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(second.code), refusal::VoucherDeactivated{}));
}

TEST_P(Redeeming, ByASuspendedExhibitionOrInAClosedSessionIsAllowed) {
  const auto voucher = museum.voucher_of(visit(2).id);
  museum.catalogue().close(shown.session).value();
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code)));
  museum.catalogue().suspend(shown.exhibition).value();
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code)));
}

TEST_P(UndoingARedemption, TakesTheLastOneBack) {
  const auto voucher = museum.voucher_of(visit(3).id);
  museum.vouchers().redeem(voucher.code, {.gate = "west", .count = 1}).value();
  museum.vouchers().redeem(voucher.code, {.gate = "east", .count = 2}).value();
  const auto undone = museum.vouchers().undo_redeem(voucher.code);
  ASSERT_TRUE(is_done(undone));
  EXPECT_EQ(undone->admitted, 1U);
  EXPECT_EQ(undone->redemptions, (std::vector<Redemption>{{morning, "west", 1}}));
  EXPECT_EQ(museum.vouchers().find(voucher.code), *undone);
  EXPECT_EQ(museum.log().back().event,
            (Event{RedemptionUndone{voucher.id, voucher.reservation, "seokwon", "east", 2, 1}}));
}

TEST_P(UndoingARedemption, IsRefusedWhenThereIsNone) {
  const auto voucher = museum.voucher_of(visit().id);
  const auto answer = museum.vouchers().undo_redeem(voucher.code);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::illegal_transition);
}

TEST_P(UndoingARedemption, IsRefusedWhenTheVoucherIsNoLongerGood) {
  const auto reservation = visit();
  const auto voucher = museum.voucher_of(reservation.id);
  museum.vouchers().redeem(voucher.code).value();
  museum.bookings().cancel(reservation.id, Canceller::organiser).value();
  EXPECT_TRUE(
      is_refused(museum.vouchers().undo_redeem(voucher.code), refusal::VoucherDeactivated{}));
  museum.pump_all();
  EXPECT_TRUE(
      is_refused(museum.vouchers().undo_redeem(voucher.code), refusal::VoucherDeactivated{}));
}

}  // namespace
}  // namespace exhibition::tests
