// Events that another version of the library has written: of types that this one does not know, and
// in a form that it does not.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "stores/stores.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

using Members = std::vector<std::string>;

class AnotherVersionsEvent : public ::testing::Test {
 protected:
  void follow(std::string name = "mailer", EventTypes types = EventTypes::all()) {
    museum.events()
        .follow(std::move(name), types,
                [this](const Delivery& delivery) { written.push_back(delivery.key()); })
        .value();
  }

  /// Appends an event of a type that there is not.
  void rob(std::int64_t visit) {
    RawFile(museum.file())
        .execute(
            "INSERT INTO event_log(stream, stream_id, aggregate, aggregate_id, version, type,"
            " schema_version, occurred_at, correlation_id, actor, payload)"
            " SELECT 'reservation', " +
            std::to_string(visit) + ", 'Reservation', " + std::to_string(visit) +
            ", max(position), 'MuseumRobbed', 4, 0, '', '', '{\"loot\":\"Monet\"}'"
            " FROM event_log");
  }

  /// Makes the events of the reservation appear to be of that version.
  void date(ReservationId visit, int version) {
    RawFile(museum.file())
        .execute("UPDATE event_log SET schema_version = " + std::to_string(version) +
                 " WHERE aggregate = 'Reservation' AND aggregate_id = " + to_string(visit));
  }

  [[nodiscard]] FollowerStatus status_of(std::string_view name) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == name) return status;
    }
    throw std::runtime_error("no such follower");
  }

  [[nodiscard]] std::vector<std::string> failing(const PumpReport& report, Errc why) {
    std::vector<std::string> parts;
    for (const auto& failure : report.failures) {
      if (failure.error.code == why) parts.push_back(failure.part);
    }
    return parts;
  }

  Museum museum{StorageKind::sqlite};
  const Shown shown = museum.register_one(std::nullopt);
  std::vector<std::string> written;
};

TEST_F(AnotherVersionsEvent, OfAnUnknownTypeIsSkippedAndCountedForGood) {
  follow();
  follow("desk-mirror", EventTypes::of<VoucherActivated>());
  const auto visit = museum.reserve(shown.session).id.value();
  museum.pump_all();
  const auto before = written;
  for (int i = 0; i < 3; ++i) rob(visit);
  museum.pump_all();
  EXPECT_EQ(written, before);
  EXPECT_EQ(status_of("mailer").unknown, 3);
  EXPECT_EQ(status_of("my-page").unknown, 3);
  EXPECT_EQ(status_of("desk-mirror").unknown, 0) << "it has not asked for them";
  for (const auto& status : museum.events().status().value()) {
    EXPECT_EQ(status.position, status.head) << status.name;
    EXPECT_EQ(status.lag_events, 0) << status.name;
  }

  museum.reopen();
  follow();
  rob(visit);
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_EQ(status_of("mailer").unknown, 4);
  EXPECT_GT(written.size(), before.size());
}

TEST_F(AnotherVersionsEvent, IsCountedOnceThoughItsNeighboursFail) {
  bool fails = true;
  museum.events()
      .follow("mailer", EventTypes::all(),
              [&](const Delivery& delivery) {
                if (fails && delivery.envelope.stream.kind == StreamKind::reservation) {
                  throw std::runtime_error("no");
                }
              })
      .value();
  const auto visit = museum.reserve(shown.session).id.value();
  rob(visit);
  museum.reserve(shown.session);
  rob(visit);
  for (int i = 0; i < 20; ++i) {
    museum.events().pump();
    museum.clock.advance(2min);
  }
  EXPECT_GT(status_of("mailer").parked, 2) << "both, and what is behind them";
  EXPECT_EQ(status_of("mailer").unknown, 2);
}

TEST_F(AnotherVersionsEvent, InALaterFormStopsThoseWhoWantItBeforeIt) {
  follow("mailer", EventTypes::of<ReservationConfirmed, VoucherActivated>());
  follow("desk-mirror", EventTypes::of<VoucherActivated>());
  museum.reserve(shown.session);
  museum.pump_all();
  const auto before = written.size();
  const auto visit = museum.reserve(shown.session).id;
  const auto at = museum.log().back().position;
  date(visit, 7);

  const std::vector<std::string> stopped = {"voucher-desk", "my-page", "mailer"};
  for (int i = 0; i < 2; ++i) {
    const auto report = museum.events().pump();
    EXPECT_EQ(failing(report, Errc::unknown_version), stopped);
    EXPECT_FALSE(report.more) << "it does not turn in circles";
  }
  EXPECT_EQ(written.size(), before);
  const auto status = status_of("mailer");
  EXPECT_EQ(status.state, FollowerState::halted);
  EXPECT_EQ(status.halted_by, Error(refusal::UnknownVersion{at.value(), 7}));
  EXPECT_LT(status.position, at);
  EXPECT_EQ(status.lag_events, 1);
  EXPECT_EQ(status_of("desk-mirror").state, FollowerState::running);
  const auto waited = museum.events().wait_for("mailer", 1h);
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().code, Errc::unknown_version);

  // As the version does that knows it.
  date(visit, 1);
  museum.pump_all();
  EXPECT_EQ(status_of("mailer").state, FollowerState::running);
  EXPECT_EQ(status_of("mailer").halted_by, std::nullopt);
  EXPECT_EQ(written.size(), before + 3) << "confirmed, and twice activated";
  EXPECT_EQ(museum.vouchers().of(visit).value().size(), 1U);
}

TEST_F(AnotherVersionsEvent, InALaterFormLetsWhatIsBeforeItPass) {
  follow();
  const auto first = museum.reserve(shown.session).id;
  const auto second = museum.reserve(shown.session).id;
  date(second, 2);
  museum.events().pump();
  EXPECT_EQ(written.back(), "Reservation/" + to_string(first) + "/1");
  EXPECT_EQ(museum.vouchers().of(first).value().size(), 1U);
  EXPECT_EQ(museum.vouchers().of(second).value().size(), 0U);
  EXPECT_EQ(status_of("voucher-desk").state, FollowerState::halted);
}

TEST_F(AnotherVersionsEvent, InALaterFormHaltsWhoReadsItFromTheArchiveAsWell) {
  const TemporaryFolder folder;
  const auto reopen = [&] {
    auto options = museum.options();
    options.archive = files::archive(folder.path());
    museum.close();
    museum.reopen(std::move(options));
  };
  reopen();
  const auto visit = museum.reserve(shown.session).id;
  museum.pump_all();
  museum.close();
  date(visit, 2);
  reopen();
  ASSERT_GT(museum.events().prune({.older_than = 0ms}).value().archived, 0);
  follow("mailer", EventTypes::of<ReservationConfirmed>());
  EXPECT_EQ(failing(museum.events().pump(), Errc::unknown_version),
            std::vector<std::string>{"mailer"});
  EXPECT_EQ(status_of("mailer").state, FollowerState::halted);
}

TEST_F(AnotherVersionsEvent, InALaterFormStopsTheSettlingOfAWithdrawal) {
  museum.reserve(shown.session);
  museum.pump_all();
  museum.catalogue().withdraw(shown.exhibition).value();
  const auto date_all = [&](int version) {
    RawFile(museum.file())
        .execute("UPDATE event_log SET schema_version = " + std::to_string(version) +
                 " WHERE type = 'ExhibitionWithdrawn'");
  };
  date_all(2);
  const auto report = museum.events().pump();
  const auto stopped = failing(report, Errc::unknown_version);
  EXPECT_NE(std::find(stopped.begin(), stopped.end(), "closings"), stopped.end());
  EXPECT_EQ(report.settled, 0U);
  date_all(1);
  EXPECT_EQ(museum.pump_all().settled, 1U);
}

TEST_F(AnotherVersionsEvent, AmongTheDeadLettersStaysThere) {
  bool fails = true;
  museum.events()
      .follow("mailer", EventTypes::of<ReservationConfirmed>(),
              [&](const Delivery&) {
                if (fails) throw std::runtime_error("no");
                written.push_back("sent");
              })
      .value();
  museum.reserve(shown.session);
  for (int i = 0; i < 10; ++i) {
    museum.events().pump();
    museum.clock.advance(2min);
  }
  ASSERT_EQ(status_of("mailer").parked, 1);
  fails = false;
  const auto file = museum.file().string() + "-followers";
  RawFile(file).execute("UPDATE exhibition_dead_letter SET schema_version = 2");
  const auto report = museum.events().retry("mailer").value();
  EXPECT_EQ(report.replayed, 0U);
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_NE(report.failed[0].error.find("does not know"), std::string::npos);
  EXPECT_TRUE(written.empty());
  RawFile(file).execute("UPDATE exhibition_dead_letter SET schema_version = 1");
  EXPECT_EQ(museum.events().retry("mailer").value().replayed, 1U);
  EXPECT_EQ(written, Members{"sent"});
}

TEST_F(AnotherVersionsEvent, ReachesSubscriptionsAsItIsStored) {
  std::vector<std::string> types;
  std::size_t confirmed = 0;
  const auto all = museum.events().on<Event>([&](const Event& event) {
    if (std::holds_alternative<UnknownEvent>(event)) types.emplace_back(type_of(event));
  });
  const auto some =
      museum.events().on<ReservationConfirmed>([&](const ReservationConfirmed&) { ++confirmed; });
  const auto visit = museum.reserve(shown.session).id;
  rob(visit.value());
  date(visit, 2);
  museum.events().pump();
  EXPECT_EQ(types, (std::vector<std::string>{"ReservationConfirmed", "MuseumRobbed"}));
  EXPECT_EQ(confirmed, 0U);
}

}  // namespace
}  // namespace exhibition::tests
