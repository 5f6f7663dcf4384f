// Vouchers: their codes, what they decide, and when the desk acts.

#include <gtest/gtest.h>

#include <set>

#include "exhibition/core/random.hpp"
#include "exhibition/domain/facts.hpp"
#include "exhibition/domain/voucher_reaction.hpp"
#include "support/effort.hpp"
#include "unit/sample.hpp"

namespace exhibition {
namespace {

using namespace sample;

Voucher voucher(std::uint32_t admits = 2) {
  return {.id = VoucherId{4},
          .reservation = ReservationId{3},
          .code = make_voucher_code(1, 2),
          .admits = admits};
}

TEST(AVoucherCode, IsAll128BitsIn26Characters) {
  EXPECT_EQ(make_voucher_code(0, 0), "00000000000000000000000000");
  EXPECT_EQ(make_voucher_code(0, 1), "00000000000000000000000001");
  EXPECT_EQ(make_voucher_code(0, 31), "0000000000000000000000000Z");
  EXPECT_EQ(make_voucher_code(0, 32), "00000000000000000000000010");
  EXPECT_EQ(make_voucher_code(UINT64_MAX, UINT64_MAX), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(make_voucher_code(0x0123456789ABCDEF, 0xFEDCBA9876543210),
            "014D2PF2DBSQQZXQ5TK1V58CGG");
}

TEST(AVoucherCode, DiffersWheneverABitDoes) {
  std::set<std::string> codes;
  for (unsigned bit = 0; bit < 64; ++bit) {
    codes.insert(make_voucher_code(std::uint64_t{1} << bit, 0));
    codes.insert(make_voucher_code(0, std::uint64_t{1} << bit));
  }
  EXPECT_EQ(codes.size(), 128U);
}

TEST(AVoucherCode, IsReadBackAsItWasMade) {
  SeededRandom random(tests::announce_seed());
  for (std::size_t i = 0; i < tests::rounds(1'000, 1'000'000); ++i) {
    const auto high = random.bits();
    const auto code = make_voucher_code(high, random.bits());
    ASSERT_EQ(parse_voucher_code(code), code);
    for (const char c : {'I', 'L', 'O', 'U'}) ASSERT_EQ(code.find(c), std::string::npos);
  }
}

TEST(AVoucherCode, IsReadLeniently) {
  const std::string code = "0123456789ABCDEFGHJKMNPQRS";
  EXPECT_EQ(parse_voucher_code("0123456789abcdefghjkmnpqrs"), code);
  EXPECT_EQ(parse_voucher_code("01234-56789 ABCDE-FGHJK--MNPQR S "), code);
  EXPECT_EQ(parse_voucher_code("OI23456789abcdefghjkmnpqrs"), code);
  EXPECT_EQ(parse_voucher_code("ol23456789abcdefghjkmnpqrs"), code);
  EXPECT_EQ(parse_voucher_code("oi23456789abcdefghjkmnpqrs"), code);
  EXPECT_EQ(parse_voucher_code("0L23456789abcdefghjkmnpqrs"), code);
}

TEST(AVoucherCode, IsNothingElse) {
  const std::string code = "0123456789ABCDEFGHJKMNPQRS";
  EXPECT_EQ(parse_voucher_code(""), std::nullopt);
  EXPECT_EQ(parse_voucher_code(code.substr(1)), std::nullopt) << "too short";
  EXPECT_EQ(parse_voucher_code(code + "0"), std::nullopt) << "too long";
  EXPECT_EQ(parse_voucher_code("U123456789ABCDEFGHJKMNPQRS"), std::nullopt);
  EXPECT_EQ(parse_voucher_code("_123456789ABCDEFGHJKMNPQRS"), std::nullopt);
  EXPECT_EQ(parse_voucher_code("\n" + code), std::nullopt);
  EXPECT_EQ(parse_voucher_code(std::string("\0", 1) + code.substr(1)), std::nullopt);
  EXPECT_EQ(parse_voucher_code(std::string(1'000'000, '-')), std::nullopt);
}

TEST(AVoucher, LetsInAsManyAsItAdmits) {
  const auto once = voucher(2).redeem({.gate = "west"}, confirmed(2), morning).value();
  EXPECT_EQ(once.admitted, 1U);
  EXPECT_EQ(once.redemptions, (std::vector<Redemption>{{morning, "west", 1}}));
  EXPECT_EQ(once.version, 2);
  EXPECT_EQ(once.redeem({.count = 2}, confirmed(2), ten).error(),
            Error(refusal::AlreadyRedeemed{2, 1, morning}));
  EXPECT_EQ(once.redeem({.count = UINT32_MAX}, confirmed(2), ten).error().code,
            Errc::already_redeemed);
  EXPECT_EQ(once.redeem({}, confirmed(2), ten)->admitted, 2U);
}

TEST(AVoucher, IsNoGoodWhenTheReservationIsNot) {
  const refusal::VoucherDeactivated no;
  EXPECT_EQ(voucher().redeem({}, held(), morning).error(), Error(no));
  auto withdrawn = confirmed();
  withdrawn.exhibition = withdrawn.exhibition.withdraw(morning);
  EXPECT_EQ(voucher().redeem({}, withdrawn, morning).error(), Error(no));
  EXPECT_EQ(voucher().deactivate().redeem({}, confirmed(), morning).error(), Error(no));
  EXPECT_EQ(voucher().deactivate().undo_redeem(confirmed(), morning).error(), Error(no));
}

TEST(AVoucher, TakesItsLastRedemptionBack) {
  const auto twice = voucher(3)
                         .redeem({.gate = "west"}, confirmed(3), morning)
                         ->redeem({.gate = "east", .count = 2}, confirmed(3), ten)
                         .value();
  const auto undone = twice.undo_redeem(confirmed(3), ten).value();
  EXPECT_EQ(undone.admitted, 1U);
  EXPECT_EQ(undone.redemptions.back().gate, "west");
  EXPECT_EQ(undone.version, 4);
  EXPECT_EQ(facts::undone(twice, undone, confirmed().reservation).gate, "east");
  EXPECT_EQ(undone.undo_redeem(confirmed(3), ten)->undo_redeem(confirmed(3), ten).error().code,
            Errc::illegal_transition);
}

TEST(TheVoucherDesk, ActivatesForWhatIsConfirmedAndStillIs) {
  const Event happened = ReservationConfirmed{facts::of(confirmed())};
  EXPECT_EQ(react(happened, confirmed(), false, morning), VoucherReaction::activate);
  EXPECT_EQ(react(happened, confirmed(), true, morning), VoucherReaction::none) << "one at most";
  auto withdrawn = confirmed();
  withdrawn.exhibition = withdrawn.exhibition.withdraw(morning);
  EXPECT_EQ(react(happened, withdrawn, false, morning), VoucherReaction::none);
  auto cancelled = confirmed();
  cancelled.reservation.status = ReservationStatus::cancelled;
  EXPECT_EQ(react(happened, cancelled, false, morning), VoucherReaction::none);
}

TEST(TheVoucherDesk, DeactivatesForWhatIsCancelledOrHasExpired) {
  const auto facts = facts::of(confirmed());
  for (const Event& happened :
       {Event{ReservationCancelled{facts, CancelReason::member, std::nullopt}},
        Event{ReservationExpired{facts, morning}}}) {
    EXPECT_TRUE(voucher_causes().contains(happened));
    EXPECT_EQ(react(happened, confirmed(), true, morning), VoucherReaction::deactivate);
    EXPECT_EQ(react(happened, confirmed(), false, morning), VoucherReaction::none);
  }
}

TEST(TheVoucherDesk, LooksAtNothingElse) {
  EXPECT_TRUE(voucher_causes().contains(ReservationConfirmed{}));
  EXPECT_FALSE(voucher_causes().contains(ReservationHeld{}));
  EXPECT_FALSE(voucher_causes().contains(HoldExtended{}));
  EXPECT_FALSE(voucher_causes().contains(VoucherActivated{}));
  EXPECT_FALSE(voucher_causes().contains(ExhibitionWithdrawn{}));
  EXPECT_FALSE(voucher_causes().contains(UnknownEvent{}));
}

}  // namespace
}  // namespace exhibition
