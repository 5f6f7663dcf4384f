// The my-page file beside a booking file: what happens to it never stops a booking.

#include <gtest/gtest.h>

#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

class TheMyPageFile : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  fs::path file = folder.path() / "museum.db";
  fs::path pages = pages_of(file);
  SessionId session = make_store(file);

  /// A pump goes on without my page, and says why; bookings and vouchers are not held up.
  void expect_bookings_without_my_page(Engine& engine, std::string_view cause) {
    const auto made = try_reserve(engine, session, "unpaged");
    ASSERT_TRUE(is_done(made));
    const auto report = engine.events().pump();
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures.front().part, "my-page");
    EXPECT_TRUE(blames(report.failures.front().error, {pages.string(), cause}));
    EXPECT_TRUE(report.retry_at);
    EXPECT_GT(report.followed("voucher-desk"), 0U);
    EXPECT_EQ(engine.vouchers().of(made->reservation.id).value().size(), 1U);
    EXPECT_TRUE(is_clean(engine));
  }
};

TEST_F(TheMyPageFile, IsMadeAnewFromTheLogWhenItIsGone) {
  std::vector<MyPageEntry> before;
  {
    auto engine = open_file(file).value();
    engine.events().pump();
    before = entries(engine);
    ASSERT_EQ(before.size(), 2U);
  }
  fs::remove(pages);
  auto engine = open_file(file).value();
  EXPECT_TRUE(entries(engine).empty());
  EXPECT_TRUE(engine.events().pump().failures.empty());
  EXPECT_EQ(entries(engine), before);
}

TEST_F(TheMyPageFile, OfGarbageIsRefusedByName) {
  write_bytes(pages, std::string(5000, 'x'));
  EXPECT_TRUE(blames(open_file(file), {pages.string(), "not a database"}));
  EXPECT_EQ(bytes_of(pages), std::string(5000, 'x'));

  fs::remove(pages);
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(TheMyPageFile, OfANewerVersionIsRefusedByNameAndNotTouched) {
  const auto version = RawFile(pages).integer("PRAGMA user_version");
  RawFile(pages).execute("PRAGMA user_version = " + std::to_string(version + 1));
  const auto newer = bytes_of(pages);
  EXPECT_TRUE(blames(open_file(file), {pages.string(), "newer version"}));
  EXPECT_TRUE(bytes_of(pages) == newer);

  RawFile(pages).execute("PRAGMA user_version = " + std::to_string(version));
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(TheMyPageFile, OfAnotherApplicationIsRefusedByName) {
  fs::remove(pages);
  RawFile(pages).execute("CREATE TABLE diary(day TEXT)");
  EXPECT_TRUE(blames(open_file(file), {pages.string(), "another application"}));
}

TEST_F(TheMyPageFile, ThatIsAFolderIsRefusedByName) {
  fs::remove(pages);
  fs::create_directory(pages);
  EXPECT_TRUE(blames(open_file(file), {pages.string(), "is a folder"}));
}

TEST_F(TheMyPageFile, ThatWasCutInHalfIsRefusedByName) {
  const auto whole = bytes_of(pages);
  write_bytes(pages, whole.substr(0, whole.size() / 2));
  EXPECT_TRUE(blames(open_file(file), {pages.string(), "malformed"}));
}

TEST_F(TheMyPageFile, ThatIsRefusedLeavesTheBookingFileGood) {
  const auto before = everything_in(file);
  write_bytes(pages, "no database");
  EXPECT_FALSE(open_file(file));
  EXPECT_TRUE(everything_in(file) == before);
  auto engine = Engine::open({.storage = sqlite::storage(file), .my_pages = memory::my_pages()});
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(is_clean(*engine));
}

TEST_F(TheMyPageFile, ThatIsLockedIsReportedByThePumpWhileBookingsGoOn) {
  auto engine = open_file(file, 20ms).value();
  ASSERT_TRUE(works(engine, session));
  RawFile other(pages);
  other.execute("BEGIN IMMEDIATE");
  expect_bookings_without_my_page(engine, "locked");
  EXPECT_TRUE(is_done(engine.my_page().of("seokwon"))) << "who reads does not wait for writers";

  other.execute("ROLLBACK");
  EXPECT_TRUE(works(engine, session));
  EXPECT_EQ(engine.my_page().of("unpaged").value().items.size(), 1U);
}

TEST_F(TheMyPageFile, ThatLostATableIsReportedByThePumpWhileBookingsGoOn) {
  auto engine = open_file(file).value();
  ASSERT_TRUE(works(engine, session));
  RawFile(pages).execute("ALTER TABLE entry RENAME TO elsewhere");
  expect_bookings_without_my_page(engine, "entry");
  EXPECT_TRUE(blames(engine.my_page().of("seokwon"), {pages.string(), "entry"}));

  RawFile(pages).execute("ALTER TABLE elsewhere RENAME TO entry");
  EXPECT_TRUE(works(engine, session));
  EXPECT_EQ(engine.my_page().of("unpaged").value().items.size(), 1U);
}

}  // namespace
}  // namespace exhibition::tests
