// What others have to wait for, counted in SQL statements and in the rows that they write.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "contract/many_holds.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

/// Counts what runs on connections to the booking file that are opened while it lives.
/// Threads: one.
class SqlCounter {
 public:
  SqlCounter() {
    current() = this;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
  }
  ~SqlCounter() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch));
    current() = nullptr;
  }
  SqlCounter(const SqlCounter&) = delete;
  SqlCounter& operator=(const SqlCounter&) = delete;

  void reset() { statements = units = most_rows = 0; }

  std::size_t statements = 0;
  std::size_t units = 0;      ///< that were committed
  std::size_t most_rows = 0;  ///< written by one of them

 private:
  static SqlCounter*& current() {
    static SqlCounter* counter = nullptr;
    return counter;
  }
  static int watch(sqlite3* database, char**, const void*) {
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, &begun, database);
  }
  static int begun(unsigned, void* database, void* statement, void*) {
    auto* connection = static_cast<sqlite3*>(database);
    const std::string_view file = sqlite3_db_filename(connection, "main");
    if (current() == nullptr || !file.ends_with("museum.db")) return 0;
    current()->count(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)),
                     sqlite3_total_changes(connection));
    return 0;
  }
  void count(std::string_view sql, int rows) {
    ++statements;
    if (sql == "BEGIN IMMEDIATE") rows_before_ = rows;
    if (sql != "COMMIT") return;
    ++units;
    most_rows = std::max(most_rows, static_cast<std::size_t>(rows - rows_before_));
  }

  int rows_before_ = 0;
};

class CountingSql : public ::testing::Test {
 protected:
  std::size_t statements_of_reserving(SessionId session, std::uint32_t places) {
    counter.reset();
    museum.reserve(session, "next", places);
    return counter.statements;
  }

  SqlCounter counter;
  Museum museum{StorageKind::sqlite};
};

TEST_F(CountingSql, SeesTheStatementsOfAReserve) {
  const auto shown = museum.register_one();
  museum.reserve(shown.session);  // draws ids for the next one as well
  EXPECT_GE(statements_of_reserving(shown.session, 1), 6U);
  EXPECT_EQ(counter.units, 1U);
  EXPECT_EQ(counter.most_rows, 3U) << "the reservation, its session, its event";
}

TEST_F(CountingSql, ReservingRunsAtMostTwiceTheStatementsWithTenThousandDueHolds) {
  museum.reserve(museum.register_one().session);  // draws ids for all that follow
  for (const std::uint32_t places : {1U, 5U}) {
    const auto quiet = museum.register_one(10'050);
    const auto busy = museum.register_one(10'050);
    const auto overbooked = museum.register_one(10'050);
    add_holds(museum.storage(), busy.session, 10'000, morning - 1ms);
    add_holds(museum.storage(), overbooked.session, 10'000, morning - 1ms);
    museum.catalogue().set_capacity(overbooked.session, 100).value();
    const auto usual = statements_of_reserving(quiet.session, places);
    EXPECT_LE(statements_of_reserving(busy.session, places), 2 * usual) << "there is room";
    // Two more for every hold that makes room, the hold and its event, and two to find them.
    const auto settling = statements_of_reserving(overbooked.session, places);
    EXPECT_LE(settling, usual + 2 + 2 * places);
    if (places == 1) {
      EXPECT_LE(settling, 2 * usual);
    }
  }
}

TEST_F(CountingSql,
       WithdrawingAHundredThousandReservationsIsOneSmallUnitAndSettlingThemManySmallOnes) {
  constexpr std::size_t reservations = 100'000;
  const auto shown = museum.register_one(std::nullopt);
  add_holds(museum.storage(), shown.session, reservations, eleven);
  counter.reset();
  museum.catalogue().withdraw(shown.exhibition).value();
  EXPECT_EQ(counter.units, 1U);
  EXPECT_LE(counter.most_rows, 3U);
  EXPECT_LE(counter.statements, 10U);
  EXPECT_EQ(museum.bookings().availability(shown.session)->in_force, 0);

  // Some of them will do: the pump goes through the others in the same way.
  counter.reset();
  const auto report = museum.events().pump({.max_events = 1000});
  EXPECT_EQ(report.settled, 1000U);
  EXPECT_TRUE(report.more);
  // Three rows for each reservation: itself, its session, its event.
  EXPECT_LE(counter.most_rows, 64U * 3 + 1);
  EXPECT_GE(counter.units, 1000U / 64);
}

}  // namespace
}  // namespace exhibition::tests
