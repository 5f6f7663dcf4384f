// Rows that the library never writes: whoever meets one is told which file it is in, and the others
// go on.

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

class ADamagedRow : public ::testing::Test {
 protected:
  void plant(const std::string& sql) { RawFile(museum.file()).execute(sql); }

  /// Whether the file does not take it, because of such a constraint.
  ::testing::AssertionResult is_refused_by(const std::string& constraint, const std::string& sql) {
    try {
      plant(sql);
    } catch (const std::runtime_error& refusal) {
      const std::string why = refusal.what();
      if (why.find(constraint, sql.size()) != std::string::npos) {
        return ::testing::AssertionSuccess();
      }
      return ::testing::AssertionFailure() << why;
    }
    return ::testing::AssertionFailure() << "it was done: " << sql;
  }

  [[nodiscard]] std::string file() const { return museum.file().string(); }

  static std::vector<std::string> parts(const PumpReport& report) {
    std::vector<std::string> all;
    for (const auto& failure : report.failures) all.push_back(failure.part);
    return all;
  }

  Museum museum{StorageKind::sqlite};
  Shown shown = museum.register_one();
  ReservationId visit = museum.reserve(shown.session).id;
  Voucher voucher = museum.voucher_of(visit);
  std::string id = std::to_string(visit.value());
};

TEST_F(ADamagedRow, WithAnUnknownWordIsBlamedByFile) {
  plant("UPDATE reservation SET reason = 'whim' WHERE id = " + id);
  EXPECT_TRUE(blames(museum.bookings().find(visit), {file(), "damaged", "whim"}));
  EXPECT_TRUE(blames(museum.bookings().cancel(visit), {file(), "damaged", "whim"}));
  EXPECT_TRUE(blames(museum.engine().audit(), {file(), "damaged", "whim"}));

  const auto other = museum.reserve(shown.session, "mina").id;
  EXPECT_TRUE(museum.events().pump().failures.empty());
  EXPECT_EQ(museum.vouchers().of(other).value().size(), 1U);
  EXPECT_TRUE(is_done(museum.bookings().cancel(other)));
}

TEST_F(ADamagedRow, WithANumberOutOfRangeIsBlamedByFile) {
  plant("UPDATE reservation SET places = 4294967296 WHERE id = " + id);
  EXPECT_TRUE(blames(museum.bookings().find(visit), {file(), "damaged", "4294967296"}));
  plant("UPDATE session SET capacity = -1");
  EXPECT_TRUE(blames(try_reserve(museum.engine(), shown.session), {file(), "damaged", "-1"}));
}

TEST_F(ADamagedRow, CannotHaveAnUnknownStatus) {
  EXPECT_TRUE(is_refused_by("CHECK", "UPDATE reservation SET status = 'lost'"));
  EXPECT_TRUE(is_refused_by("CHECK", "UPDATE session SET status = 'lost'"));
  EXPECT_TRUE(is_refused_by("CHECK", "UPDATE exhibition SET status = 'lost'"));
  EXPECT_TRUE(is_refused_by("CHECK", "UPDATE voucher SET status = 'lost'"));
  EXPECT_TRUE(is_refused_by("CHECK", "UPDATE reservation SET places = 0"));
  EXPECT_TRUE(is_refused_by("cannot store TEXT", "UPDATE reservation SET places = 'two'"));
  EXPECT_TRUE(is_refused_by("NOT NULL", "UPDATE session SET taken = NULL"));
}

TEST_F(ADamagedRow, OfTheLogStopsItsFollowersByNameAndNoBooking) {
  const auto next = museum.reserve(shown.session).id;
  plant(
      "UPDATE event_log SET payload = '{\"reservation\":' WHERE position ="
      " (SELECT max(position) FROM event_log)");
  const auto report = museum.events().pump();
  EXPECT_EQ(parts(report), (std::vector<std::string>{"voucher-desk", "my-page"}));
  EXPECT_TRUE(report.retry_at);
  for (const auto& failure : report.failures) {
    EXPECT_TRUE(blames(failure.error, {"ReservationConfirmed"})) << failure.part;
    EXPECT_TRUE(blames(failure.error, {file()})) << failure.part;
  }

  EXPECT_TRUE(is_done(try_reserve(museum.engine(), shown.session)));
  EXPECT_TRUE(is_done(museum.bookings().cancel(next)));
  EXPECT_TRUE(is_done(museum.my_page().of("seokwon")));
  EXPECT_TRUE(is_done(museum.vouchers().redeem(voucher.code)));
}

TEST_F(ADamagedRow, OfTheLogIsFollowedOnceItIsMended) {
  museum.reserve(shown.session);
  const auto payload =
      RawFile(museum.file()).column("SELECT payload FROM event_log ORDER BY position DESC").at(0);
  plant("UPDATE event_log SET payload = 'x' WHERE payload = '" + payload + "'");
  EXPECT_FALSE(museum.events().pump().failures.empty());
  plant("UPDATE event_log SET payload = '" + payload + "' WHERE payload = 'x'");
  EXPECT_TRUE(museum.events().pump().failures.empty());
  EXPECT_TRUE(works(museum.engine(), shown.session));
}

TEST_F(ADamagedRow, OfTheLogIsNotPassedOverByASubscription) {
  std::vector<std::string> seen;
  const auto subscription =
      museum.events().on<Event>([&](const Event& event) { seen.emplace_back(type_of(event)); });
  museum.catalogue().close(shown.session).value();
  plant(
      "UPDATE event_log SET payload = 'x' WHERE position ="
      " (SELECT max(position) FROM event_log)");
  museum.catalogue().reopen(shown.session).value();
  const auto report = museum.events().pump();
  const auto failed = parts(report);
  EXPECT_NE(std::find(failed.begin(), failed.end(), "subscriptions"), failed.end());
  EXPECT_TRUE(seen.empty());
}

TEST_F(ADamagedRow, OfAnotherExhibitionLeavesTheRestAlone) {
  const auto lost = museum.register_one();
  const auto orphan = museum.hold(lost.session).id;
  plant("DELETE FROM session WHERE id = " + std::to_string(lost.session.value()));

  const auto name = "reservation " + std::to_string(orphan.value());
  EXPECT_TRUE(blames(museum.bookings().find(orphan), {name, "session"}));
  EXPECT_TRUE(blames(museum.bookings().confirm(orphan), {name, "session"}));
  EXPECT_TRUE(blames(museum.bookings().cancel(orphan), {name, "session"}));

  EXPECT_TRUE(is_done(museum.bookings().find(visit)));
  EXPECT_TRUE(is_done(try_reserve(museum.engine(), shown.session)));
  EXPECT_TRUE(is_done(museum.bookings().cancel(visit)));
}

TEST_F(ADamagedRow, ThatIsDueIsReportedByThePumpWhileTheOthersFollow) {
  const auto lost = museum.register_one();
  const auto orphan = museum.hold(lost.session).id;
  plant("DELETE FROM session WHERE id = " + std::to_string(lost.session.value()));
  const auto later = museum.reserve(shown.session, "mina").id;
  const auto withdrawn = museum.register_one();
  museum.reserve(withdrawn.session);
  museum.catalogue().withdraw(withdrawn.exhibition).value();
  museum.clock.advance(15min);

  const auto report = museum.events().pump();
  EXPECT_EQ(parts(report), std::vector<std::string>{"holds"});
  ASSERT_FALSE(report.failures.empty());
  EXPECT_TRUE(
      blames(report.failures.front().error, {"reservation " + std::to_string(orphan.value())}));
  EXPECT_EQ(report.settled, 1U);  // of the withdrawal
  EXPECT_EQ(museum.vouchers().of(later).value().size(), 1U);
  EXPECT_EQ(museum.my_page().of("mina").value().items.size(), 1U);
}

}  // namespace
}  // namespace exhibition::tests
