// The catalogue: what it does, what it refuses, and what changes nothing. Bad input is in
// bad_input_test.cpp.

#include <gtest/gtest.h>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class RegisteringAnExhibition : public OnEachStorage {};
class ChangingAnExhibition : public OnEachStorage {};
class SuspendingAnExhibition : public OnEachStorage {};
class WithdrawingAnExhibition : public OnEachStorage {};
class ASession : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, RegisteringAnExhibition, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, ChangingAnExhibition, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, SuspendingAnExhibition, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, WithdrawingAnExhibition, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, ASession, each_storage(), storage_name);

constexpr ExhibitionId unknown_exhibition{404};
constexpr SessionId unknown_session{404};

TEST_P(RegisteringAnExhibition, GivesItsSessionsInTheOrderOfTheirStart) {
  const auto made = museum.catalogue()
                        .register_exhibition({.title = "Picasso",
                                              .sessions = {{.starts_at = eleven, .capacity = 3},
                                                           {.starts_at = morning, .capacity = 1},
                                                           {.starts_at = ten, .capacity = 2}}})
                        .value();
  ASSERT_EQ(made.sessions.size(), 3U);
  EXPECT_FALSE(made.replayed);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(museum.stored(made.sessions[i]).capacity, i + 1);
  }
}

TEST_P(RegisteringAnExhibition, TellsOfItAndOfEachSession) {
  museum.catalogue()
      .register_exhibition(
          {.title = "Picasso", .sessions = {{.starts_at = ten}, {.starts_at = eleven}}},
          {.actor = "anna", .correlation_id = "c-1"})
      .value();
  EXPECT_EQ(museum.happened_after(0),
            (std::vector<std::string>{"ExhibitionRegistered", "SessionAdded", "SessionAdded"}));
  for (const auto& envelope : museum.log()) {
    EXPECT_EQ(envelope.headers, (Headers{.correlation_id = "c-1", .actor = "anna"}));
    EXPECT_EQ(envelope.version, 1);
    EXPECT_EQ(envelope.occurred_at, morning);
    EXPECT_EQ(to_string(envelope.stream), "exhibition/1");
  }
}

TEST_P(RegisteringAnExhibition, TakesItSuspendedFromTheStart) {
  const auto made = museum.catalogue().register_exhibition(
      {.title = "Soon", .status = ExhibitionStatus::suspended, .sessions = {{.starts_at = ten}}});
  ASSERT_TRUE(is_done(made));
  EXPECT_EQ(made->exhibition.status, ExhibitionStatus::suspended);
  EXPECT_TRUE(
      is_refused(museum.bookings().reserve({.session = made->sessions.at(0), .member = "seokwon"}),
                 refusal::ExhibitionNotOpen{}));
}

TEST_P(ChangingAnExhibition, ReplacesWhatIsNamedAndKeepsTheRest) {
  const auto shown = museum.register_one();
  const auto changed = museum.catalogue().update(shown.exhibition, {.title = "Claude Monet"});
  ASSERT_TRUE(is_done(changed));
  EXPECT_EQ(changed->title, "Claude Monet");
  EXPECT_EQ(changed->kind, "gallery");
  EXPECT_EQ(changed->version, 2);
  EXPECT_EQ(museum.catalogue().find(shown.exhibition), *changed);
  const auto last = museum.log().back();
  EXPECT_EQ(last.key(), "Exhibition/1/2");
  EXPECT_EQ(last.event,
            (Event{ExhibitionUpdated{changed->id, changed->title, changed->kind, changed->rules}}));
}

TEST_P(ChangingAnExhibition, ToWhatItIsAlreadyChangesNothing) {
  const auto shown = museum.register_one();
  const auto log = museum.log();
  const auto same = museum.catalogue().update(shown.exhibition, {.title = "Monet"});
  ASSERT_TRUE(is_done(same));
  EXPECT_EQ(same->version, 1);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(ChangingAnExhibition, IsRefusedWhenSomeoneElseChangedItMeanwhile) {
  const auto shown = museum.register_one();
  auto& catalogue = museum.catalogue();
  ASSERT_TRUE(is_done(catalogue.update(shown.exhibition, {.title = "A", .expected_version = 1})));
  EXPECT_TRUE(is_refused(catalogue.update(shown.exhibition, {.title = "B", .expected_version = 1}),
                         refusal::VersionConflict{1, 2}));
  EXPECT_TRUE(is_done(catalogue.update(shown.exhibition, {.title = "B", .expected_version = 2})));
}

TEST_P(ChangingAnExhibition, IsRefusedWhenItIsUnknown) {
  EXPECT_TRUE(is_refused(museum.catalogue().update(unknown_exhibition, {.title = "A"}),
                         refusal::NotFound{"exhibition", 404}));
}

TEST_P(ChangingAnExhibition, IsRefusedOnceItIsWithdrawn) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().withdraw(shown.exhibition)));
  EXPECT_TRUE(is_refused(museum.catalogue().update(shown.exhibition, {.title = "A"}),
                         refusal::IllegalTransition{"withdrawn"}));
}

TEST_P(SuspendingAnExhibition, StopsNewReservationsButNeverConfirmExtendOrCancel) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  const auto visit = museum.reserve(shown.session);
  const auto suspended = museum.catalogue().suspend(shown.exhibition);
  ASSERT_TRUE(is_done(suspended));
  EXPECT_EQ(suspended->status, ExhibitionStatus::suspended);

  EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = shown.session, .member = "m"}),
                         refusal::ExhibitionNotOpen{}));
  EXPECT_TRUE(is_done(museum.bookings().extend(hold.id, 1min)));
  EXPECT_TRUE(is_done(museum.bookings().confirm(hold.id)));
  EXPECT_TRUE(is_done(museum.bookings().cancel(visit.id)));
}

TEST_P(SuspendingAnExhibition, EndsWhenItIsResumed) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().suspend(shown.exhibition)));
  const auto resumed = museum.catalogue().resume(shown.exhibition);
  ASSERT_TRUE(is_done(resumed));
  EXPECT_EQ(resumed->status, ExhibitionStatus::open);
  EXPECT_EQ(resumed->version, 3);
  museum.reserve(shown.session);
}

TEST_P(SuspendingAnExhibition, AgainChangesNothingAndNeitherDoesResumingAnOpenOne) {
  const auto shown = museum.register_one();
  const auto known = museum.log().size();
  EXPECT_EQ(museum.catalogue().resume(shown.exhibition)->version, 1);
  ASSERT_TRUE(is_done(museum.catalogue().suspend(shown.exhibition)));
  EXPECT_EQ(museum.catalogue().suspend(shown.exhibition)->version, 2);
  EXPECT_EQ(museum.happened_after(known), std::vector<std::string>{"ExhibitionSuspended"});
}

TEST_P(SuspendingAnExhibition, AndResumingAreRefusedWhenItIsUnknownOrWithdrawn) {
  auto& catalogue = museum.catalogue();
  EXPECT_TRUE(
      is_refused(catalogue.suspend(unknown_exhibition), refusal::NotFound{"exhibition", 404}));
  EXPECT_TRUE(
      is_refused(catalogue.resume(unknown_exhibition), refusal::NotFound{"exhibition", 404}));
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(catalogue.withdraw(shown.exhibition)));
  EXPECT_TRUE(
      is_refused(catalogue.suspend(shown.exhibition), refusal::IllegalTransition{"withdrawn"}));
  EXPECT_TRUE(
      is_refused(catalogue.resume(shown.exhibition), refusal::IllegalTransition{"withdrawn"}));
}

TEST_P(WithdrawingAnExhibition, IsForGoodAndRemembersWhen) {
  const auto shown = museum.register_one();
  museum.clock.advance(5min);
  const auto withdrawn = museum.catalogue().withdraw(shown.exhibition);
  ASSERT_TRUE(is_done(withdrawn));
  EXPECT_EQ(withdrawn->status, ExhibitionStatus::withdrawn);
  EXPECT_EQ(withdrawn->withdrawn_at, morning + 5min);
  EXPECT_EQ(museum.log().back().event,
            (Event{ExhibitionWithdrawn{shown.exhibition, morning + 5min}}));
}

TEST_P(WithdrawingAnExhibition, AgainChangesNothing) {
  const auto shown = museum.register_one();
  const auto withdrawn = museum.catalogue().withdraw(shown.exhibition);
  museum.clock.advance(1h);
  const auto log = museum.log();
  EXPECT_EQ(museum.catalogue().withdraw(shown.exhibition), withdrawn);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(WithdrawingAnExhibition, IsPossibleWhileItIsSuspended) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().suspend(shown.exhibition)));
  EXPECT_TRUE(is_done(museum.catalogue().withdraw(shown.exhibition)));
}

TEST_P(WithdrawingAnExhibition, IsRefusedWhenItIsUnknown) {
  EXPECT_TRUE(is_refused(museum.catalogue().withdraw(unknown_exhibition),
                         refusal::NotFound{"exhibition", 404}));
}

TEST_P(ASession, CanBeAddedLater) {
  const auto shown = museum.register_one();
  const auto added = museum.catalogue().add_session(
      shown.exhibition, {.starts_at = eleven, .sales_from = ten, .capacity = 5});
  ASSERT_TRUE(is_done(added));
  EXPECT_EQ(museum.stored(added->id), *added);
  EXPECT_EQ(museum.log().back().event,
            (Event{SessionAdded{added->id, shown.exhibition, added->times, 5U}}));
}

TEST_P(ASession, IsNotAddedToAnExhibitionThatIsUnknownOrWithdrawn) {
  EXPECT_TRUE(is_refused(museum.catalogue().add_session(unknown_exhibition, {.starts_at = ten}),
                         refusal::NotFound{"exhibition", 404}));
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().withdraw(shown.exhibition)));
  EXPECT_TRUE(is_refused(museum.catalogue().add_session(shown.exhibition, {.starts_at = ten}),
                         refusal::IllegalTransition{"withdrawn"}));
}

TEST_P(ASession, CanBeMovedToOtherTimes) {
  const auto shown = museum.register_one();
  const SessionTimes later{.starts_at = ten + 24h, .ends_at = eleven + 24h, .sales_from = ten};
  const auto moved = museum.catalogue().update_session(shown.session, {.times = later});
  ASSERT_TRUE(is_done(moved));
  EXPECT_EQ(moved->times, later);
  EXPECT_EQ(moved->version, 2);
  EXPECT_EQ(museum.log().back().event,
            (Event{SessionUpdated{shown.session, shown.exhibition, later}}));
}

TEST_P(ASession, MovedToWhereItIsDoesNotChange) {
  const auto shown = museum.register_one();
  const auto log = museum.log();
  const auto same = museum.catalogue().update_session(
      shown.session, {.times = {.starts_at = ten, .ends_at = eleven}});
  ASSERT_TRUE(is_done(same));
  EXPECT_EQ(same->version, 1);
  EXPECT_EQ(museum.log(), log);
}

TEST_P(ASession, IsNotMovedWhenSomeoneElseChangedItMeanwhile) {
  const auto shown = museum.register_one();
  ASSERT_TRUE(is_done(museum.catalogue().set_capacity(shown.session, 11)));
  EXPECT_TRUE(is_refused(museum.catalogue().update_session(
                             shown.session, {.times = {.starts_at = ten}, .expected_version = 1}),
                         refusal::VersionConflict{1, 2}));
}

TEST_P(ASession, WhoseReservationsCameAndWentKeepsItsVersion) {
  const auto shown = museum.register_one();
  museum.bookings().cancel(museum.reserve(shown.session).id).value();
  museum.reserve(shown.session);
  EXPECT_EQ(museum.stored(shown.session).version, 1) << "taken is a counter outside the version";
}

TEST_P(ASession, CanBeClosedAndReopened) {
  const auto shown = museum.register_one();
  const auto known = museum.log().size();
  auto& catalogue = museum.catalogue();
  EXPECT_EQ(catalogue.close(shown.session)->status, SessionStatus::closed);
  EXPECT_EQ(catalogue.close(shown.session)->version, 2) << "closing twice changes nothing";
  EXPECT_TRUE(is_refused(museum.bookings().reserve({.session = shown.session, .member = "m"}),
                         refusal::SessionClosed{}));
  EXPECT_EQ(catalogue.reopen(shown.session)->status, SessionStatus::open);
  EXPECT_EQ(catalogue.reopen(shown.session)->version, 3) << "neither does reopening twice";
  museum.reserve(shown.session);
  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"SessionClosed", "SessionReopened", "ReservationConfirmed"}));
}

TEST_P(ASession, ThatIsClosedLetsItsReservationsBeConfirmedExtendedAndCancelled) {
  const auto shown = museum.register_one();
  const auto hold = museum.hold(shown.session);
  ASSERT_TRUE(is_done(museum.catalogue().close(shown.session)));
  EXPECT_TRUE(is_done(museum.bookings().extend(hold.id, 1min)));
  EXPECT_TRUE(is_done(museum.bookings().confirm(hold.id)));
  EXPECT_TRUE(is_done(museum.bookings().cancel(hold.id)));
}

TEST_P(ASession, CanBeCancelledForGood) {
  const auto shown = museum.register_one();
  const auto cancelled = museum.catalogue().cancel_session(shown.session);
  ASSERT_TRUE(is_done(cancelled));
  EXPECT_EQ(cancelled->status, SessionStatus::cancelled);
  EXPECT_EQ(cancelled->cancelled_at, morning);
  const auto log = museum.log();
  EXPECT_EQ(log.back().event, (Event{SessionCancelled{shown.session, shown.exhibition, morning}}));

  museum.clock.advance(1min);
  EXPECT_EQ(museum.catalogue().cancel_session(shown.session), *cancelled);
  EXPECT_EQ(museum.log(), log) << "cancelling twice changes nothing";
}

TEST_P(ASession, IsNotCancelledOnceItIsOver) {
  const auto shown = museum.register_one();
  museum.clock.set(eleven);
  EXPECT_TRUE(is_refused(museum.catalogue().cancel_session(shown.session), refusal::SessionOver{}));
  museum.clock.set(eleven - 1ms);
  EXPECT_TRUE(is_done(museum.catalogue().cancel_session(shown.session)));
}

TEST_P(ASession, ThatIsCancelledTakesNoChange) {
  const auto shown = museum.register_one();
  auto& catalogue = museum.catalogue();
  ASSERT_TRUE(is_done(catalogue.cancel_session(shown.session)));
  const refusal::SessionCancelled no;
  EXPECT_TRUE(
      is_refused(catalogue.update_session(shown.session, {.times = {.starts_at = eleven}}), no));
  EXPECT_TRUE(is_refused(catalogue.set_capacity(shown.session, 99), no));
  EXPECT_TRUE(is_refused(catalogue.close(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.reopen(shown.session), no));
}

TEST_P(ASession, OfAWithdrawnExhibitionTakesNoChange) {
  const auto shown = museum.register_one();
  auto& catalogue = museum.catalogue();
  ASSERT_TRUE(is_done(catalogue.withdraw(shown.exhibition)));
  const refusal::IllegalTransition no{"withdrawn"};
  EXPECT_TRUE(
      is_refused(catalogue.update_session(shown.session, {.times = {.starts_at = eleven}}), no));
  EXPECT_TRUE(is_refused(catalogue.set_capacity(shown.session, 99), no));
  EXPECT_TRUE(is_refused(catalogue.close(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.reopen(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.cancel_session(shown.session), no));
}

TEST_P(ASession, ThatIsUnknownIsNotFound) {
  auto& catalogue = museum.catalogue();
  const refusal::NotFound no{"session", 404};
  EXPECT_TRUE(
      is_refused(catalogue.update_session(unknown_session, {.times = {.starts_at = ten}}), no));
  EXPECT_TRUE(is_refused(catalogue.set_capacity(unknown_session, 99), no));
  EXPECT_TRUE(is_refused(catalogue.close(unknown_session), no));
  EXPECT_TRUE(is_refused(catalogue.reopen(unknown_session), no));
  EXPECT_TRUE(is_refused(catalogue.cancel_session(unknown_session), no));
}

TEST_P(ASession, CanHaveItsCapacityChangedOrLifted) {
  const auto shown = museum.register_one(1);
  museum.reserve(shown.session);
  const auto known = museum.log().size();
  EXPECT_EQ(museum.catalogue().set_capacity(shown.session, 1)->version, 1) << "nothing changes";
  EXPECT_EQ(museum.happened_after(known).size(), 0U);
  EXPECT_EQ(museum.catalogue().set_capacity(shown.session, 2)->capacity, 2U);
  museum.reserve(shown.session);
  EXPECT_EQ(museum.catalogue().set_capacity(shown.session, std::nullopt)->capacity, std::nullopt);
  museum.reserve(shown.session, "seokwon", 10);
  EXPECT_EQ(museum.log()[known].event,
            (Event{CapacityChanged{shown.session, shown.exhibition, 2U}}));
}

}  // namespace
}  // namespace exhibition::tests
