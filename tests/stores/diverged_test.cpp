// A log that is not the one that was followed: another one, or an older copy.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "exhibition/adapters/sqlite.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using Members = std::vector<std::string>;

class ADivergedLog : public ::testing::Test {
 protected:
  /// A mailer, and a read model in a file.
  void follow() {
    museum.events()
        .follow("mailer", EventTypes::of<ReservationConfirmed>(),
                [this](const Delivery& delivery) {
                  written.push_back(std::get<ReservationConfirmed>(delivery.envelope.event).member);
                })
        .value();
    museum.events()
        .project("count", sqlite::projection_file(museum.folder() / "count.db"),
                 [this](sqlite::Transaction&, const Envelope&) { ++counted; })
        .value();
  }

  void reserve(const Members& members) {
    for (const auto& member : members) museum.reserve(shown.session, member);
  }

  [[nodiscard]] FollowerStatus status_of(std::string_view name) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == name) return status;
    }
    throw std::runtime_error("no such follower");
  }

  /// Has mina's reservation followed, and gives a copy of the booking file with its side files.
  [[nodiscard]] fs::path follow_and_back_up() {
    follow();
    reserve({"mina"});
    museum.pump_all();
    museum.engine().backup(museum.folder() / "copy.db").value();
    return museum.folder() / "copy.db";
  }

  /// Puts a copy in the place of the booking file, and leaves the files beside it as they are.
  void restore(const fs::path& copy) {
    museum.close();
    for (const auto* part : {"-wal", "-shm"}) fs::remove(museum.file().string() + part);
    fs::copy_file(copy, museum.file(), fs::copy_options::overwrite_existing);
    museum.reopen();
    follow();
  }

  void expect_diverged(const std::vector<std::string>& names) {
    const auto delivered = written.size() + counted;
    const auto report = museum.events().pump();
    EXPECT_EQ(report.failures.size(), names.size());
    for (const auto& failure : report.failures) EXPECT_EQ(failure.error.code, Errc::log_diverged);
    for (const auto& name : names) {
      const auto status = status_of(name);
      EXPECT_EQ(status.state, FollowerState::diverged) << name;
      EXPECT_GT(status.lag_events, 0) << name;
      const auto waited = museum.events().wait_for(name, 1h);
      ASSERT_FALSE(waited.has_value()) << name;
      EXPECT_EQ(waited.error().code, Errc::log_diverged) << name;
    }
    EXPECT_EQ(written.size() + counted, delivered) << "nobody goes on";
  }

  Museum museum{StorageKind::sqlite};
  const Shown shown = museum.register_one(std::nullopt);
  Members written;
  std::size_t counted = 0;
  const std::vector<std::string> beside = {"my-page", "mailer", "count"};
};

TEST_F(ADivergedLog, ThatHasLostItsEndIsNotFollowed) {
  const auto copy = follow_and_back_up();
  reserve({"juno", "dora"});
  museum.pump_all();
  restore(copy);
  expect_diverged(beside);
}

TEST_F(ADivergedLog, ThatHasGrownAnewIsNotFollowed) {
  const auto copy = museum.folder() / "copy.db";
  follow();
  museum.engine().backup(copy).value();
  reserve({"mina", "juno"});
  museum.pump_all();
  restore(copy);
  museum.clock.advance(1s);
  reserve({"dora", "nora", "lora", "flora"});
  expect_diverged(beside);
}

TEST_F(ADivergedLog, IsFollowedAgainOnceTheReadModelIsMadeAnew) {
  const auto copy = follow_and_back_up();
  reserve({"juno", "dora"});
  museum.pump_all();
  restore(copy);
  expect_diverged(beside);
  counted = 0;
  for (const auto* name : {"my-page", "count"}) {
    EXPECT_TRUE(museum.events().rebuild(name).value());
    EXPECT_EQ(status_of(name).state, FollowerState::running);
    EXPECT_EQ(status_of(name).lag_events, 0);
  }
  EXPECT_EQ(counted, museum.log().size());
  EXPECT_EQ(museum.my_page().of("juno").value().items.size(), 0U);
  reserve({"nora"});
  museum.events().pump();
  EXPECT_EQ(museum.my_page().of("nora").value().items.size(), 1U);
  EXPECT_EQ(counted, museum.log().size());
  EXPECT_EQ(status_of("mailer").state, FollowerState::diverged) << "what it has done is done";
}

TEST_F(ADivergedLog, IsNoBookingFilesOwnVoucherDesks) {
  const auto copy = follow_and_back_up();
  reserve({"juno"});
  museum.pump_all();
  restore(copy);
  reserve({"dora"});
  museum.events().pump();
  EXPECT_EQ(status_of("voucher-desk").state, FollowerState::running);
  EXPECT_TRUE(museum.events().wait_for("voucher-desk", 1min).value());
}

TEST_F(ADivergedLog, IsNotOneThatWasRestoredWithTheFilesBesideIt) {
  const auto copy = follow_and_back_up();
  reserve({"juno"});
  museum.pump_all();
  museum.close();
  for (const auto* of : {"", "-my-page", "-followers"}) {
    for (const auto* part : {"-wal", "-shm"}) fs::remove(museum.file().string() + of + part);
    fs::copy_file(copy.string() + of, museum.file().string() + of,
                  fs::copy_options::overwrite_existing);
  }
  museum.reopen();
  written.clear();
  museum.events()
      .follow("mailer", EventTypes::of<ReservationConfirmed>(),
              [this](const Delivery& delivery) {
                written.push_back(std::get<ReservationConfirmed>(delivery.envelope.event).member);
              })
      .value();
  museum.clock.advance(1s);
  reserve({"dora"});
  museum.pump_all();
  EXPECT_EQ(written, Members{"dora"});
  EXPECT_EQ(museum.my_page().of("juno").value().items.size(), 0U);
  EXPECT_EQ(museum.my_page().of("dora").value().items.size(), 1U);
}

TEST_F(ADivergedLog, LeavesMyPageToBeMadeAnewFromAFileThatIsGone) {
  const auto copy = museum.folder() / "copy.db";
  museum.engine().backup(copy).value();
  reserve({"mina"});
  museum.pump_all();
  restore(copy);
  museum.close();
  for (const auto* part : {"", "-wal", "-shm"}) {
    fs::remove(museum.file().string() + "-my-page" + part);
  }
  museum.reopen();
  reserve({"juno"});
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("mina").value().items.size(), 0U);
  EXPECT_EQ(museum.my_page().of("juno").value().items.size(), 1U);
}

TEST_F(ADivergedLog, MayBeAnotherOneAltogether) {
  reserve({"mina"});
  museum.pump_all();
  const auto pages = museum.file().string() + "-my-page";
  museum.close();
  Museum other(StorageKind::sqlite);
  const auto elsewhere = other.register_one(std::nullopt);
  for (int i = 0; i < 9; ++i) other.reserve(elsewhere.session, "mina");
  other.close();
  fs::copy_file(pages, other.file().string() + "-my-page", fs::copy_options::overwrite_existing);
  other.reopen();
  const auto report = other.events().pump();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "my-page");
  EXPECT_EQ(report.failures[0].error.code, Errc::log_diverged);
}

}  // namespace
}  // namespace exhibition::tests
