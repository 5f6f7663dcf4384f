// Engine::backup: what it refuses, what it leaves behind, and what the copy is.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "stores/stores.hpp"
#include "support/lent.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class ABackup : public ::testing::Test {
 protected:
  TemporaryFolder house;
  TemporaryFolder safe;
  fs::path file = house.path() / "museum.db";
  fs::path copy = safe.path() / "copy.db";
  SessionId session = make_store(file);
  Engine engine = open_file(file).value();
};

TEST_F(ABackup, IsThreeFilesThatOpenAsTheyAreAndHaveEverything) {
  ASSERT_TRUE(is_done(engine.backup(copy)));
  EXPECT_EQ(names_in(safe.path()), (Names{"copy.db", "copy.db-followers", "copy.db-my-page"}));
  EXPECT_EQ(everything_in(copy), everything_in(file));
  EXPECT_EQ(everything_in(pages_of(copy)), everything_in(pages_of(file)));
  EXPECT_EQ(everything_in(copy.string() + "-followers"),
            everything_in(file.string() + "-followers"));

  auto restored = open_file(copy);
  ASSERT_TRUE(is_done(restored));
  EXPECT_TRUE(is_clean(*restored));
  EXPECT_TRUE(works(*restored, session));
  EXPECT_TRUE(works(engine, session));
}

TEST_F(ABackup, IsOpenedWithoutBlameForWhatAFollowerWasAtWhenItWasMade) {
  std::vector<int> attempts;
  Engine* busy = nullptr;
  const auto follow = [&](Engine& museum) {
    const auto note = [&](const Delivery& delivery) {
      attempts.push_back(delivery.attempt);
      if (!busy) return;
      EXPECT_TRUE(is_done(std::exchange(busy, nullptr)->backup(copy)));
    };
    museum.events().follow("relay", EventTypes::of<ReservationConfirmed>(), note).value();
  };
  follow(engine);
  ASSERT_TRUE(works(engine, session));
  busy = &engine;
  ASSERT_TRUE(works(engine, session));
  auto restored = open_file(copy).value();
  follow(restored);
  attempts.clear();
  EXPECT_TRUE(restored.events().pump().failures.empty());
  EXPECT_EQ(attempts, std::vector<int>{1}) << "at once, and as if for the first time";
}

TEST_F(ABackup, StandsOnItsOwn) {
  ASSERT_TRUE(is_done(engine.backup(copy)));
  const auto before = everything_in(copy);
  ASSERT_TRUE(works(engine, session));
  EXPECT_EQ(everything_in(copy), before);
}

TEST_F(ABackup, NeverDrawsAnIdThatTheOriginalHasGivenOut) {
  const auto last = try_reserve(engine, session).value().reservation.id;
  ASSERT_TRUE(is_done(engine.backup(copy)));
  auto restored = open_file(copy).value();
  EXPECT_GT(try_reserve(restored, session).value().reservation.id, last);
}

TEST_F(ABackup, CanBeBackedUpItself) {
  ASSERT_TRUE(is_done(engine.backup(copy)));
  auto restored = open_file(copy).value();
  ASSERT_TRUE(is_done(restored.backup(safe.path() / "second.db")));
  EXPECT_EQ(everything_in(safe.path() / "second.db"), everything_in(file));
}

TEST_F(ABackup, RefusesATargetThatIsThereAndLeavesItAlone) {
  write_bytes(copy, "mine");
  EXPECT_TRUE(is_invalid(engine.backup(copy), "path"));
  EXPECT_EQ(bytes_of(copy), "mine");
  EXPECT_EQ(names_in(safe.path()), Names{"copy.db"});
}

TEST_F(ABackup, RefusesAMyPageTargetThatIsThereAndLeavesItAlone) {
  write_bytes(pages_of(copy), "mine");
  EXPECT_TRUE(is_invalid(engine.backup(copy), "path"));
  EXPECT_EQ(bytes_of(pages_of(copy)), "mine");
  EXPECT_EQ(names_in(safe.path()), Names{"copy.db-my-page"});
}

TEST_F(ABackup, RefusesAFolderAndALinkToNothing) {
  fs::create_directory(copy);
  EXPECT_TRUE(is_invalid(engine.backup(copy), "path"));
  EXPECT_TRUE(names_in(copy).empty());
  const auto link = safe.path() / "link.db";
  fs::create_symlink(safe.path() / "nothing.db", link);
  EXPECT_TRUE(is_invalid(engine.backup(link), "path"));
  EXPECT_EQ(names_in(safe.path()), (Names{"copy.db", "link.db"}));
}

TEST_F(ABackup, RefusesToGoOntoItself) {
  const auto before = everything_in(file);
  EXPECT_TRUE(is_invalid(engine.backup(file), "path"));
  EXPECT_EQ(everything_in(file), before);
  EXPECT_TRUE(works(engine, session));
}

TEST_F(ABackup, MakesNoFolders) {
  const auto lost = safe.path() / "gone" / "copy.db";
  EXPECT_TRUE(blames(engine.backup(lost), {lost.string(), "No such file or directory"}));
  EXPECT_TRUE(names_in(safe.path()).empty());
}

TEST_F(ABackup, WithoutANameIsRefusedAndLeavesNothing) {
  const Inside inside(safe.path());
  EXPECT_FALSE(engine.backup(""));
  EXPECT_TRUE(names_in(safe.path()).empty());
}

TEST_F(ABackup, IsNotHarmedByWhatAnOlderCopyLeftBesideIt) {
  // The -wal of a copy that was used and then removed without it.
  ASSERT_TRUE(works(engine, session));
  const auto wal = bytes_of(file.string() + "-wal");
  ASSERT_FALSE(wal.empty());
  write_bytes(copy.string() + "-wal", wal);
  ASSERT_TRUE(is_done(engine.backup(copy)));
  EXPECT_EQ(everything_in(copy), everything_in(file));
}

TEST_F(ABackup, OfAClosedEngineIsRefused) {
  engine.close();
  EXPECT_TRUE(is_refused(engine.backup(copy), refusal::Closed{}));
  EXPECT_TRUE(names_in(safe.path()).empty());
}

TEST_F(ABackup, OfAStoreInMemoryIsRefused) {
  auto museum = Engine::open().value();
  EXPECT_TRUE(is_invalid(museum.backup(copy), "path"));
  EXPECT_TRUE(names_in(safe.path()).empty());
}

TEST_F(ABackup, OfAStoreInMemoryWithMyPageInAFileLeavesNothing) {
  auto museum = Engine::open({.my_pages = sqlite::my_pages(house.path() / "pages")}).value();
  EXPECT_TRUE(is_invalid(museum.backup(copy), "path"));
  EXPECT_TRUE(names_in(safe.path()).empty());
}

TEST_F(ABackup, OfAFileWithMyPageInMemoryHasNoPages) {
  engine.close();
  auto museum =
      Engine::open({.storage = sqlite::storage(file), .my_pages = memory::my_pages()}).value();
  ASSERT_TRUE(is_done(museum.backup(copy)));
  EXPECT_EQ(names_in(safe.path()), (Names{"copy.db", "copy.db-followers"}));
  auto restored = open_file(copy).value();
  EXPECT_TRUE(entries(restored).empty());
  EXPECT_TRUE(works(restored, session)) << "my page is made anew from the log";
  EXPECT_EQ(entries(restored).size(), 3U);
}

TEST_F(ABackup, PutsAMyPageFileFromElsewhereBesideTheCopy) {
  engine.close();
  auto museum = Engine::open({.storage = sqlite::storage(file),
                              .my_pages = sqlite::my_pages(house.path() / "elsewhere")})
                    .value();
  museum.events().pump();
  ASSERT_TRUE(is_done(museum.backup(copy)));
  EXPECT_EQ(everything_in(pages_of(copy)), everything_in(house.path() / "elsewhere"));
}

/// My pages that let somebody act right before and right after they are copied.
class InterruptedPages final : public LentMyPages {
 public:
  InterruptedPages(std::unique_ptr<MyPages> inner, std::function<void()> act)
      : LentMyPages(std::move(inner)), act_(std::move(act)) {}

  Result<std::optional<fs::path>> backup(const fs::path& booking_copy) const override {
    act_();
    auto copied = LentMyPages::backup(booking_copy);
    act_();
    return copied;
  }

 private:
  std::function<void()> act_;
};

TEST_F(ABackup, CopiesSideFilesFirstSoThatMyPageIsNeverAheadOfTheLog) {
  engine.close();
  std::optional<Engine> museum;
  auto pages = std::make_unique<InterruptedPages>(sqlite::my_pages(pages_of(file)).value(), [&] {
    try_reserve(*museum, session).value();
    museum->events().pump();
  });
  museum.emplace(
      Engine::open({.storage = sqlite::storage(file), .my_pages = std::move(pages)}).value());
  ASSERT_TRUE(is_done(museum->backup(copy)));

  const auto head = RawFile(copy).integer("SELECT max(position) FROM event_log");
  const auto followed = RawFile(pages_of(copy)).integer("SELECT position FROM exhibition_follower");
  EXPECT_LT(followed, head);
  EXPECT_EQ(RawFile(copy).integer("SELECT count(*) FROM reservation"), 4);
  auto restored = open_file(copy).value();
  EXPECT_TRUE(works(restored, session));
  EXPECT_EQ(entries(restored).size(), 5U);
}

}  // namespace
}  // namespace exhibition::tests
