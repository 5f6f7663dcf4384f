// Lists: every desk gives them in pages, each going on where the last one ended.

#include <gtest/gtest.h>

#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class Paging : public OnEachStorage {
 protected:
  const Shown shown = museum.register_one(std::nullopt);
};
INSTANTIATE_TEST_SUITE_P(On, Paging, each_storage(), storage_name);

/// Everything that `list(request)` has, page by page; checks that each page is full but the last,
/// which has no next.
template <class Cursor, class List>
auto collect(List list, std::size_t limit) {
  PageRequest<Cursor> request{.limit = limit};
  decltype(list(request).value().items) all;
  for (;;) {
    const auto page = list(request).value();
    all.insert(all.end(), page.begin(), page.end());
    if (!page.next) {
      EXPECT_LE(page.items.size(), limit);
      return all;
    }
    EXPECT_EQ(page.items.size(), limit);
    request.after = page.next;
  }
}

/// Expects that pages of every size give what one page gives, which has `size` elements.
template <class Cursor, class List>
void expect_pages_to_agree(List list, std::size_t size) {
  const auto whole = list(PageRequest<Cursor>{.limit = max_page_limit}).value();
  EXPECT_EQ(whole.items.size(), size);
  EXPECT_EQ(whole.next, std::nullopt);
  for (std::size_t limit = 1; limit <= size + 1; ++limit) {
    EXPECT_EQ(collect<Cursor>(list, limit), whole.items) << "in pages of " << limit;
  }
}

TEST_P(Paging, OfAnExactMultipleHasNoEmptyPageAtTheEnd) {
  for (int i = 0; i < 4; ++i) museum.reserve(shown.session);
  const auto first = museum.bookings().list({}, {.limit = 2}).value();
  ASSERT_EQ(first.next, ReservationId{2});
  const auto second = museum.bookings().list({}, {.after = first.next, .limit = 2}).value();
  EXPECT_EQ(second.items.size(), 2U);
  EXPECT_EQ(second.next, std::nullopt);
}

TEST_P(Paging, OfAnEmptyListGivesAnEmptyPage) {
  EXPECT_EQ(museum.bookings().list(), (Page<Reservation, ReservationId>{}));
  EXPECT_EQ(museum.vouchers().list(), (Page<Voucher, VoucherId>{}));
  EXPECT_EQ(museum.my_page().list(), (Page<MyPageEntry, ReservationId>{}));
  EXPECT_EQ(museum.my_page().of("nobody"), (Page<MyPageEntry, ReservationId>{}));
}

TEST_P(Paging, SeesWhatIsAddedMeanwhile) {
  for (int i = 0; i < 3; ++i) museum.reserve(shown.session);
  const auto first = museum.bookings().list({}, {.limit = 2}).value();
  museum.reserve(shown.session);
  EXPECT_EQ(museum.bookings().list({}, {.after = first.next, .limit = 2})->items.size(), 2U);
}

TEST_P(Paging, ThroughExhibitions) {
  for (int i = 0; i < 6; ++i) museum.register_one();
  expect_pages_to_agree<ExhibitionId>(
      [&](const auto& request) { return museum.catalogue().list(request); }, 7);
}

TEST_P(Paging, ThroughSessionsThatStartAtTheSameTime) {
  for (const auto starts_at : {eleven, morning, eleven, ten, ten, morning}) {
    museum.catalogue().add_session(shown.exhibition, {.starts_at = starts_at}).value();
  }
  const auto list = [&](const auto& request) {
    return museum.catalogue().sessions_of(shown.exhibition, request);
  };
  expect_pages_to_agree<SessionCursor>(list, 7);
  std::vector<std::int64_t> ids;
  for (const auto& session : list(PageRequest<SessionCursor>{}).value()) {
    ids.push_back(session.id.value());
  }
  EXPECT_EQ(ids, (std::vector<std::int64_t>{3, 7, 1, 5, 6, 2, 4})) << "by start, then by id";
}

TEST_P(Paging, ThroughTheAvailabilityOfARange) {
  for (int i = 1; i <= 8; ++i) {
    museum.catalogue().add_session(shown.exhibition, {.starts_at = ten + i / 2 * 1h}).value();
  }
  expect_pages_to_agree<SessionCursor>(
      [&](const auto& request) {
        return museum.bookings().availability(SessionRange{shown.exhibition, ten + 1h, ten + 4h},
                                              request);
      },
      6);
}

TEST_P(Paging, ThroughReservationsBySessionAndByStatus) {
  const auto other = museum.register_one(std::nullopt);
  for (int i = 0; i < 12; ++i) {
    const auto session = i % 3 == 0 ? other.session : shown.session;
    if (i % 2 == 0) {
      museum.reserve(session);
    } else {
      museum.hold(session, "seokwon", 1, i % 4 == 1 ? 1min : 30min);
    }
  }
  museum.clock.advance(1min);
  const auto expect = [&](const ReservationFilter& filter, std::size_t size) {
    expect_pages_to_agree<ReservationId>(
        [&](const auto& request) { return museum.bookings().list(filter, request); }, size);
  };
  expect({}, 12);
  expect({.session = shown.session}, 8);
  expect({.session = other.session}, 4);
  expect({.status = ReservationStatus::confirmed}, 6);
  expect({.status = ReservationStatus::expired}, 3);
  expect({.status = ReservationStatus::held}, 3);
  expect({.session = shown.session, .status = ReservationStatus::expired}, 2);
  expect({.status = ReservationStatus::cancelled}, 0);
}

TEST_P(Paging, ThroughVouchersAndMyPage) {
  for (int i = 0; i < 9; ++i) museum.reserve(shown.session, i % 3 == 0 ? "mina" : "seokwon");
  museum.pump_all();
  expect_pages_to_agree<VoucherId>(
      [&](const auto& request) { return museum.vouchers().list(request); }, 9);
  expect_pages_to_agree<ReservationId>(
      [&](const auto& request) { return museum.my_page().list(request); }, 9);
  expect_pages_to_agree<ReservationId>(
      [&](const auto& request) { return museum.my_page().of("seokwon", request); }, 6);
}

}  // namespace
}  // namespace exhibition::tests
