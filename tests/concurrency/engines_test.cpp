#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "support/effort.hpp"
#include "support/lent.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"
#include "support/threads.hpp"

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
  using Positions = std::vector<Position>;
  std::atomic<bool> is_finished = false;
  std::atomic<std::size_t> heard = 0;
  std::mutex mutex;
  std::vector<Positions>
      stays;  // what each of those that came and went has heard; guarded by mutex
  Positions kept;
  // This one stays: pumps take turns, so it needs no lock.
  auto all = museum.events().on<Event>(
      [&](const Event&, const Envelope& envelope) { kept.push_back(envelope.position); });
  at_once(6, [&](std::size_t thread) {
    if (thread < 2) {
      for (std::size_t i = 0; i < rounds(40, 1000) || heard < 20; ++i) {
        museum.bookings().reserve({.session = SessionId{3}, .member = std::to_string(i)}).value();
      }
      is_finished = true;
    } else if (thread < 4) {
      while (!is_finished) museum.events().pump();
    } else {
      while (!is_finished) {
        std::atomic<bool> is_closed = false;
        std::atomic<std::size_t> count = 0;
        Positions own;
        auto subscription = museum.events().on<ReservationConfirmed>(
            [&](const ReservationConfirmed&, const Envelope& envelope) {
              EXPECT_FALSE(is_closed);
              own.push_back(envelope.position);
              ++count;
              ++heard;
            });
        while (count < 2 && !is_finished) std::this_thread::yield();
        subscription.close();
        is_closed = true;
        const std::lock_guard lock(mutex);
        stays.push_back(std::move(own));
      }
    }
  });
  museum.pump_all();
  // The four events of SetUp came before the subscription.
  const auto log = museum.log();
  Positions expected;
  Positions confirmed;
  for (std::size_t i = 4; i < log.size(); ++i) {
    expected.push_back(log[i].position);
    if (std::holds_alternative<ReservationConfirmed>(log[i].event)) {
      confirmed.push_back(log[i].position);
    }
  }
  EXPECT_EQ(kept, expected);
  for (const auto& stay : stays) {
    if (stay.empty()) continue;
    const auto first = std::find(confirmed.begin(), confirmed.end(), stay.front());
    ASSERT_GE(confirmed.end() - first, std::ssize(stay));
    EXPECT_EQ(stay, Positions(first, first + std::ssize(stay))) << "it missed one in between";
  }
}

/// Who is inside a storage.
struct Attendance {
  std::atomic<int> inside = 0;
  std::atomic<bool> has_ended = false;
  std::atomic<int> inside_at_the_end = 0;
};

/// A storage that knows who is inside it. What it writes down outlives it.
class AttendedStorage final : public LentStorage {
 public:
  AttendedStorage(std::unique_ptr<Storage> storage, Attendance& attendance)
      : LentStorage(std::move(storage)), attendance_(attendance) {}
  ~AttendedStorage() override {
    attendance_.inside_at_the_end = attendance_.inside.load();
    attendance_.has_ended = true;
  }

  void transact(Work& work) override {
    const Visit visit(attendance_);
    LentStorage::transact(work);
  }
  void read(FunctionRef<void(const ReadView&)> reader) const override {
    const Visit visit(attendance_);
    LentStorage::read(reader);
  }

 private:
  class Visit {
   public:
    explicit Visit(Attendance& attendance) : attendance_(attendance) { ++attendance_.inside; }
    ~Visit() { --attendance_.inside; }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    Attendance& attendance_;
  };

  Attendance& attendance_;
};

TEST_P(ManyThreads, CloseFromAHandlerLetsTheOthersOutFirst) {
  for (std::size_t round = 0; round < rounds(10, 200); ++round) {
    Attendance attendance;
    auto options = museum.options();
    options.storage = std::unique_ptr<Storage>(
        std::make_unique<AttendedStorage>(*std::move(options.storage), attendance));
    museum.reopen(std::move(options));
    std::atomic<int> refused = 0;
    std::atomic<bool> is_closing = false;
    auto closing = museum.events().on<ReservationConfirmed>([&](const auto&) {
      if (is_closing.exchange(true)) return;  // the same pump had more events
      while (attendance.inside == 0) std::this_thread::yield();
      museum.engine().close();
      EXPECT_FALSE(attendance.has_ended) << "the store was closed under this very call";
    });
    at_once(4, [&](std::size_t thread) {
      if (thread == 0) {
        EXPECT_THROW(for (;;) museum.events().pump(), std::logic_error);
        ++refused;
        return;
      }
      for (std::size_t i = 0;; ++i) {
        const auto member =
            std::to_string(round) + ' ' + std::to_string(thread) + ' ' + std::to_string(i);
        const auto answer = museum.bookings().reserve({.session = SessionId{3}, .member = member});
        if (answer) {
          while (!is_closing) std::this_thread::yield();
          continue;
        }
        EXPECT_EQ(answer.error().code, Errc::closed) << answer.error();
        ++refused;
        return;
      }
    });
    EXPECT_EQ(refused, 4);
    EXPECT_TRUE(attendance.has_ended);
    EXPECT_EQ(attendance.inside_at_the_end, 0);
    museum.reopen();
    museum.pump_all();
    EXPECT_TRUE(is_sound(museum.engine(), museum.storage(), museum.pages()));
  }
}

}  // namespace
}  // namespace exhibition::tests
