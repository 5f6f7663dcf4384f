// The origin's defects: ours must not have them. One test for each.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "support/lent.hpp"
#include "support/museum.hpp"

#ifdef EXHIBITION_TESTS_WITH_SQLITE
#include "exhibition/adapters/sqlite.hpp"
#endif

namespace exhibition::tests {
namespace {

class Defect : public OnEachStorage {
 protected:
  /// Makes the followers meet every event once more, as a broker that delivers twice would.
  void deliver_everything_again() {
    ASSERT_TRUE(is_done(transact(museum.storage(), [](UnitOfWork& unit) -> Result<void> {
      unit.followers().save("voucher-desk", {});
      return {};
    })));
    museum.reopen();
    museum.pages().transact(
        [](MyPagesUnit&, Followers& followers) { followers.save("my-page", {}); });
    museum.pump_all();
  }
};
INSTANTIATE_TEST_SUITE_P(On, Defect, each_storage(), storage_name);

// "Checks availability, then writes."
TEST_P(Defect, TheLastPlacesAreNotSoldTwiceToCustomersWhoAskAtOnce) {
  const auto shown = museum.register_one(10);
  std::atomic<std::uint32_t> taken = 0;
  std::atomic<int> sold_out = 0;
  std::vector<std::thread> customers;
  for (int i = 0; i < 4; ++i) {
    customers.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        const auto answer =
            museum.bookings().reserve({.session = shown.session, .member = "m", .places = 2});
        if (answer) {
          taken += 2;
        } else if (answer.error().code == Errc::sold_out) {
          ++sold_out;
        }
      }
    });
  }
  for (auto& customer : customers) customer.join();
  EXPECT_EQ(taken, 10U);
  EXPECT_EQ(sold_out, 15);
  EXPECT_EQ(museum.stored(shown.session).taken, 10);
}

// "Publishes in afterCompletion, so also after a rollback."
TEST_P(Defect, AnEventExistsExactlyWhenItsChangeIsCommitted) {
  const auto shown = museum.register_one(1);
  const auto known = museum.log().size();

  const auto reservation = museum.reserve(shown.session);
  const auto log = museum.log();
  ASSERT_EQ(log.size(), known + 1) << "committed: exactly one event";
  const auto* confirmed = std::get_if<ReservationConfirmed>(&log.back().event);
  ASSERT_NE(confirmed, nullptr);
  EXPECT_EQ(confirmed->reservation, reservation.id);

  EXPECT_FALSE(museum.bookings().reserve({.session = shown.session, .member = "late"}));
  EXPECT_EQ(museum.log(), log) << "refused: none";

  const auto rolled_back = transact(museum.storage(), [&](UnitOfWork& unit) -> Result<void> {
    unit.log().append({ExhibitionSuspended{shown.exhibition}, 2, museum.clock.now()});
    return refusal::SoldOut{};
  });
  EXPECT_FALSE(rolled_back);
  EXPECT_EQ(museum.log(), log) << "rolled back: none";
}

// "A crash after commit loses the event."
TEST_P(Defect, AnEventIsNotLostWhenTheProgramEndsBetweenCommitAndPublishing) {
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session);
  museum.reopen();  // nothing was pumped

  museum.pump_all();

  EXPECT_EQ(museum.vouchers().of(reservation.id)->size(), 1U);
  EXPECT_EQ(museum.my_page().of("seokwon")->items.size(), 1U);
}

// "Consumers are not idempotent: redelivery duplicates vouchers and my-page rows."
TEST_P(Defect, RedeliveryDuplicatesNeitherVouchersNorMyPage) {
  const auto shown = museum.register_one();
  const auto kept = museum.reserve(shown.session);
  const auto given_up = museum.reserve(shown.session);
  museum.pump_all();
  ASSERT_TRUE(is_done(museum.bookings().cancel(given_up.id)));
  museum.pump_all();
  const auto log = museum.log();
  const auto vouchers = museum.vouchers().list().value();
  const auto page = museum.my_page().of("seokwon").value();

  deliver_everything_again();

  EXPECT_EQ(museum.vouchers().list(), vouchers);
  EXPECT_EQ(museum.my_page().of("seokwon"), page);
  EXPECT_EQ(museum.log(), log) << "nothing was published again";
  EXPECT_EQ(museum.vouchers().of(kept.id)->size(), 1U);
}

/// A my-page store that is out of order until it is repaired.
class FailingPages final : public LentMyPages {
 public:
  FailingPages(std::unique_ptr<MyPages> pages, std::shared_ptr<bool> is_broken)
      : LentMyPages(std::move(pages)), is_broken_(std::move(is_broken)) {}

  void transact(FunctionRef<void(MyPagesUnit&, Followers&)> work) override {
    LentMyPages::transact([&](MyPagesUnit& unit, Followers& followers) {
      work(unit, followers);
      if (*is_broken_) throw PortError("my page is out of order");
    });
  }

 private:
  std::shared_ptr<bool> is_broken_;
};

// "My page swallows exceptions: a poison event is lost."
TEST_P(Defect, AnEventThatMyPageCannotTakeIsReportedAndTakenUpAgain) {
  const auto is_broken = std::make_shared<bool>(true);
  auto options = museum.options();
  options.my_pages = std::unique_ptr<MyPages>(
      std::make_unique<FailingPages>(std::move(options.my_pages).value(), is_broken));
  museum.reopen(std::move(options));
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session);

  const auto report = museum.events().pump();

  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].part, "my-page");
  EXPECT_EQ(report.failures[0].error, Error(refusal::StorageFailure{"my page is out of order"}));
  EXPECT_TRUE(report.retry_at);
  EXPECT_EQ(museum.vouchers().of(reservation.id)->size(), 1U) << "the voucher desk went on";
  EXPECT_TRUE(museum.my_page().of("seokwon")->items.empty()) << "nothing half-done";

  *is_broken = false;
  museum.pump_all();
  EXPECT_EQ(museum.my_page().of("seokwon")->items.size(), 1U);
}

// "Any change of a reservation publishes a cancellation."
TEST_P(Defect, OnlyACancellationPublishesACancellation) {
  const auto shown = museum.register_one();
  const auto known = museum.log().size();
  const auto reservation = museum.hold(shown.session);
  ASSERT_TRUE(is_done(museum.bookings().extend(reservation.id, 5min)));
  ASSERT_TRUE(is_done(museum.bookings().confirm(reservation.id)));
  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"ReservationHeld", "HoldExtended", "ReservationConfirmed"}));

  ASSERT_TRUE(is_done(museum.bookings().cancel(reservation.id)));
  EXPECT_EQ(museum.happened_after(known + 3), std::vector<std::string>{"ReservationCancelled"});
}

// "A cancellation inserts a second voucher and publishes VoucherActivated."
TEST_P(Defect, ACancellationDeactivatesTheVoucherAndThatIsWhatIsPublished) {
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session);
  const auto voucher = museum.voucher_of(reservation.id);
  const auto known = museum.log().size();

  ASSERT_TRUE(is_done(museum.bookings().cancel(reservation.id)));
  museum.pump_all();

  EXPECT_EQ(museum.happened_after(known),
            (std::vector<std::string>{"ReservationCancelled", "VoucherDeactivated"}));
  const auto vouchers = museum.vouchers().of(reservation.id).value();
  ASSERT_EQ(vouchers.size(), 1U);
  EXPECT_EQ(vouchers[0].id, voucher.id);
  EXPECT_EQ(vouchers[0].status, VoucherStatus::deactivated);
}

// "No Kafka key: no order per reservation."
TEST_P(Defect, EventsOfAReservationAndItsVoucherAreAlwaysInOrder) {
  const auto shown = museum.register_one();
  std::map<std::string, std::vector<std::string>> streams;
  Position last;
  const auto listening =
      museum.events().on<Event>([&](const Event& event, const Envelope& envelope) {
        EXPECT_GT(envelope.position, last);
        last = envelope.position;
        streams[to_string(envelope.stream)].emplace_back(type_of(event));
      });
  std::vector<Reservation> holds;
  for (int i = 0; i < 3; ++i) holds.push_back(museum.hold(shown.session));
  for (const auto& hold : holds) ASSERT_TRUE(is_done(museum.bookings().confirm(hold.id)));
  museum.pump_all();
  for (const auto& hold : holds) ASSERT_TRUE(is_done(museum.bookings().cancel(hold.id)));
  museum.pump_all();

  ASSERT_EQ(streams.size(), holds.size());
  for (const auto& hold : holds) {
    EXPECT_EQ(
        streams["reservation/" + to_string(hold.id)],
        (std::vector<std::string>{"ReservationHeld", "ReservationConfirmed", "VoucherActivated",
                                  "ReservationCancelled", "VoucherDeactivated"}));
  }
}

// "An unknown exhibition id counts as a failure and can open the breaker for everyone."
TEST_P(Defect, AnUnknownSessionIsAnAnswerThatStopsNobodyElse) {
  const auto shown = museum.register_one(1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(is_refused(museum.bookings().reserve({.session = SessionId{99}, .member = "m"}),
                           refusal::NotFound{"session", 99}));
  }
  EXPECT_TRUE(is_done(museum.bookings().reserve({.session = shown.session, .member = "seokwon"})));
}

#ifdef EXHIBITION_TESTS_WITH_SQLITE
// "Everything in memory."
TEST(DurableByDefault, EverythingIsThereWhenTheFileIsOpenedAgain) {
  Museum museum(StorageKind::sqlite);
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session, "seokwon", 2);
  const auto hold = museum.hold(shown.session, "mina");
  const auto voucher = museum.voucher_of(reservation.id);
  const auto redeemed = museum.vouchers().redeem(voucher.code, {.gate = "west"}).value();
  const auto exhibitions = museum.catalogue().list().value();
  const auto sessions = museum.catalogue().sessions_of(shown.exhibition).value();
  const auto page = museum.my_page().list().value();
  const auto log = museum.log();

  museum.reopen();

  EXPECT_EQ(museum.catalogue().list(), exhibitions);
  EXPECT_EQ(museum.catalogue().sessions_of(shown.exhibition), sessions);
  EXPECT_EQ(museum.bookings().find(reservation.id), reservation);
  EXPECT_EQ(museum.bookings().find(hold.id), hold);
  EXPECT_EQ(museum.vouchers().find(voucher.code), redeemed);
  EXPECT_EQ(museum.my_page().list(), page);
  EXPECT_EQ(museum.log(), log);
}

TEST(DurableByDefault, WhatACrashLeavesBehindIsEverythingThatWasAnswered) {
  Museum museum(StorageKind::sqlite);
  const auto shown = museum.register_one();
  const auto reservation = museum.reserve(shown.session);

  // The files as they are while the engine is still at work: what another start would find after a
  // crash of the process.
  const TemporaryFolder after;
  for (const auto& file : std::filesystem::directory_iterator(museum.folder())) {
    // Shared memory does not outlive a crash.
    if (file.path().string().ends_with("-shm")) continue;
    std::filesystem::copy(file.path(), after.path() / file.path().filename());
  }
  auto found = Engine::open({.storage = sqlite::storage(after.path() / "museum.db"),
                             .clock = museum.clock.handle()})
                   .value();

  EXPECT_EQ(found.bookings().find(reservation.id), reservation);
  EXPECT_TRUE(found.events().pump().failures.empty());
  EXPECT_EQ(found.vouchers().of(reservation.id)->size(), 1U);
  EXPECT_EQ(found.my_page().of("seokwon")->items.size(), 1U);
}
#endif

}  // namespace
}  // namespace exhibition::tests
