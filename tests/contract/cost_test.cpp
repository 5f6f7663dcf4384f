#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "contract/many_holds.hpp"
#include "exhibition/testing/faulty_storage.hpp"
#include "support/museum.hpp"

// What others have to wait for, counted in calls of the storage, not in milliseconds.

namespace exhibition::tests {
namespace {

using testing::FaultyStorage;
using testing::Step;
using testing::StepKind;
using testing::Steps;

/// Counts what units do. Fails nothing. Threads: one.
class Counter final : public Steps {
 public:
  void take(Step step) override {
    if (step.kind == StepKind::begin) changes_of_unit_ = 0;
    if (step.kind == StepKind::change) most_changes = std::max(most_changes, ++changes_of_unit_);
    if (step.name == "acknowledge") ++units;
    ++steps;
  }
  void reset() { *this = Counter(); }

  std::size_t units = 0;
  std::size_t most_changes = 0;  ///< in one unit
  std::size_t steps = 0;

 private:
  std::size_t changes_of_unit_ = 0;
};

class Counting : public ::testing::TestWithParam<StorageKind> {
 protected:
  Counting() {
    auto options = museum.options();
    options.storage = std::unique_ptr<Storage>(
        std::make_unique<FaultyStorage>(*std::move(options.storage), counter));
    museum.reopen(std::move(options));
  }

  std::size_t steps_of_reserving(SessionId session, std::uint32_t places) {
    counter.reset();
    museum.reserve(session, "next", places);
    return counter.steps;
  }

  Counter counter;
  Museum museum{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(On, Counting, each_storage(), storage_name);

TEST_P(Counting,
       WithdrawingAHundredThousandReservationsIsOneSmallUnitAndSettlingThemManySmallOnes) {
  constexpr std::size_t reservations = 100'000;
  const auto show = museum.register_one(std::nullopt);
  add_holds(museum.storage(), show.session, reservations, eleven);
  counter.reset();
  museum.catalogue().withdraw(show.exhibition).value();
  EXPECT_EQ(counter.units, 1U);
  EXPECT_LE(counter.most_changes, 3U);
  EXPECT_LE(counter.steps, 10U);
  EXPECT_EQ(museum.bookings().availability(show.session)->in_force, 0);

  // On SQLite some of them will do: the others go the same way.
  const std::size_t some = GetParam() == StorageKind::memory ? reservations : 5'000;
  counter.reset();
  EXPECT_EQ(museum.events().pump({.max_events = some}).settled, some);
  // Three changes for each reservation: itself, its session, its event.
  EXPECT_LE(counter.most_changes, 64U * 3 + 1);
  EXPECT_GE(counter.units, some / 64);
  EXPECT_EQ(museum.stored(show.session).taken, static_cast<std::int64_t>(reservations - some));
}

TEST_P(Counting, ABudgetBoundsWhatOnePumpSettles) {
  const auto show = museum.register_one(std::nullopt);
  add_holds(museum.storage(), show.session, 1000, eleven);
  museum.catalogue().withdraw(show.exhibition).value();
  std::size_t settled = 0;
  for (bool more = true; more;) {
    const auto report = museum.events().pump({.max_events = 100});
    EXPECT_LE(report.settled, 100U);
    settled += report.settled;
    more = report.more;
  }
  EXPECT_EQ(settled, 1000U);
}

TEST_P(Counting, ReservingCostsTheSameWithTenThousandDueHoldsAsWithNone) {
  for (const std::uint32_t places : {1U, 5U}) {
    const auto quiet = museum.register_one(10'050);
    const auto busy = museum.register_one(10'050);
    const auto overbooked = museum.register_one(10'050);
    add_holds(museum.storage(), busy.session, 10'000, morning - 1ms);
    add_holds(museum.storage(), overbooked.session, 10'000, morning - 1ms);
    museum.catalogue().set_capacity(overbooked.session, 100).value();
    const auto usual = steps_of_reserving(quiet.session, places);
    EXPECT_LE(steps_of_reserving(busy.session, places), 2 * usual) << "there is room";
    // Two changes for every hold that makes room, the hold and its event, and two queries to find
    // them: for one place that is within the factor of two as well.
    EXPECT_LE(steps_of_reserving(overbooked.session, places), usual + 2 + 2 * places);
  }
}

TEST_P(Counting, AReserveThatNeedsThePlacesOfDueHoldsSettlesNoMoreOfThemThanItTakesPlaces) {
  for (const std::uint32_t places : {1U, 3U, 10U}) {
    const auto full = museum.register_one(10'000);
    add_holds(museum.storage(), full.session, 10'000, morning);
    const auto steps = steps_of_reserving(full.session, places);
    EXPECT_EQ(museum.stored(full.session).taken, 10'000);
    const auto quiet = museum.register_one(10'000);
    // Two changes more for every hold that makes room: the hold and its event.
    EXPECT_LE(steps, 2 * steps_of_reserving(quiet.session, places) + 2 * places);
  }
}

}  // namespace
}  // namespace exhibition::tests
