#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "exhibition/testing/storage_contract/units.hpp"

/// A copy is as its store was at one instant.

namespace exhibition::testing {

namespace contract {

/// A new and empty folder among the temporary ones, gone at the end.
class OwnFolder {
 public:
  OwnFolder() {
    const auto all = std::filesystem::temp_directory_path();
    for (int number = 0; path_.empty(); ++number) {
      const auto free = all / ("exhibition-contract-" + std::to_string(number));
      if (std::filesystem::create_directory(free)) path_ = free;
    }
  }
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace contract

TYPED_TEST_P(StorageContract, ABackupOpensAsTheStoreWas) {
  if constexpr (TypeParam::files) {
    contract::commit(this->storage(), contract::write_everything);
    const auto drawn = this->storage().draw_ids(IdKind::reservation, 5);
    const std::filesystem::path target = this->harness.folder() / "copy";
    ASSERT_TRUE(this->storage().backup(target));
    contract::commit(this->storage(), contract::take_one);

    const auto copy = this->harness.open_at(target).value();
    copy->read([](const ReadView& view) {
      EXPECT_EQ(view.exhibitions().find(ExhibitionId{1}), samples::exhibition(1));
      EXPECT_EQ(view.sessions().find(SessionId{1}), samples::session(1));
      EXPECT_EQ(view.reservations().find(ReservationId{1}), samples::hold(1, samples::noon));
      EXPECT_EQ(view.vouchers().list(VoucherId{}, 9), std::vector{samples::extreme_voucher(1)});
      EXPECT_EQ(view.keys().find("reserve", "key"), (KnownCommand{1, 1}));
      EXPECT_EQ(contract::position_of(view.followers(), "voucher-desk"), Position{1});
      EXPECT_EQ(view.log().read(Position{}, 9).size(), 1U);
    });
    EXPECT_EQ(copy->draw_ids(IdKind::reservation, 1).first, drawn.first + drawn.count);
    contract::commit(*copy, [](UnitOfWork& unit) { unit.log().append(samples::event(9)); });
    this->storage().read(
        [](const ReadView& view) { EXPECT_EQ(view.log().read(Position{}, 9).size(), 1U); });
  } else {
    const contract::OwnFolder folder;
    const auto outcome = this->storage().backup(folder.path() / "copy");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
}

TYPED_TEST_P(StorageContract, ABackupOverwritesNothing) {
  if constexpr (TypeParam::files) {
    const std::filesystem::path target = this->harness.folder() / "precious";
    std::ofstream(target) << "a diary";
    const auto outcome = this->storage().backup(target);
    ASSERT_FALSE(outcome);
    const auto* why = std::get_if<refusal::InvalidArgument>(&outcome.error().detail);
    ASSERT_NE(why, nullptr);
    EXPECT_EQ(why->field, "path");
    std::string text;
    std::getline(std::ifstream(target), text);
    EXPECT_EQ(text, "a diary");
  } else {
    GTEST_SKIP() << "this adapter has no files";
  }
}

TYPED_TEST_P(StorageContract, ABackupIntoNowhereIsAStorageFailureAndLeavesNothing) {
  if constexpr (TypeParam::files) {
    const std::filesystem::path target = this->harness.folder() / "no such folder" / "copy";
    const auto outcome = this->storage().backup(target);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::storage_failure);
    EXPECT_FALSE(std::filesystem::exists(target));
    contract::commit(this->storage(), contract::write_everything);
  } else {
    GTEST_SKIP() << "this adapter has no files";
  }
}

TYPED_TEST_P(StorageContract, ABackupWhileOthersWriteIsOfOneInstant) {
  if constexpr (TypeParam::files) {
    Storage& storage = this->storage();
    contract::commit(storage, samples::add_show);
    contract::Latch copied;
    std::atomic<std::int64_t> written = 0;
    contract::on_threads(2, [&](std::size_t thread) {
      if (thread == 0) {
        const contract::OpenAtTheEnd copied_or_failed(copied);
        for (int copy = 0; copy < 3; ++copy) {
          const auto before = written.load();
          EXPECT_TRUE(contract::comes_true([&] { return written >= before + 5; }))
              << "there is nothing new in the copy";
          const auto outcome =
              storage.backup(this->harness.folder() / ("copy" + std::to_string(copy)));
          EXPECT_TRUE(outcome) << outcome.error();
        }
        return;
      }
      for (std::int64_t version = 2; !copied.is_open(); ++version) {
        contract::commit(storage, [&](UnitOfWork& unit) {
          contract::take_one(unit);
          unit.log().append(samples::event(version));
        });
        ++written;
      }
    });
    for (int copy = 0; copy < 3; ++copy) {
      const auto opened =
          this->harness.open_at(this->harness.folder() / ("copy" + std::to_string(copy))).value();
      opened->read([&](const ReadView& view) {
        EXPECT_GE(contract::taken(view), 5 * (copy + 1)) << "each has more in it";
        EXPECT_EQ(static_cast<std::int64_t>(view.log().read(Position{}, 1'000'000).size()),
                  contract::taken(view));
      });
    }
  } else {
    GTEST_SKIP() << "this adapter has no files";
  }
}

TYPED_TEST_P(StorageContract, ABackupOfMyPagesGoesBesideTheCopyOfTheStore) {
  const auto pages = this->storage().my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers& followers) {
    unit.save(samples::entry(1));
    contract::save_position(followers, "my-page", Position{4});
  });
  if constexpr (TypeParam::files) {
    const std::filesystem::path target = this->harness.folder() / "copy";
    const auto side_file = pages->backup(target).value();
    ASSERT_TRUE(side_file.has_value());
    EXPECT_TRUE(std::filesystem::exists(*side_file));
    EXPECT_FALSE(pages->backup(target)) << "there is a copy already";
    ASSERT_TRUE(this->storage().backup(target));
    const auto copy = this->harness.open_at(target).value()->my_pages().value();
    EXPECT_EQ(copy->list(ReservationId{}, 9), std::vector{samples::entry(1)});
    copy->read([](const Followers& followers) {
      EXPECT_EQ(contract::position_of(followers, "my-page"), Position{4});
    });
  } else {
    const contract::OwnFolder folder;
    EXPECT_EQ(pages->backup(folder.path() / "copy").value(), std::nullopt);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
}

}  // namespace exhibition::testing
