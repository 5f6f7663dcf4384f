// What goes wrong around a log that forgets: archives that are away or of another time, restored
// copies, deleted pages, and several who prune at once.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/memory.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "scenario/forgetting.hpp"
#include "support/lent.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

class AMishap : public AMuseumWithAPast {
 protected:
  /// The files of the archive in their order.
  [[nodiscard]] std::set<fs::path> parts() const {
    std::set<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(archive_folder())) {
      if (entry.path().extension() == ".jsonl") found.insert(entry.path());
    }
    return found;
  }
};

TEST_P(AMishap, AnArchiveThatIsAwayIsNotBegunAnew) {
  reopen_with_archive();
  make_history(3);
  const auto floor = prune().floor;
  make_history(3);
  fs::rename(archive_folder(), folder.path() / "unmounted");
  EXPECT_EQ(try_to_prune().error().code, Errc::storage_failure);
  EXPECT_EQ(museum.events().archive().error().code, Errc::storage_failure);
  fs::create_directory(archive_folder());  // where it is to be mounted
  EXPECT_EQ(try_to_prune().error(), Error(refusal::HistoryTruncated{0, floor.value()}));
  EXPECT_EQ(status_of("my-page").floor, floor) << "nothing was forgotten";

  fs::remove_all(archive_folder());
  fs::rename(folder.path() / "unmounted", archive_folder());
  EXPECT_GT(prune().archived, 0);
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(museum.pages().list({}, 100).size(), 6U);
}

TEST_P(AMishap, WhoPrunesWithoutTheArchiveForgetsNothingThatIsNotInIt) {
  reopen_with_archive();
  make_history(3);
  const auto floor = prune().floor;
  museum.reopen();
  make_history(3);
  const auto held = prune();
  EXPECT_EQ(held.floor, floor);
  EXPECT_EQ(held.held_by, "archive");

  museum.events().abandon("archive").value();
  EXPECT_GT(prune().floor, floor) << "nobody needs it any more";
  make_history(3);
  reopen_with_archive();
  EXPECT_EQ(try_to_prune().error().code, Errc::history_truncated) << "it would have a gap";
  reopen_with(files::archive(folder.path() / "another").value());
  EXPECT_GT(prune().archived, 0) << "begins where the log does";
}

TEST_P(AMishap, AnArchiveWithAGapIsToldOfEvenWhenThereIsNothingNew) {
  reopen_with_archive();
  make_history(3);
  const auto archived = museum.events().archive().value().end;
  museum.reopen();
  museum.events().abandon("archive").value();
  make_history(3);
  const auto floor = prune().floor;
  ASSERT_GT(floor, archived);
  reopen_with_archive();
  const Error gap = refusal::HistoryTruncated{archived.value(), floor.value()};
  EXPECT_EQ(try_to_prune().error(), gap);
  EXPECT_EQ(museum.events().archive().error(), gap);
}

TEST_P(AMishap, WhatTheArchiveHasLostOrDamagedIsNotForgotten) {
  reopen_with_archive();
  make_history(3);
  museum.events().archive().value();
  const auto damaged = *parts().begin();
  make_history(3);
  museum.events().archive().value();
  ASSERT_EQ(parts().size(), 2U);
  const auto whole = folder.path() / "whole";
  fs::rename(damaged, whole);
  EXPECT_EQ(try_to_prune().error().code, Errc::history_truncated) << "it is put away too early";
  fs::copy_file(whole, damaged);
  fs::resize_file(damaged, fs::file_size(damaged) / 2);
  const auto refused = try_to_prune();
  EXPECT_EQ(refused.error().code, Errc::storage_failure);
  EXPECT_NE(refused.error().message().find(damaged.string()), std::string::npos);
  EXPECT_EQ(status_of("my-page").floor, Position{}) << "the log has the last good copy";
  fs::remove(damaged);
  fs::rename(whole, damaged);
  EXPECT_EQ(prune().floor, head());
}

TEST_P(AMishap, ARebuildThatNobodyWillFinishIsAbandonedWithItsFollower) {
  ASSERT_TRUE(museum.events().project("visits", sqlite::projection_file(folder.path() / "visits"),
                                      [](sqlite::Transaction&, const Envelope&) {}));
  make_history(600);
  std::stop_source stop;
  const RebuildOptions stopped{.on_progress = [&](const RebuildProgress&) { stop.request_stop(); },
                               .stop = stop.get_token()};
  ASSERT_FALSE(museum.events().rebuild("visits", stopped).value());
  museum.reopen();
  museum.pump_all();
  EXPECT_EQ(prune().held_by, "rebuild of visits");
  museum.events().abandon("visits").value();
  EXPECT_EQ(prune().floor, head());
}

TEST_P(AMishap, NobodyElseIsCalledArchive) {
  const auto taken = museum.events().follow("archive", EventTypes::all(), [](const Delivery&) {});
  EXPECT_EQ(taken.error().code, Errc::invalid_argument);
}

TEST_P(AMishap, AnArchiveWithAGapIsReadUpToIt) {
  reopen_with_archive();
  make_history(3);
  ASSERT_TRUE(try_to_prune(all));
  make_history(3);
  ASSERT_TRUE(try_to_prune(all));
  make_history(3);
  ASSERT_TRUE(try_to_prune(all));
  ASSERT_EQ(parts().size(), 3U);
  const auto second = *std::next(parts().begin());
  const auto pages = museum.pages().list({}, 100);
  fs::rename(second, folder.path() / "put away");
  EXPECT_EQ(museum.events().rebuild("my-page").error().code, Errc::history_truncated);
  EXPECT_EQ(museum.pages().list({}, 100), pages) << "the old one serves";
  fs::rename(folder.path() / "put away", second);
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(museum.pages().list({}, 100), pages);
}

/// Gives fewer events than it should.
class LeakyArchive final : public Archive {
 public:
  [[nodiscard]] std::optional<Position> end(std::string_view) const override {
    if (events.empty()) return std::nullopt;
    return events.back().envelope.position;
  }
  void append(std::string_view, std::span<const ArchivedEvent> more) override {
    events.insert(events.end(), more.begin(), more.end());
  }
  [[nodiscard]] std::vector<ArchivedEvent> read(std::string_view, Position after,
                                                std::size_t) const override {
    std::vector<ArchivedEvent> found;
    for (const auto& event : events) {
      const Position at = event.envelope.position;
      if (at > after && at != Position{4}) found.push_back(event);
    }
    return found;
  }

  std::vector<ArchivedEvent> events;
};

TEST_P(AMishap, NoArchiveIsReadOverAGap) {
  reopen_with(std::make_unique<LeakyArchive>());
  make_history(3);
  ASSERT_TRUE(try_to_prune(all));
  EXPECT_EQ(museum.events().rebuild("my-page").error().code, Errc::history_truncated);
}

TEST_P(AMishap, PagesThatAreGoneGoOnWithoutWhatWasForgottenWhenThatIsDiscarded) {
  make_history(3);
  const auto floor = prune().floor;
  auto options = museum.options();
  options.my_pages = memory::my_pages();  // empty ones
  auto other = Engine::open(std::move(options)).value();
  const auto state = [&] { return other.events().status().value().back().state; };
  EXPECT_FALSE(other.events().pump().failures.empty());
  EXPECT_EQ(state(), FollowerState::halted);
  EXPECT_EQ(other.events().rebuild("my-page").error().code, Errc::history_truncated)
      << "there is nothing to make it of";
  EXPECT_EQ(other.events().discard("my-page", Position{1}).error().code, Errc::not_found);
  other.events().discard("my-page", floor).value();
  museum.reserve(session, "mina");
  EXPECT_TRUE(other.events().wait_for("my-page", 10s).value());
  EXPECT_EQ(state(), FollowerState::running);
  EXPECT_EQ(other.my_page().list().value().items.size(), 1U);
  museum.clock.advance(long_ago);
  static_cast<void>(other.events().pump());
  EXPECT_EQ(other.events().prune().value().held_by, std::nullopt) << "and holds up nobody";
}

TEST_P(AMishap, AFollowerThatAnotherEngineAbandonsStaysWithTheOneThatRunsIt) {
  bool is_away = false;
  int mails = 0;
  ASSERT_TRUE(museum.events().follow("mailer", EventTypes::of<ReservationConfirmed>(),
                                     [&](const Delivery&) {
                                       if (is_away) throw PortError("the post office is closed");
                                       ++mails;
                                     }));
  make_history(3);
  ASSERT_TRUE(try_to_prune());
  is_away = true;
  for (int i = 0; i < 3; ++i) museum.reserve(session);
  static_cast<void>(museum.events().pump());
  Engine::open(museum.options()).value().events().abandon("mailer").value();
  museum.clock.advance(long_ago);
  static_cast<void>(museum.events().pump());
  EXPECT_EQ(prune().held_by, "mailer");
  is_away = false;
  ASSERT_TRUE(museum.events().retry("mailer"));
  museum.pump_all();
  EXPECT_EQ(mails, 6);
}

TEST_P(AMishap, WhatIsDatedInTheFutureIsForgottenWithEverythingElse) {
  museum.clock.advance(long_ago);
  museum.reserve(session);
  museum.clock.advance(-long_ago);
  museum.pump_all();
  EXPECT_EQ(prune(all).floor, head());
}

TEST_P(AMishap, WhoClosesTheEngineEndsAPrune) {
  make_history(1500);  // several parts
  int calls = 0;
  const auto ended = try_to_prune({.on_progress = [&](const PruneReport&) {
    ++calls;
    museum.engine().close();
  }});
  EXPECT_EQ(ended.error().code, Errc::closed);
  EXPECT_EQ(calls, 1);
}

TEST_P(AMishap, WhatALookerOnThrowsIsPassedOn) {
  make_history(3);
  const auto fail = [](const auto&) { throw PortError("the printer is out of paper"); };
  EXPECT_THROW(static_cast<void>(try_to_prune({.on_progress = fail})), PortError);
}

/// Does something before the first unit of work that it is told to.
class InterruptedStorage final : public LentStorage {
 public:
  using LentStorage::LentStorage;
  void transact(Work& work) override {
    if (before && --units_before == 0) std::exchange(before, nullptr)();
    LentStorage::transact(work);
  }
  std::function<void()> before = nullptr;
  int units_before = 0;
};

TEST_P(AMishap, AKeyThatIsUsedAnewWhileTwoPruneIsRemovedByNeither) {
  const CommandOptions key{.idempotency_key = "k"};
  for (int unit = 1; unit <= 6; ++unit) {
    museum.bookings().reserve({.session = session, .member = "old"}, key).value();
    museum.pump_all();
    museum.clock.advance(long_ago);
    auto options = museum.options();
    auto shared = std::shared_ptr<Storage>(*std::move(options.storage));
    auto lent = std::make_unique<InterruptedStorage>(shared);
    auto& interrupted = *lent;
    options.storage = std::unique_ptr<Storage>(std::move(lent));
    auto other = Engine::open(std::move(options)).value();
    static_cast<void>(other.events().pump());
    const ReserveRequest request{.session = session, .member = "new"};
    std::optional<ReservationId> made;
    interrupted.units_before = unit;
    interrupted.before = [&] {
      ASSERT_TRUE(try_to_prune());
      made = museum.bookings().reserve(request, key).value().reservation.id;
    };
    ASSERT_TRUE(other.events().prune());
    if (!made) break;
    const auto again = museum.bookings().reserve(request, key).value();
    EXPECT_TRUE(again.replayed) << "interrupted before unit " << unit;
    EXPECT_EQ(again.reservation.id, *made);
    museum.clock.advance(long_ago);
    museum.pump_all();
    ASSERT_TRUE(try_to_prune());
  }
}

INSTANTIATE_TEST_SUITE_P(On, AMishap, each_storage(), storage_name);

/// A booking file that was put back from a copy.
class ARestoredCopy : public AMishap {
 protected:
  void restore(std::initializer_list<const char*> files) {
    museum.close();
    for (const std::string file : files) {
      const fs::path restored = museum.file().string() + file;
      for (const auto* rest : {"-wal", "-shm", ""}) fs::remove(restored.string() + rest);
      fs::copy_file(copy().string() + file, restored);
    }
  }
  [[nodiscard]] fs::path copy() const { return folder.path() / "copy.db"; }
};

TEST_P(ARestoredCopy, IsNotArchivedOverWhatItHadBecome) {
  reopen_with_archive();
  make_history(3);
  ASSERT_TRUE(museum.events().archive());
  ASSERT_TRUE(museum.engine().backup(copy()));
  const auto at_copy = head();
  make_history(3, "lost");
  const auto archived = museum.events().archive().value().end;
  restore({"", "-my-page", "-followers"});
  reopen_with_archive();
  EXPECT_EQ(try_to_prune().error(), Error(refusal::LogDiverged{archived.value()})) << "it has more";
  EXPECT_EQ(museum.events().archive().error().code, Errc::log_diverged);
  make_history(6, "real");
  ASSERT_GT(head(), archived);
  EXPECT_EQ(try_to_prune().error().code, Errc::log_diverged) << "it has other ones";
  EXPECT_EQ(museum.events().archive().error().code, Errc::log_diverged);
  EXPECT_EQ(status_of("my-page").floor, Position{}) << "and nothing was forgotten";

  // What docs/events.md says: its own archive goes on from where the log begins.
  museum.events().abandon("archive").value();
  reopen_with(files::archive(folder.path() / "another").value());
  EXPECT_GT(prune().floor, at_copy);
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(museum.pages().list({}, 100).size(), 9U);
}

TEST_P(ARestoredCopy, KeepsWhatADivergedFollowerNeedsOnceItIsRestoredToo) {
  make_history(3);
  ASSERT_TRUE(museum.engine().backup(copy()));
  make_history(6, "lost");
  restore({""});
  museum.reopen();
  for (int i = 0; i < 12; ++i) museum.reserve(session, "real");
  static_cast<void>(museum.events().pump());
  ASSERT_EQ(status_of("my-page").state, FollowerState::diverged);
  museum.clock.advance(long_ago);
  EXPECT_EQ(prune().held_by, "my-page");
  restore({"-my-page"});
  museum.reopen();
  museum.pump_all();
  EXPECT_EQ(status_of("my-page").state, FollowerState::running);
  EXPECT_EQ(museum.pages().list({}, 100).size(), 15U);
}

TEST_P(ARestoredCopy, IsKnownForOneByWhoReadTheArchiveOfTheOther) {
  const auto follow = [&] {
    return museum.events().follow("mailer", EventTypes::all(), [](const Delivery&) {});
  };
  reopen_with_archive();
  make_history(3);
  ASSERT_TRUE(museum.engine().backup(copy()));
  make_history(3, "lost");
  ASSERT_TRUE(museum.events().archive());
  ASSERT_LT(prune({.older_than = 0ms, .up_to = Position{5}}).floor, head());
  ASSERT_TRUE(follow());
  museum.pump_all();  // from the archive, which has what is in the log as well
  ASSERT_EQ(status_of("mailer").position, head());
  restore({""});
  museum.reopen();
  reserve_many(20, "real");
  ASSERT_TRUE(follow());
  static_cast<void>(museum.events().pump());
  EXPECT_EQ(status_of("mailer").state, FollowerState::diverged);
}

TEST_P(ARestoredCopy, IsNeverGivenTheArchiveOfWhatItHadBecome) {
  reopen_with_archive();
  make_history(3, "kept");
  ASSERT_TRUE(museum.engine().backup(copy()));
  make_history(3, "lost");
  const auto archived = prune().floor;
  restore({"", "-my-page", "-followers"});
  reopen_with(files::archive(folder.path() / "another").value());
  make_history(9, "new");
  ASSERT_EQ(prune({.older_than = 0ms, .up_to = archived}).floor, archived);
  make_history(1, "new");

  reopen_with_archive();  // that of the other time
  const Error diverged = museum.events().rebuild("my-page").error();
  EXPECT_EQ(diverged.code, Errc::log_diverged);
  EXPECT_EQ(museum.events().read(Position{}, EventTypes::all(), 100).error(), diverged);
  int mails = 0;
  ASSERT_TRUE(
      museum.events().follow("mailer", EventTypes::all(), [&](const Delivery&) { ++mails; }));
  static_cast<void>(museum.events().pump());
  EXPECT_EQ(mails, 0);
  EXPECT_EQ(status_of("mailer").state, FollowerState::halted);
  EXPECT_EQ(status_of("mailer").halted_by, diverged);
  EXPECT_EQ(museum.events().wait_for("mailer", 10s).error(), diverged);

  reopen_with(files::archive(folder.path() / "another").value());
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(museum.pages().list({}, 100).size(), 13U);
}

TEST_P(ARestoredCopy, IsNoticedByAFollowerWhosePlaceItHasForgottenMeanwhile) {
  const auto follow = [&] {
    return museum.events().follow("mailer", EventTypes::all(), [](const Delivery&) {});
  };
  reopen_with_archive();
  make_history(3, "kept");
  ASSERT_TRUE(museum.engine().backup(copy()));
  ASSERT_TRUE(follow());
  make_history(3, "lost");
  ASSERT_EQ(status_of("mailer").position, head());
  restore({"", "-my-page"});  // but not where the mailer is
  reopen_with_archive();
  make_history(9, "new");
  ASSERT_GT(prune().floor, Position{10});
  ASSERT_TRUE(follow());
  static_cast<void>(museum.events().pump());
  EXPECT_EQ(status_of("mailer").state, FollowerState::diverged);
}

/// Has somebody do something while they are copied.
class PagesThatTakeLongToCopy final : public LentMyPages {
 public:
  PagesThatTakeLongToCopy(std::shared_ptr<MyPages> lender, std::function<void()> meanwhile)
      : LentMyPages(std::move(lender)), meanwhile_(std::move(meanwhile)) {}
  Result<std::optional<fs::path>> backup(const fs::path& path) const override {
    auto copied = LentMyPages::backup(path);
    meanwhile_();
    return copied;
  }

 private:
  std::function<void()> meanwhile_;
};

TEST_P(ARestoredCopy, HasAllThatItsFollowersNeed) {
  auto options = museum.options();
  int times = 0;
  const int most = 1;
  options.my_pages = std::make_unique<PagesThatTakeLongToCopy>(
      std::shared_ptr<MyPages>(museum.storage().my_pages().value()), [&] {
        if (times++ >= most) return;
        make_history(3);
        ASSERT_TRUE(try_to_prune(all));
      });
  const auto other = Engine::open(std::move(options)).value();
  make_history(3);
  ASSERT_TRUE(other.backup(copy()));
  EXPECT_EQ(times, 2) << "copied anew";
  restore({"", "-my-page", "-followers"});
  museum.reopen();
  museum.pump_all();
  EXPECT_EQ(status_of("my-page").state, FollowerState::running);
  EXPECT_EQ(museum.pages().list({}, 100).size(), 6U);
}

INSTANTIATE_TEST_SUITE_P(On, ARestoredCopy, ::testing::Values(StorageKind::sqlite), storage_name);

}  // namespace
}  // namespace exhibition::tests
