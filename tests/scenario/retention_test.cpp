// Forgetting: what the log may let go of, who keeps it from that, and what can still be read.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "exhibition/adapters/memory.hpp"
#include "scenario/forgetting.hpp"
#include "support/lent.hpp"

namespace exhibition::tests {
namespace {

class Forgetting : public AMuseumWithAPast {
 protected:
  /// A follower of all that has been confirmed.
  [[nodiscard]] Result<void> follow(const std::string& name, StartAt start = StartAt::beginning()) {
    return museum.events().follow(name, EventTypes::of<ReservationConfirmed>(),
                                  [this](const Delivery& delivery) {
                                    if (is_away) throw PortError("the post office is closed");
                                    mails.push_back(delivery.key());
                                  },
                                  {.start = start});
  }
  bool is_away = false;
  std::vector<std::string> mails;
};

TEST_P(Forgetting, WhatIsOldAndFollowedIsGoneAndEverythingElseGoesOn) {
  make_history(10);
  const auto end = head();
  const auto report = prune();
  EXPECT_EQ(report.events, end.value());
  EXPECT_EQ(report.floor, end);
  EXPECT_EQ(report.archived, 0);
  EXPECT_EQ(report.held_by, std::nullopt);
  EXPECT_TRUE(museum.log().empty());
  EXPECT_EQ(head(), end) << "positions are not given again";
  EXPECT_EQ(museum.my_page().of("m0").value().items.size(), 2U);
  EXPECT_TRUE(museum.engine().audit().value().empty());

  museum.reserve(session, "mina");
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("mina").value().items.size(), 1U);
  for (const auto& status : museum.events().status().value()) {
    EXPECT_EQ(status.state, FollowerState::running) << status.name;
    EXPECT_EQ(status.lag_events, 0) << status.name;
    EXPECT_EQ(status.floor, end);
  }
  EXPECT_EQ(prune().events, 0) << "the rest is young";
  museum.reopen();
  museum.pump_all();
  EXPECT_EQ(status_of("my-page").state, FollowerState::running) << "the floor is proven";
}

TEST_P(Forgetting, WhatIsYoungerStays) {
  make_history(3);
  const auto old = head();
  reserve_many(4);
  museum.pump_all();
  EXPECT_EQ(prune().floor, old);
  EXPECT_EQ(museum.log().front().position.value(), old.value() + 1);
}

TEST_P(Forgetting, GoesAsFarAsItIsTold) {
  make_history(10);
  const auto report = prune({.up_to = Position{4}});
  EXPECT_EQ(report.events, 4);
  EXPECT_EQ(report.floor, Position{4});
  EXPECT_EQ(report.held_by, std::nullopt);
  EXPECT_EQ(prune({.up_to = Position{2}}).floor, Position{4});
  const auto field_of = [&](PruneOptions options) {
    const auto refused = museum.events().prune(std::move(options));
    return std::string(std::get<refusal::InvalidArgument>(refused.error().detail).field);
  };
  EXPECT_EQ(field_of({.older_than = -1ms}), "older_than");
  EXPECT_EQ(field_of({.up_to = Position{-1}}), "up_to");
  EXPECT_EQ(prune({.older_than = std::chrono::milliseconds::max()}).events, 0);
}

TEST_P(Forgetting, WaitsForTheFollowerThatIsFarthestBehindAndNamesIt) {
  ASSERT_TRUE(follow("mailer"));
  make_history(5);
  ASSERT_EQ(mails.size(), 5U);
  const auto followed = status_of("mailer").position;
  is_away = true;
  reserve_many(5);
  static_cast<void>(museum.events().pump());
  const auto report = prune(all);
  EXPECT_EQ(report.held_by, "mailer");
  EXPECT_LE(report.floor, followed);
  EXPECT_GT(report.events, 0);
  is_away = false;
  static_cast<void>(museum.events().retry("mailer").value());
  museum.pump_all();
  EXPECT_EQ(mails.size(), 10U) << "it has missed nothing";
  EXPECT_EQ(prune(all).held_by, std::nullopt);
  EXPECT_TRUE(museum.log().empty());
}

TEST_P(Forgetting, WaitsForTheLibrarysOwnFollowersAsWell) {
  reserve_many(5);
  const auto report = prune(all);
  EXPECT_EQ(report.events, 0);
  EXPECT_TRUE(report.held_by);
  museum.pump_all();
  EXPECT_GT(prune(all).events, 0);
}

TEST_P(Forgetting, WaitsForAFollowerThatIsNotThereUntilItIsAbandoned) {
  ASSERT_TRUE(follow("mailer"));
  EXPECT_EQ(
      std::get<refusal::InvalidArgument>(museum.events().abandon("mailer").error().detail).field,
      "follower")
      << "it is run here";
  EXPECT_FALSE(museum.events().abandon("voucher-desk"));
  EXPECT_FALSE(museum.events().abandon("settling"));
  museum.reopen();
  make_history(5);
  EXPECT_EQ(prune().held_by, "mailer");
  EXPECT_EQ(museum.events().abandon("postman").error(), Error(refusal::NotFound{"follower"}));
  ASSERT_TRUE(museum.events().abandon("mailer"));
  EXPECT_EQ(prune().held_by, std::nullopt);
  EXPECT_TRUE(museum.log().empty());
  EXPECT_EQ(museum.events().abandon("mailer").error().code, Errc::not_found);
}

TEST_P(Forgetting, WaitsForAReadModelThatIsMadeAnew) {
  memory::ReadModel<std::int64_t> places;
  museum.events()
      .project("places", places.store(),
               [](std::int64_t& model, const Envelope& event) {
                 if (std::holds_alternative<ReservationConfirmed>(event.event)) ++model;
               })
      .value();
  make_history(600);
  int parts = 0;
  EXPECT_TRUE(museum.events()
                  .rebuild("places", {.on_progress =
                                          [&](const RebuildProgress& progress) {
                                            if (progress.position == progress.target) return;
                                            ++parts;
                                            EXPECT_EQ(prune().held_by, "rebuild of places");
                                            EXPECT_EQ(prune().events, 0);
                                          }})
                  .value());
  EXPECT_GT(parts, 0);
  EXPECT_EQ(places.value(), 600);
  EXPECT_EQ(prune().held_by, std::nullopt);
  EXPECT_TRUE(museum.log().empty());
}

TEST_P(Forgetting, WaitsForARebuildThatWasInterruptedUntilThatIsCancelled) {
  make_history(600);
  std::stop_source stop;
  EXPECT_FALSE(museum.events()
                   .rebuild("my-page", {.on_progress = [&](const auto&) { stop.request_stop(); },
                                        .stop = stop.get_token()})
                   .value());
  museum.reopen();
  museum.pump_all();
  EXPECT_EQ(prune().held_by, "rebuild of my-page");
  static_cast<void>(museum.events().cancel_rebuild("my-page").value());
  EXPECT_EQ(prune().held_by, std::nullopt);
  EXPECT_TRUE(museum.log().empty());
}

TEST_P(Forgetting, RemovesKeysOfThatTimeButNoneYoungerThanADay) {
  const ReserveRequest request{.session = session, .member = "mina"};
  const auto first = museum.bookings().reserve(request, {.idempotency_key = "a"}).value();
  museum.clock.advance(a_day + 1ms);
  const auto second = museum.bookings().reserve(request, {.idempotency_key = "b"}).value();
  EXPECT_EQ(prune().keys, 0);
  EXPECT_EQ(prune(all).keys, 1);
  const auto again = [&](const char* key) {
    return museum.bookings().reserve(request, {.idempotency_key = key}).value();
  };
  EXPECT_EQ(again("b").reservation.id, second.reservation.id);
  EXPECT_NE(again("a").reservation.id, first.reservation.id);
}

TEST_P(Forgetting, HaltsWhoeverNeedsWhatIsGone) {
  make_history(5);
  ASSERT_GT(prune().events, 0);
  ASSERT_TRUE(follow("mailer"));
  ASSERT_TRUE(follow("new one", StartAt::now()));
  const auto report = museum.events().pump();
  const Error gone = refusal::HistoryTruncated{0, head().value()};
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].error, gone);
  const auto status = status_of("mailer");
  EXPECT_EQ(status.state, FollowerState::halted);
  EXPECT_EQ(status.halted_by, gone);
  EXPECT_EQ(status.lag_events, head().value());
  EXPECT_EQ(museum.events().wait_for("mailer", 1s).error(), gone);
  EXPECT_TRUE(museum.events().wait_for("new one", 1s).value()) << "others go on";
  EXPECT_EQ(prune(all).held_by, "mailer");

  museum.reopen();
  ASSERT_TRUE(follow("new one", StartAt::now()));
  museum.events().abandon("mailer").value();
  museum.reserve(session, "mina");
  EXPECT_TRUE(museum.events().wait_for("new one", 1s).value());
  EXPECT_EQ(mails.size(), 1U);
  museum.pump_all();
  EXPECT_EQ(prune(all).held_by, std::nullopt);
}

TEST_P(Forgetting, LeavesTheOldReadModelServingThatCannotBeMadeAnew) {
  make_history(5);
  ASSERT_GT(prune().events, 0);
  const auto pages = museum.pages().list({}, 100);
  EXPECT_EQ(museum.events().rebuild("my-page").error(),
            Error(refusal::HistoryTruncated{0, head().value()}));
  EXPECT_EQ(museum.pages().list({}, 100), pages);
  EXPECT_FALSE(museum.events().cancel_rebuild("my-page").value()) << "it could not go on";
  museum.reserve(session, "mina");
  EXPECT_TRUE(museum.events().wait_for("my-page", 1s).value());
  EXPECT_EQ(museum.my_page().of("mina").value().items.size(), 1U);
}

TEST_P(Forgetting, WithAnArchiveLosesNothing) {
  reopen_with_archive();
  make_history(30);
  const auto pages = museum.pages().list({}, 100);
  const auto report = prune();
  EXPECT_EQ(report.archived, report.events);
  ASSERT_TRUE(museum.log().empty());
  museum.reserve(session, "mina");

  ASSERT_TRUE(follow("mailer"));
  EXPECT_TRUE(museum.events().wait_for("mailer", 10s).value());
  EXPECT_EQ(mails.size(), 31U) << "from the archive, and on in the log";
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  auto made = museum.pages().list({}, 100);
  made.pop_back();  // mina's
  EXPECT_EQ(made, pages);

  museum.reopen();
  ASSERT_TRUE(follow("postman"));
  EXPECT_FALSE(museum.events().wait_for("postman", 1s)) << "the archive is not there";
  EXPECT_EQ(status_of("postman").state, FollowerState::halted);
  reopen_with_archive();
  ASSERT_TRUE(follow("postman"));
  EXPECT_TRUE(museum.events().wait_for("postman", 10s).value());
  EXPECT_EQ(status_of("postman").state, FollowerState::running);
}

TEST_P(Forgetting, ArchivesWithoutForgettingWhereThatIsAskedFor) {
  EXPECT_EQ(std::get<refusal::InvalidArgument>(museum.events().archive().error().detail).field,
            "archive");
  reopen_with_archive();
  make_history(5);
  const auto known = museum.log();
  std::vector<ArchiveReport> told;
  const auto report =
      museum.events()
          .archive({.on_progress = [&](const ArchiveReport& so_far) { told.push_back(so_far); }})
          .value();
  EXPECT_EQ(report, (ArchiveReport{static_cast<std::int64_t>(known.size()), head()}));
  EXPECT_EQ(told, std::vector{report});
  EXPECT_EQ(museum.log(), known);
  EXPECT_EQ(museum.events().archive().value(), (ArchiveReport{0, head()}));
  const auto pruned = prune();
  EXPECT_EQ(pruned.archived, 0) << "it has them already";
  EXPECT_GT(pruned.events, 0);
}

/// Takes nothing.
class FullArchive final : public Archive {
 public:
  [[nodiscard]] std::optional<Position> end(std::string_view) const override {
    return std::nullopt;
  }
  void append(std::string_view, std::span<const ArchivedEvent>) override {
    throw PortError("the archive is full");
  }
  [[nodiscard]] std::vector<ArchivedEvent> read(std::string_view, Position,
                                                std::size_t) const override {
    return {};
  }
};

TEST_P(Forgetting, ForgetsNothingThatTheArchiveDoesNotTake) {
  auto options = museum.options();
  options.archive = std::make_unique<FullArchive>();
  museum.close();
  museum.reopen(std::move(options));
  make_history(5);
  const auto known = museum.log();
  EXPECT_EQ(museum.events().prune().error(), Error(refusal::StorageFailure{"the archive is full"}));
  EXPECT_EQ(museum.log(), known);
}

/// Pages that cannot be read.
class PagesThatAreAway final : public LentMyPages {
 public:
  PagesThatAreAway() : LentMyPages(memory::my_pages().value()) {}
  void read(FunctionRef<void(const Followers&)>) const override {
    throw PortError("the pages are away");
  }
};

TEST_P(Forgetting, KeepsNobodyFromOpeningAndBookingWhileAFollowersStoreIsAway) {
  make_history(5);
  auto options = museum.options();
  options.my_pages = std::make_unique<PagesThatAreAway>();
  museum.close();
  museum.reopen(std::move(options));
  museum.reserve(session, "mina");
  EXPECT_EQ(prune().held_by, "my-page");
}

TEST_P(Forgetting, SaysHowFarItIsAndStopsWhenItIsToldTo) {
  make_history(600);
  const auto end = head();
  ASSERT_GT(end, Position{1000}) << "more than are forgotten at once";
  std::stop_source stop;
  const auto first = prune(
      {.on_progress = [&](const PruneReport&) { stop.request_stop(); }, .stop = stop.get_token()});
  EXPECT_EQ(first.events, 1000);
  EXPECT_EQ(first.floor, Position{1000});
  std::vector<PruneReport> told;
  const auto rest =
      prune({.on_progress = [&](const PruneReport& report) { told.push_back(report); }});
  EXPECT_EQ(rest.events, end.value() - 1000);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), rest);
}

TEST_P(Forgetting, IsNotForHandlers) {
  bool was_called = false;
  const auto subscription = museum.events().on<ReservationConfirmed>([&](const auto&) {
    was_called = true;
    EXPECT_THROW(static_cast<void>(museum.events().prune()), std::logic_error);
  });
  reserve_many(1);
  museum.pump_all();
  EXPECT_TRUE(was_called);
}

TEST_P(Forgetting, GoesOnByItselfToWhereTheLogIsKeptShortOfFollowers) {
  ASSERT_TRUE(follow("mailer"));
  reserve_many(800);
  museum.pump_all();
  const auto marked = read(museum.storage(), [](const ReadView& view) {
    return view.followers().find("mailer").value_or(Checkpoint{}).position;
  });
  EXPECT_GE(marked, Position{1024}) << "another process may forget so much";
}

INSTANTIATE_TEST_SUITE_P(On, Forgetting, each_storage(), storage_name);

}  // namespace
}  // namespace exhibition::tests
