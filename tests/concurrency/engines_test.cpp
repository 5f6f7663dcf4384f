#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "concurrency/threads.hpp"
#include "support/effort.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

#ifdef EXHIBITION_TESTS_WITH_SQLITE
#include "exhibition/adapters/sqlite.hpp"
#endif

namespace exhibition::tests {
namespace {

using Random = std::mt19937_64;

/// A command of a random kind about the first few of everything; any answer but a failing store is
/// welcome.
void do_something(Engine& engine, Random& random, std::int64_t most) {
  const auto id = [&] {
    return static_cast<std::int64_t>(1 + random() % static_cast<std::uint64_t>(most));
  };
  const auto check = [](const auto& answer) {
    if (!answer) {
      EXPECT_NE(answer.error().code, Errc::storage_failure) << answer.error();
      EXPECT_NE(answer.error().code, Errc::invalid_argument) << answer.error();
    }
  };
  const auto places = static_cast<std::uint32_t>(1 + random() % 4);
  const SessionId session{1 + id() % 3};
  switch (random() % 16) {
    case 0: check(engine.catalogue().suspend(ExhibitionId{1})); break;
    case 1: check(engine.catalogue().close(session)); break;
    case 2: check(engine.catalogue().reopen(session)); break;
    case 3: check(engine.catalogue().set_capacity(session, 5 + places * 10)); break;
    case 4: check(engine.bookings().cancel(ReservationId{id()})); break;
    case 5: check(engine.bookings().confirm(ReservationId{id()})); break;
    case 6: check(engine.bookings().extend(ReservationId{id()}, 1min)); break;
    case 7: check(engine.bookings().list({.status = ReservationStatus::held})); break;
    case 8: check(engine.my_page().list()); break;
    case 9:
      if (const auto vouchers = engine.vouchers().of(ReservationId{id()});
          vouchers && !vouchers->empty()) {
        check(engine.vouchers().redeem(vouchers->front().code));
      }
      break;
    case 10: check(engine.catalogue().resume(ExhibitionId{1})); break;
    case 11:
      for (const auto& failure : engine.events().pump({.max_events = 50}).failures) {
        ADD_FAILURE() << failure.part << ": " << failure.error;
      }
      break;
    default: {
      ReserveRequest request{
          .session = session, .member = std::to_string(id() % 20), .places = places};
      if (random() % 2 == 0) request.hold = Hold{};
      check(engine.bookings().reserve(
          request, {.idempotency_key = random() % 4 == 0 ? std::to_string(id()) + " places " +
                                                               std::to_string(places)
                                                         : ""}));
    }
  }
}

/// Three sessions: of 50 places, of 20, and without a limit.
class ManyThreads : public OnEachStorage {
 protected:
  void SetUp() override {
    museum.catalogue()
        .register_exhibition(
            {.title = "Monet",
             .rules = {.max_places_per_member = 20},
             .sessions = {{.starts_at = ten, .ends_at = eleven, .capacity = 50},
                          {.starts_at = eleven, .ends_at = eleven + 1h, .capacity = 20},
                          {.starts_at = eleven + 1h}}})
        .value();
  }
};
INSTANTIATE_TEST_SUITE_P(On, ManyThreads, each_storage(), storage_name);

TEST_P(ManyThreads, WithRandomCommandsLeaveTheMuseumSound) {
  const auto seed = announce_seed();
  at_once(8, [&](std::size_t thread) {
    Random random(seed + thread);
    for (std::size_t i = 0; i < rounds(250, 3000); ++i) {
      do_something(museum.engine(), random, 60);
      if (random() % 20 == 0) museum.clock.advance(1min);
      if (random() % 40 == 0) museum.clock.advance(-2min);
    }
  });
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

TEST_P(ManyThreads, OnTwoEnginesOfOneStoreApplyNoEventTwice) {
  const auto seed = announce_seed();
  auto options = museum.options();
  Storage& other_storage = **options.storage;
  MyPages& other_pages = **options.my_pages;
  auto other = Engine::open(std::move(options)).value();
  at_once(6, [&](std::size_t thread) {
    Random random(seed + thread);
    Engine& mine = thread % 2 == 0 ? museum.engine() : other;
    for (std::size_t i = 0; i < rounds(150, 1000); ++i) {
      if (thread < 2) {
        for (const auto& failure : mine.events().pump().failures) {
          ADD_FAILURE() << failure.part << ": " << failure.error;
        }
      } else {
        do_something(mine, random, 60);
      }
    }
  });
  museum.pump_all();
  for (const auto& failure : other.events().pump().failures) ADD_FAILURE() << failure.error;
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  EXPECT_TRUE(is_sound(other, other_storage, other_pages));
}

TEST_P(ManyThreads, GetClosedOnceTheEngineClosesAndLeaveTheStoreSound) {
  const auto seed = announce_seed();
  for (std::size_t round = 0; round < rounds(5, 100); ++round) {
    std::atomic<int> inside = 0;
    at_once(8, [&](std::size_t thread) {
      if (thread < 2) {
        while (inside < 20) std::this_thread::yield();
        museum.engine().close();
        EXPECT_TRUE(is_refused(museum.bookings().find(ReservationId{1}), refusal::Closed{}));
        EXPECT_TRUE(is_refused(museum.engine().audit(), refusal::Closed{}));
        EXPECT_THROW(museum.events().pump(), std::logic_error);
        return;
      }
      Random random(seed + 100 * round + thread);
      for (;;) {
        ++inside;
        if (thread == 2) {
          try {
            museum.events().pump();
          } catch (const std::logic_error&) {
            return;
          }
        }
        const auto answer = museum.bookings().reserve(
            {.session = SessionId{3}, .member = std::to_string(random() % 100)});
        if (!answer && answer.error().code == Errc::closed) return;
      }
    });
    museum.reopen();
    museum.pump_all();
    EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  }
}

TEST_P(ManyThreads, SubscribingAndClosingMeanwhileMissNothingAndHearNothingAfterwards) {
  std::atomic<bool> is_finished = false;
  std::atomic<int> heard = 0;
  std::vector<Position> kept;
  // This one stays: pumps take turns, so it needs no lock.
  auto all = museum.events().on<Event>(
      [&](const Event&, const Envelope& envelope) { kept.push_back(envelope.position); });
  at_once(6, [&](std::size_t thread) {
    if (thread < 2) {
      for (std::size_t i = 0; i < rounds(40, 1000); ++i) {
        museum.bookings().reserve({.session = SessionId{3}, .member = std::to_string(i)}).value();
      }
      is_finished = true;
    } else if (thread < 4) {
      while (!is_finished) museum.events().pump();
    } else {
      while (!is_finished) {
        std::atomic<bool> is_closed = false;
        Position last;
        auto subscription = museum.events().on<ReservationConfirmed>(
            [&](const ReservationConfirmed&, const Envelope& envelope) {
              EXPECT_FALSE(is_closed);
              EXPECT_GT(envelope.position, last);
              last = envelope.position;
              ++heard;
            });
        std::this_thread::yield();
        subscription.close();
        is_closed = true;
      }
    }
  });
  museum.pump_all();
  // The four events of SetUp came before the subscription.
  const auto log = museum.log();
  std::vector<Position> expected;
  for (std::size_t i = 4; i < log.size(); ++i) expected.push_back(log[i].position);
  EXPECT_EQ(kept, expected);
}

TEST_P(ManyThreads, CloseFromAHandlerLetsTheOthersOutFirst) {
  std::atomic<int> refused = 0;
  auto closing =
      museum.events().on<ReservationConfirmed>([&](const auto&) { museum.engine().close(); });
  at_once(4, [&](std::size_t thread) {
    for (;;) {
      if (thread == 0) {
        try {
          museum.events().pump();
        } catch (const std::logic_error&) {
          break;
        }
      } else if (!museum.bookings().reserve({.session = SessionId{3}, .member = "mina"})) {
        break;
      }
    }
    ++refused;
  });
  EXPECT_EQ(refused, 4);
  museum.reopen();
  museum.pump_all();
  EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
}

#ifdef EXHIBITION_TESTS_WITH_SQLITE

TEST(ABackup, UnderLoadOpensAuditsAndGoesOn) {
  const auto seed = announce_seed();
  Museum museum(StorageKind::sqlite);
  museum.register_one(std::nullopt);
  museum.register_one(100);
  museum.register_one(100);
  std::vector<std::filesystem::path> copies;
  std::atomic<bool> is_copied = false;
  at_once(4, [&](std::size_t thread) {
    if (thread == 0) {
      for (std::size_t i = 0; i < rounds(4, 50); ++i) {
        copies.push_back(museum.folder() / ("copy-" + std::to_string(i) + ".db"));
        const auto copied = museum.engine().backup(copies.back());
        EXPECT_TRUE(is_done(copied));
      }
      is_copied = true;
    }
    Random random(seed + thread);
    while (!is_copied) do_something(museum.engine(), random, 200);
  });
  for (const auto& copy : copies) {
    auto storage = sqlite::storage(copy).value();
    auto pages = storage->my_pages().value();
    const Storage& stored = *storage;
    const MyPages& shown = *pages;
    auto restored = Engine::open({.storage = std::move(storage),
                                  .my_pages = std::move(pages),
                                  .clock = museum.clock.handle(),
                                  .random = std::make_unique<SeededRandom>(seed)})
                        .value();
    EXPECT_EQ(restored.audit(), std::vector<AuditFinding>{});
    const auto next = restored.catalogue().register_exhibition(
        {.title = "Picasso", .sessions = {{.starts_at = eleven, .capacity = 1}}});
    ASSERT_TRUE(is_done(next));
    EXPECT_TRUE(is_done(
        restored.bookings().reserve({.session = next->sessions.front(), .member = "mina"})));
    for (const auto& failure : restored.events().pump().failures) ADD_FAILURE() << failure.error;
    EXPECT_TRUE(is_sound(restored, stored, shown));
  }
}

#endif

}  // namespace
}  // namespace exhibition::tests
