// What nobody should send: each is the documented refusal, naming the field, and leaves no trace.

#include <gtest/gtest.h>

#include <limits>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

constexpr auto most_places = std::numeric_limits<std::uint32_t>::max();

class BadInput : public OnEachStorage {
 protected:
  void TearDown() override { EXPECT_EQ(museum.log(), log_) << "a refusal leaves no trace"; }

  const Shown shown = museum.register_one();

  Result<Registered> register_with(const NewSession& session) {
    return museum.catalogue().register_exhibition(
        {.title = "Picasso", .sessions = {{.starts_at = ten}, session}});
  }

 private:
  const std::vector<Envelope> log_ = museum.log();
};
class StrangeInput : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, BadInput, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, StrangeInput, each_storage(), storage_name);

/// Neither empty nor too long for anything, but not UTF-8.
const std::vector<std::string> not_utf8 = {
    "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "caf\xe9", std::string("\xe2\x82", 2)};

TEST_P(BadInput, ATitleThatIsEmptyHugeOrNotUtf8) {
  auto titles = not_utf8;
  titles.insert(titles.end(), {std::string(), std::string(201, 't'), std::string(10'000'000, 't')});
  for (const auto& title : titles) {
    EXPECT_TRUE(is_invalid(museum.catalogue().register_exhibition({.title = title}), "title"));
    EXPECT_TRUE(is_invalid(museum.catalogue().update(shown.exhibition, {.title = title}), "title"));
  }
}

TEST_P(BadInput, AKindThatIsHugeOrNotUtf8) {
  auto kinds = not_utf8;
  kinds.insert(kinds.end(), {std::string(65, 'k'), std::string(10'000'000, 'k')});
  for (const auto& kind : kinds) {
    EXPECT_TRUE(
        is_invalid(museum.catalogue().register_exhibition({.title = "P", .kind = kind}), "kind"));
    EXPECT_TRUE(is_invalid(museum.catalogue().update(shown.exhibition, {.kind = kind}), "kind"));
  }
}

TEST_P(BadInput, AnExhibitionThatIsWithdrawnFromTheStart) {
  EXPECT_TRUE(is_invalid(
      museum.catalogue().register_exhibition({.title = "P", .status = ExhibitionStatus::withdrawn}),
      "status"));
}

TEST_P(BadInput, BookingRulesThatMakeNoSense) {
  const std::vector<std::pair<BookingRules, std::string>> cases = {
      {{.hold_ttl = 0ms}, "hold_ttl"},
      {{.hold_ttl = -1ms}, "hold_ttl"},
      {{.hold_ttl = 15min, .hold_max = 15min - 1ms}, "hold_max"},
      {{.hold_max = 24h * 366 + 1ms}, "hold_max"},
      {{.hold_ttl = std::chrono::milliseconds::max(), .hold_max = std::chrono::milliseconds::max()},
       "hold_max"},
      {{.max_places_per_reservation = 0}, "max_places_per_reservation"},
      {{.max_places_per_reservation = 1'000'001}, "max_places_per_reservation"},
      {{.cancel_cutoff = -1ms}, "cancel_cutoff"},
      {{.cancel_cutoff = 24h * 366 + 1ms}, "cancel_cutoff"},
  };
  for (const auto& [rules, field] : cases) {
    EXPECT_TRUE(
        is_invalid(museum.catalogue().register_exhibition({.title = "P", .rules = rules}), field));
    EXPECT_TRUE(is_invalid(museum.catalogue().update(shown.exhibition, {.rules = rules}), field));
  }
}

TEST_P(BadInput, ASessionThatEndsBeforeItStartsOrAtOnce) {
  for (const auto ends_at : {ten - 1ms, ten, earliest_instant}) {
    const NewSession session{.starts_at = ten, .ends_at = ends_at};
    EXPECT_TRUE(is_invalid(register_with(session), "ends_at", 1));
    EXPECT_TRUE(is_invalid(museum.catalogue().add_session(shown.exhibition, session), "ends_at"));
    EXPECT_TRUE(is_invalid(museum.catalogue().update_session(
                               shown.session, {.times = {.starts_at = ten, .ends_at = ends_at}}),
                           "ends_at"));
  }
}

TEST_P(BadInput, ASalesWindowThatEndsBeforeItOpensOrAtOnce) {
  const NewSession session{.starts_at = ten, .sales_from = morning, .sales_until = morning};
  EXPECT_TRUE(is_invalid(register_with(session), "sales_until", 1));
  EXPECT_TRUE(is_invalid(museum.catalogue().add_session(shown.exhibition, session), "sales_until"));
}

TEST_P(BadInput, TimesOutsideTheYears1To9999) {
  for (const auto at :
       {earliest_instant - 1ms, latest_instant + 1ms, Instant::min(), Instant::max()}) {
    const std::vector<std::pair<NewSession, std::string>> cases = {
        {{.starts_at = at}, "starts_at"},
        {{.starts_at = ten, .ends_at = at}, "ends_at"},
        {{.starts_at = ten, .sales_from = at}, "sales_from"},
        {{.starts_at = ten, .sales_until = at}, "sales_until"}};
    for (const auto& [session, field] : cases) {
      EXPECT_TRUE(is_invalid(register_with(session), field, 1));
      EXPECT_TRUE(is_invalid(museum.catalogue().add_session(shown.exhibition, session), field));
      EXPECT_TRUE(
          is_invalid(museum.catalogue().update_session(
                         shown.session, {.times = {session.starts_at, session.ends_at,
                                                   session.sales_from, session.sales_until}}),
                     field));
    }
  }
}

TEST_P(BadInput, ACapacityOfNothing) {
  const NewSession session{.starts_at = ten, .capacity = 0};
  EXPECT_TRUE(is_invalid(register_with(session), "capacity", 1));
  EXPECT_TRUE(is_invalid(museum.catalogue().add_session(shown.exhibition, session), "capacity"));
  EXPECT_TRUE(is_invalid(museum.catalogue().set_capacity(shown.session, 0), "capacity"));
}

TEST_P(BadInput, MoreThanAThousandSessionsAtOnce) {
  NewExhibition wanted{.title = "P"};
  wanted.sessions.resize(1001, {.starts_at = ten});
  EXPECT_TRUE(is_invalid(museum.catalogue().register_exhibition(wanted), "sessions"));
}

TEST_P(BadInput, AMemberThatIsEmptyHugeOrNotUtf8) {
  auto members = not_utf8;
  members.insert(members.end(),
                 {std::string(), std::string(129, 'm'), std::string(10'000'000, 'm')});
  for (const auto& member : members) {
    EXPECT_TRUE(is_invalid(museum.bookings().reserve({.session = shown.session, .member = member}),
                           "member"));
  }
}

TEST_P(BadInput, NoPlacesAndAllPlaces) {
  const auto reserve = [&](std::uint32_t places) {
    return museum.bookings().reserve({.session = shown.session, .member = "m", .places = places});
  };
  EXPECT_TRUE(is_invalid(reserve(0), "places"));
  EXPECT_TRUE(is_refused(reserve(most_places), refusal::PartyTooLarge{10}));
}

TEST_P(BadInput, AHoldOfNothingLessThanNothingOrForEver) {
  for (const auto length : {0ms, -1ms, std::chrono::milliseconds::min(), 60min + 1ms,
                            std::chrono::milliseconds::max()}) {
    EXPECT_TRUE(is_invalid(
        museum.bookings().reserve({.session = shown.session, .member = "m", .hold = Hold{length}}),
        "hold"));
  }
}

TEST_P(BadInput, IdsThatNameNothing) {
  for (const auto id : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                        std::numeric_limits<std::int64_t>::max()}) {
    const refusal::NotFound exhibition{"exhibition", id};
    const refusal::NotFound session{"session", id};
    const refusal::NotFound reservation{"reservation", id};
    EXPECT_TRUE(is_refused(museum.catalogue().find(ExhibitionId{id}), exhibition));
    EXPECT_TRUE(is_refused(museum.catalogue().suspend(ExhibitionId{id}), exhibition));
    EXPECT_TRUE(is_refused(museum.catalogue().sessions_of(ExhibitionId{id}), exhibition));
    EXPECT_TRUE(is_refused(museum.catalogue().close(SessionId{id}), session));
    EXPECT_TRUE(is_refused(museum.bookings().availability(SessionId{id}), session));
    EXPECT_TRUE(
        is_refused(museum.bookings().reserve({.session = SessionId{id}, .member = "m"}), session));
    EXPECT_TRUE(is_refused(museum.bookings().find(ReservationId{id}), reservation));
    EXPECT_TRUE(is_refused(museum.bookings().confirm(ReservationId{id}), reservation));
    EXPECT_TRUE(is_refused(museum.bookings().extend(ReservationId{id}, 1min), reservation));
    EXPECT_TRUE(is_refused(museum.bookings().cancel(ReservationId{id}), reservation));
    EXPECT_TRUE(museum.vouchers().of(ReservationId{id})->empty());
  }
}

TEST_P(BadInput, PagesOfNothingAndOfTooMuch) {
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1001}, SIZE_MAX}) {
    EXPECT_TRUE(is_invalid(museum.catalogue().list({.limit = limit}), "limit"));
    EXPECT_TRUE(
        is_invalid(museum.catalogue().sessions_of(shown.exhibition, {.limit = limit}), "limit"));
    EXPECT_TRUE(is_invalid(museum.bookings().list({}, {.limit = limit}), "limit"));
    EXPECT_TRUE(is_invalid(museum.bookings().availability(
                               SessionRange{.exhibition = shown.exhibition}, {.limit = limit}),
                           "limit"));
    EXPECT_TRUE(is_invalid(museum.vouchers().list({.limit = limit}), "limit"));
    EXPECT_TRUE(is_invalid(museum.my_page().of("m", {.limit = limit}), "limit"));
    EXPECT_TRUE(is_invalid(museum.my_page().list({.limit = limit}), "limit"));
  }
}

TEST_P(StrangeInput, AGateThatIsHugeOrNotUtf8AndNobodyToLetIn) {
  const auto voucher = museum.voucher_of(museum.reserve(museum.register_one().session).id);
  const auto log = museum.log();
  auto gates = not_utf8;
  gates.push_back(std::string(65, 'g'));
  for (const auto& gate : gates) {
    EXPECT_TRUE(is_invalid(museum.vouchers().redeem(voucher.code, {.gate = gate}), "gate"));
  }
  EXPECT_TRUE(is_invalid(museum.vouchers().redeem(voucher.code, {.count = 0}), "count"));
  EXPECT_TRUE(is_refused(museum.vouchers().redeem(voucher.code, {.count = most_places}),
                         refusal::AlreadyRedeemed{1, 0, std::nullopt}));
  EXPECT_EQ(museum.log(), log);
}

TEST_P(StrangeInput, TextOfEveryAllowedSortComesBackAsItWasGiven) {
  const std::string nul("a\0b", 3);
  const std::vector<std::string> texts = {nul,
                                          "모네",
                                          "🎨",
                                          "quote \" backslash \\ tab \t newline \n",
                                          "'; DROP TABLE reservations; --",
                                          "\x01\x1f\x7f",
                                          "%_*?",
                                          std::string(64, 'x')};
  for (const auto& text : texts) {
    const auto made = museum.catalogue().register_exhibition(
        {.title = text, .kind = text, .sessions = {{.starts_at = ten}}},
        {.idempotency_key = text, .actor = text, .correlation_id = text});
    ASSERT_TRUE(is_done(made));
    EXPECT_EQ(museum.catalogue().find(made->exhibition.id)->title, text);
    EXPECT_EQ(museum.catalogue().find(made->exhibition.id)->kind, text);
    EXPECT_EQ(museum.log().back().headers, (Headers{.correlation_id = text, .actor = text}));

    const auto visit = museum.reserve(made->sessions.at(0), text);
    EXPECT_EQ(museum.bookings().find(visit.id)->member, text);
    const auto voucher = museum.voucher_of(visit.id);
    museum.vouchers().redeem(voucher.code, {.gate = text}).value();
    EXPECT_EQ(museum.vouchers().find(voucher.code)->redemptions.at(0).gate, text);
    const auto page = museum.my_page().of(text).value();
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].member, text);
    EXPECT_EQ(page.items[0].title, text);
  }
  EXPECT_TRUE(museum.my_page().of("a")->items.empty()) << "no text ends at its NUL";
}

TEST_P(StrangeInput, AMemberOf128BytesAndATitleOf200) {
  const std::string member(128, 'm');
  const std::string title(200, 't');
  const auto made = museum.catalogue()
                        .register_exhibition({.title = title, .sessions = {{.starts_at = ten}}})
                        .value();
  museum.reserve(made.sessions.at(0), member);
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of(member)->items.at(0).title, title);
}

TEST_P(StrangeInput, TimesAtTheEndsOfTheRange) {
  museum.clock.set(earliest_instant);
  const auto made =
      museum.catalogue().register_exhibition({.title = "All of it",
                                              .rules = {.cancel_cutoff = 24h * 366},
                                              .sessions = {{.starts_at = earliest_instant,
                                                            .ends_at = latest_instant,
                                                            .sales_from = earliest_instant,
                                                            .sales_until = latest_instant}}});
  ASSERT_TRUE(is_done(made));
  const auto session = museum.stored(made->sessions.at(0));
  EXPECT_EQ(session.times.starts_at, earliest_instant);
  EXPECT_EQ(session.times.ends_at, latest_instant);
  const auto visit = museum.reserve(session.id);
  const auto hold = museum.hold(session.id);
  EXPECT_EQ(hold.expires_at, earliest_instant + 15min);
  EXPECT_TRUE(is_refused(museum.bookings().cancel(visit.id),
                         refusal::CutoffPassed{earliest_instant - 24h * 366}));
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("seokwon")->items.at(0).ends_at, latest_instant);
  museum.clock.set(latest_instant);
  EXPECT_TRUE(
      is_refused(museum.bookings().cancel(visit.id, Canceller::organiser), refusal::SessionOver{}));
  EXPECT_EQ(museum.bookings().find(hold.id)->status, ReservationStatus::expired);
}

TEST_P(StrangeInput, AnIdThatIsHugeIsAPlaceToGoOnFromLikeAnyOther) {
  const auto shown = museum.register_one();
  museum.reserve(shown.session);
  const auto highest = std::numeric_limits<std::int64_t>::max();
  const auto lowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_TRUE(museum.bookings().list({}, {.after = ReservationId{highest}})->items.empty());
  EXPECT_EQ(museum.bookings().list({}, {.after = ReservationId{lowest}})->items.size(), 1U);
  EXPECT_TRUE(museum.bookings().list({.session = SessionId{highest}})->items.empty());
}

}  // namespace
}  // namespace exhibition::tests
