// Engine::audit: one difference of each kind, planted with SQL in a live store, is found by name; a
// store without one is clean, whatever is still to be done in it.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

class AnAudit : public ::testing::Test {
 protected:
  void expect_found(const std::vector<AuditFinding>& expected) {
    const auto found = museum.engine().audit();
    ASSERT_TRUE(is_done(found));
    EXPECT_EQ(words(*found), words(expected));
    EXPECT_EQ(*found, expected);
  }

  static std::vector<std::string> words(const std::vector<AuditFinding>& findings) {
    std::vector<std::string> all;
    for (const auto& finding : findings) all.push_back(to_string(finding));
    return all;
  }

  static AuditFinding about(AuditRule rule, SessionId where, std::int64_t expected,
                            std::int64_t found) {
    return {rule, {AggregateKind::session, where.value()}, expected, found};
  }
  static AuditFinding about(AuditRule rule, ReservationId where, std::int64_t expected,
                            std::int64_t found) {
    return {rule, {AggregateKind::reservation, where.value()}, expected, found};
  }

  /// Plants in the store of the live engine.
  void plant(const std::string& sql) { RawFile(museum.file()).execute(sql); }

  static std::string number(auto id) { return std::to_string(id.value()); }

  Museum museum{StorageKind::sqlite};
  Shown shown = museum.register_one(10);
};

/// The store of these has two confirmed reservations of two places, followed by the desk, and
/// nothing wrong with it.
class AnAuditOfPlants : public AnAudit {
 protected:
  void SetUp() override { ASSERT_TRUE(is_clean(museum.engine())); }

  ReservationId visit = museum.reserve(shown.session, "seokwon", 2).id;
  ReservationId other = museum.reserve(shown.session, "mina", 2).id;
  Voucher voucher = museum.voucher_of(visit);
};

TEST_F(AnAuditOfPlants, FindsTooManyPlacesTaken) {
  plant("UPDATE session SET taken = taken + 1");
  expect_found({about(AuditRule::taken_is_recounted, shown.session, 4, 5)});
}

TEST_F(AnAuditOfPlants, FindsTooFewPlacesTaken) {
  plant("UPDATE session SET taken = 0");
  expect_found({about(AuditRule::taken_is_recounted, shown.session, 4, 0)});
}

TEST_F(AnAuditOfPlants, FindsAReservationThatIsLost) {
  plant("DELETE FROM voucher WHERE reservation = " + number(visit) +
        "; DELETE FROM reservation WHERE id = " + number(visit));
  expect_found({about(AuditRule::taken_is_recounted, shown.session, 2, 4)});
}

TEST_F(AnAuditOfPlants, FindsPlacesBeyondTheCapacity) {
  plant("UPDATE session SET capacity = 3");
  expect_found({about(AuditRule::places_fit_the_capacity, shown.session, 3, 4)});
}

TEST_F(AnAuditOfPlants, FindsAConfirmedReservationWhoseVoucherIsDeactivated) {
  plant("UPDATE voucher SET status = 'deactivated' WHERE reservation = " + number(visit));
  expect_found({about(AuditRule::confirmed_has_a_voucher, visit, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsAConfirmedReservationWhoseVoucherIsLost) {
  plant("DELETE FROM voucher WHERE reservation = " + number(other));
  expect_found({about(AuditRule::confirmed_has_a_voucher, other, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsASecondActiveVoucher) {
  plant(
      "INSERT INTO voucher SELECT id + 1000, reservation, 'another', admits, 0, 'active', 1"
      " FROM voucher WHERE reservation = " +
      number(visit));
  expect_found({about(AuditRule::one_voucher_at_most, visit, 1, 2)});
}

TEST_F(AnAuditOfPlants, FindsAnActiveVoucherOfACancelledReservation) {
  plant("UPDATE reservation SET status = 'cancelled', reason = 'member' WHERE id = " +
        number(visit) + "; UPDATE session SET taken = taken - 2");
  expect_found({about(AuditRule::others_have_no_voucher, visit, 0, 1)});
}

TEST_F(AnAuditOfPlants, FindsAnActiveVoucherOfAHold) {
  const auto hold = museum.hold(shown.session).id;
  museum.reserve(shown.session, "later");
  museum.pump_all();
  plant("UPDATE voucher SET reservation = " + number(hold) +
        " WHERE reservation = " + number(visit));
  expect_found({about(AuditRule::confirmed_has_a_voucher, visit, 1, 0),
                about(AuditRule::others_have_no_voucher, hold, 0, 1)});
}

TEST_F(AnAuditOfPlants, FindsAnActiveVoucherOfAReservationThatIsNotThere) {
  plant("INSERT INTO voucher VALUES(1000, 4711, 'stray', 1, 0, 'active', 1)");
  expect_found({about(AuditRule::others_have_no_voucher, ReservationId{4711}, 0, 1)});
}

TEST_F(AnAuditOfPlants, FindsReservationsWhoseSessionIsLost) {
  plant("DELETE FROM session WHERE id = " + number(shown.session));
  expect_found({about(AuditRule::reservation_has_a_session, visit, 1, 0),
                about(AuditRule::reservation_has_a_session, other, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsReservationsWhoseExhibitionIsLost) {
  plant("DELETE FROM exhibition WHERE id = " + number(shown.exhibition));
  expect_found({about(AuditRule::reservation_has_a_session, visit, 1, 0),
                about(AuditRule::reservation_has_a_session, other, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsEverythingAtOnce) {
  const auto lost = museum.register_one();
  const auto orphan = museum.reserve(lost.session).id;
  museum.pump_all();
  plant(
      "UPDATE session SET taken = 7, capacity = 1;"
      " UPDATE voucher SET status = 'deactivated';"
      " DELETE FROM session WHERE id = " +
      number(lost.session));
  expect_found({about(AuditRule::confirmed_has_a_voucher, visit, 1, 0),
                about(AuditRule::confirmed_has_a_voucher, other, 1, 0),
                about(AuditRule::taken_is_recounted, shown.session, 4, 7),
                about(AuditRule::places_fit_the_capacity, shown.session, 1, 4),
                about(AuditRule::reservation_has_a_session, orphan, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsThemAfterReopeningToo) {
  plant("UPDATE voucher SET status = 'deactivated' WHERE reservation = " + number(visit));
  museum.reopen();
  expect_found({about(AuditRule::confirmed_has_a_voucher, visit, 1, 0)});
}

TEST_F(AnAuditOfPlants, FindsThemAmongMoreThanOneBatch) {
  const auto big = museum.register_one({}).session;
  const auto hold = museum.hold(big).id;
  plant(
      "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more LIMIT 2500)"
      " INSERT INTO reservation SELECT id + n, exhibition, session, member, places, status,"
      " expires_at, reason, created_at, under_member_limit, version"
      " FROM reservation, more WHERE id = " +
      number(hold));
  expect_found({about(AuditRule::taken_is_recounted, big, 2501, 1)});
  plant("UPDATE session SET taken = 2501 WHERE id = " + number(big));
  expect_found({});
}

TEST_F(AnAuditOfPlants, ChangesNothing) {
  plant("UPDATE session SET taken = 7, capacity = 1");
  const auto before = everything_in(museum.file());
  EXPECT_FALSE(museum.engine().audit().value().empty());
  EXPECT_EQ(everything_in(museum.file()), before);
}

TEST_F(AnAudit, HasNothingToSayOfAnEmptyStore) { expect_found({}); }

TEST_F(AnAudit, HasNothingToSayOfReservationsThatTheDeskHasStillToFollow) {
  const auto followed = museum.reserve(shown.session).id;
  museum.pump_all();
  museum.reserve(shown.session);
  museum.bookings().cancel(followed).value();
  expect_found({});
  museum.pump_all();
  expect_found({});
}

TEST_F(AnAudit, HasNothingToSayOfHoldsThatAreDueAndUnsettled) {
  museum.hold(shown.session, "seokwon", 9);
  museum.clock.advance(15min);
  expect_found({});
  museum.reserve(shown.session, "mina", 9);  // takes the due places; the hold is settled with it
  museum.hold(shown.session, "mina", 1, 1ms);
  museum.clock.advance(1ms);
  expect_found({});
}

TEST_F(AnAudit, HasNothingToSayOfAWithdrawalThatIsNotSettled) {
  museum.reserve(shown.session, "seokwon", 2);
  museum.hold(shown.session, "mina", 2);
  museum.pump_all();
  museum.catalogue().withdraw(shown.exhibition).value();
  expect_found({});
  museum.events().pump({.max_events = 1});
  expect_found({});
  museum.pump_all();
  expect_found({});
}

TEST_F(AnAudit, HasNothingToSayOfACancelledSessionThatIsNotSettled) {
  museum.reserve(shown.session, "seokwon", 2);
  museum.pump_all();
  museum.catalogue().cancel_session(shown.session).value();
  expect_found({});
  museum.pump_all();
  expect_found({});
}

TEST_F(AnAudit, HasNothingToSayOfAnOverbookedSessionThatIsMarked) {
  const auto visit = museum.reserve(shown.session, "seokwon", 4).id;
  museum.reserve(shown.session, "mina", 4);
  museum.pump_all();
  museum.catalogue().set_capacity(shown.session, 5).value();
  expect_found({});
  museum.bookings().cancel(visit).value();
  museum.pump_all();
  expect_found({});
}

TEST_F(AnAudit, HasNothingToSayOfAClockThatStepsBack) {
  museum.hold(shown.session, "seokwon", 10);
  museum.clock.advance(15min);
  museum.reserve(shown.session, "mina", 10);
  museum.clock.advance(-15min);
  expect_found({});
}

}  // namespace
}  // namespace exhibition::tests
