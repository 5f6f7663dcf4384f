#pragma once

#include <vector>

#include "exhibition/testing/storage_contract/collections.hpp"
#include "exhibition/testing/storage_contract/units.hpp"

/// Vouchers with their redemptions.

namespace exhibition::testing {

TYPED_TEST_P(StorageContract, AVoucherComesOutWithItsRedemptionsAsItWentIn) {
  const auto plain = samples::voucher(1);
  const auto extreme = samples::extreme_voucher(samples::huge_id);
  contract::commit_and_look(
      this->storage(),
      [&](UnitOfWork& unit) {
        samples::add_show(unit);
        unit.reservations().add(samples::reservation(1));
        unit.vouchers().add(plain);
        unit.vouchers().add(extreme);
      },
      [&](const ReadView& view) {
        EXPECT_EQ(view.vouchers().find_by_code(plain.code), plain);
        EXPECT_EQ(view.vouchers().find_by_code(extreme.code), extreme);
        EXPECT_EQ(view.vouchers().list(VoucherId{}, 10), (std::vector{plain, extreme}));
        EXPECT_EQ(view.vouchers().list_of(ReservationId{1}), (std::vector{plain, extreme}));
      });
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    EXPECT_EQ(unit.vouchers().find_for_update(plain.id), plain);
    EXPECT_EQ(unit.vouchers().find_for_update(extreme.id), extreme);
    EXPECT_EQ(unit.vouchers().find_for_update(VoucherId{2}), std::nullopt);
  });
}

TYPED_TEST_P(StorageContract, NoTwoVouchersHaveOneCode) {
  auto second = samples::voucher(2);
  second.code = samples::voucher(1).code;
  contract::CountedWork work([&](UnitOfWork& unit) -> Result<void> {
    samples::add_show(unit);
    unit.reservations().add(samples::reservation(1));
    unit.vouchers().add(samples::voucher(1));
    unit.vouchers().add(second);
    return {};
  });
  this->storage().transact(work);
  ASSERT_FALSE(work.outcome);
  EXPECT_EQ(work.outcome.error().code, Errc::storage_failure);
  contract::expect_nothing(this->storage());
}

TYPED_TEST_P(StorageContract, RedemptionsAreAddedAndTakenBack) {
  auto voucher = samples::voucher(1);
  contract::commit(this->storage(), [&](UnitOfWork& unit) {
    samples::add_show(unit);
    unit.reservations().add(samples::reservation(1));
    unit.vouchers().add(voucher);
  });
  const auto save = [&] {
    ++voucher.version;
    voucher.admitted = 0;
    for (const auto& redemption : voucher.redemptions) voucher.admitted += redemption.count;
    contract::commit_and_look(
        this->storage(), [&](UnitOfWork& unit) { unit.vouchers().save(voucher); },
        [&](const ReadView& view) {
          EXPECT_EQ(view.vouchers().find_by_code(voucher.code), voucher);
        });
  };
  voucher.redemptions.push_back({samples::noon, "north", 1});
  save();
  voucher.redemptions.push_back({samples::noon, "", 2});
  save();
  voucher.redemptions.pop_back();
  save();
  voucher.redemptions.push_back({Instant::max(), "south", 1'000'000'000});
  save();
  voucher.redemptions.clear();
  voucher.status = VoucherStatus::deactivated;
  save();
}

TYPED_TEST_P(StorageContract, VouchersAreFoundByCodeAndListedById) {
  contract::commit_and_look(
      this->storage(),
      [](UnitOfWork& unit) {
        samples::add_show(unit);
        unit.reservations().add(samples::reservation(1));
        unit.reservations().add(samples::reservation(2));
        for (const std::int64_t id : {9, 2, 10, 1}) {
          unit.vouchers().add(samples::voucher(id, id < 3 ? 1 : 2));
        }
      },
      [](const ReadView& view) {
        using contract::Ids, contract::ids_of;
        EXPECT_EQ(view.vouchers().find_by_code(samples::voucher(9).code), samples::voucher(9, 2));
        EXPECT_EQ(view.vouchers().find_by_code("9"), std::nullopt);
        EXPECT_EQ(view.vouchers().find_by_code(""), std::nullopt);
        EXPECT_EQ(ids_of(view.vouchers().list(VoucherId{}, 10)), (Ids{1, 2, 9, 10}));
        EXPECT_EQ(ids_of(view.vouchers().list(VoucherId{1}, 2)), (Ids{2, 9}));
        EXPECT_EQ(ids_of(view.vouchers().list_of(ReservationId{1})), (Ids{1, 2}));
        EXPECT_EQ(ids_of(view.vouchers().list_of(ReservationId{2})), (Ids{9, 10}));
        EXPECT_TRUE(view.vouchers().list_of(ReservationId{3}).empty());
      });
}

}  // namespace exhibition::testing
