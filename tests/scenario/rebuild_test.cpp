// Read models that are made anew while they serve.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "exhibition/adapters/memory.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

using Places = std::map<std::string, std::uint32_t>;  // of each member

class Rebuilding : public OnEachStorage {
 protected:
  static constexpr std::string_view name = "places";

  void follow() {
    museum.events()
        .project(std::string(name), places.store(),
                 [this](Places& model, const Delivery& delivery) {
                   ++(delivery.replaying ? replayed : taken);
                   const auto* event = std::get_if<ReservationConfirmed>(&delivery.envelope.event);
                   if (!event) return;
                   if (event->member == disliked) throw std::runtime_error("no " + event->member);
                   model[event->member] += per_place * event->places;
                 },
                 {.batch = 8})
        .value();
  }

  void reserve_many(int count) {
    for (int i = 0; i < count; ++i) museum.reserve(shown.session, "m" + std::to_string(i % 7));
    museum.pump_all();
  }

  [[nodiscard]] FollowerStatus status_of(std::string_view follower) {
    for (auto& status : museum.events().status().value()) {
      if (status.name == follower) return status;
    }
    throw std::runtime_error("no such follower");
  }

  [[nodiscard]] std::vector<MyPageEntry> pages() { return museum.pages().list({}, 1000); }

  const Shown shown = museum.register_one(std::nullopt);
  memory::ReadModel<Places> places;
  std::uint32_t per_place = 1;
  std::string disliked;
  std::size_t taken = 0;
  std::size_t replayed = 0;
};

TEST_P(Rebuilding, GivesWhatAFreshFoldGives) {
  follow();
  reserve_many(30);
  per_place = 2;  // the handler has been mended
  const auto once = taken;
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(places.value().at("m0"), 10U);
  EXPECT_EQ(replayed, once) << "every event is replayed once";
  EXPECT_EQ(taken, once);

  museum.reserve(shown.session, "m0");
  museum.pump_all();
  EXPECT_EQ(places.value().at("m0"), 12U);
  EXPECT_EQ(replayed, once) << "what is new is no replay";
}

TEST_P(Rebuilding, OfMyPageGivesTheSamePages) {
  reserve_many(20);
  const auto visit = museum.reserve(shown.session, "mina").id;
  museum.pump_all();
  museum.bookings().cancel(visit).value();
  museum.pump_all();
  const auto before = pages();
  EXPECT_TRUE(museum.events().rebuild("my-page").value());
  EXPECT_EQ(pages(), before);
  EXPECT_EQ(museum.my_page().of("mina").value().items.size(), 1U);
  reserve_many(1);
  EXPECT_EQ(pages().size(), before.size() + 1);
}

TEST_P(Rebuilding, IsTheNextGenerationAndSaysHowFarItIs) {
  follow();
  reserve_many(700);
  EXPECT_EQ(status_of(name).generation, 1);
  const auto head = status_of(name).head;
  std::vector<RebuildProgress> told;
  EXPECT_TRUE(museum.events()
                  .rebuild(name, {.on_progress =
                                      [&](const RebuildProgress& progress) {
                                        told.push_back(progress);
                                        if (progress.position == progress.target) return;
                                        EXPECT_EQ(status_of(name).rebuild, progress);
                                        EXPECT_EQ(status_of(name).generation, 1);
                                      }})
                  .value());
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end(), [](const auto& one, const auto& other) {
    return one.position < other.position;
  }));
  EXPECT_EQ(told.back(), (RebuildProgress{head, head}));
  EXPECT_EQ(status_of(name).generation, 2);
  EXPECT_EQ(status_of(name).rebuild, std::nullopt);
  EXPECT_EQ(status_of(name).position, head);
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(status_of(name).generation, 3);
}

TEST_P(Rebuilding, GoesOnWhileBookingsArriveAndNobodySeesAnEmptyModel) {
  follow();
  reserve_many(200);
  const auto before = pages().size();
  std::atomic<bool> is_over = false;
  std::atomic<int> empty = 0;
  std::thread reader([&] {
    while (!is_over) {
      empty += pages().size() < before || places.value().size() < 7;
      std::this_thread::yield();
    }
  });
  museum.events().start();
  std::thread host([&] {
    for (int i = 0; i < 200; ++i) museum.reserve(shown.session, "m" + std::to_string(i % 7));
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(museum.events().rebuild("my-page").value());
    EXPECT_TRUE(museum.events().rebuild(name).value());
  }
  host.join();
  museum.events().wait_for(name, 10min).value();
  museum.events().wait_for("my-page", 10min).value();
  is_over = true;
  reader.join();
  museum.events().stop();
  EXPECT_EQ(empty, 0);
  EXPECT_EQ(pages().size(), before + 200);
  std::uint32_t all = 0;
  for (const auto& [member, count] : places.value()) all += count;
  EXPECT_EQ(all, 400U);
  EXPECT_EQ(status_of(name).generation, 6);
}

TEST_P(Rebuilding, ThatWasStoppedGoesOnWhereItWas) {
  follow();
  reserve_many(700);
  const auto events = museum.log().size();
  std::stop_source stop;
  EXPECT_FALSE(
      museum.events()
          .rebuild(name, {.on_progress = [&](const RebuildProgress&) { stop.request_stop(); },
                          .stop = stop.get_token()})
          .value());
  EXPECT_GT(replayed, 0U);
  ASSERT_LT(replayed, events) << "it was over too soon to be stopped";
  EXPECT_TRUE(status_of(name).rebuild.has_value());
  EXPECT_EQ(status_of(name).generation, 1);
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(replayed, events) << "nothing was replayed twice";
  EXPECT_EQ(status_of(name).generation, 2);
}

TEST_P(Rebuilding, ThatIsCancelledLeavesTheModelAsItIs) {
  follow();
  reserve_many(700);
  const auto before = places.value();
  per_place = 2;
  EXPECT_FALSE(museum.events().cancel_rebuild(name).value()) << "there is none";
  EXPECT_FALSE(museum.events()
                   .rebuild(name, {.on_progress =
                                       [&](const RebuildProgress&) {
                                         EXPECT_TRUE(museum.events().cancel_rebuild(name).value());
                                       }})
                   .value());
  EXPECT_EQ(places.value(), before);
  EXPECT_EQ(status_of(name).rebuild, std::nullopt);
  replayed = 0;
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(replayed, museum.log().size()) << "it began anew";
  EXPECT_NE(places.value(), before);
}

TEST_P(Rebuilding, ByTwoThreadsAtOnceIsDoneOnceOrTwice) {
  follow();
  reserve_many(500);
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { done += museum.events().rebuild(name).value(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 2);
  EXPECT_GE(status_of(name).generation, 2);
  EXPECT_LE(status_of(name).generation, 3);
  EXPECT_EQ(places.value().at("m0"), 72U);
}

TEST_P(Rebuilding, ParksInTheNewModelWhatItCannotTake) {
  follow();
  reserve_many(10);
  museum.reserve(shown.session, "poison");
  museum.pump_all();
  disliked = "poison";
  EXPECT_TRUE(museum.events()
                  .rebuild(name, {.on_progress =
                                      [&](const RebuildProgress&) {
                                        if (status_of(name).generation > 1) return;
                                        EXPECT_EQ(status_of(name).parked, 0)
                                            << "the old one has none";
                                        museum.clock.advance(1min);
                                      }})
                  .value());
  EXPECT_EQ(status_of(name).parked, 2) << "its voucher is behind it";
  EXPECT_FALSE(places.value().contains("poison"));
  EXPECT_EQ(places.value().at("m0"), 2U);
  disliked.clear();
  EXPECT_EQ(museum.events().retry(name).value().replayed, 2U);
  EXPECT_EQ(places.value().at("poison"), 1U);
}

TEST_P(Rebuilding, MendsADeadLettersModel) {
  follow();
  disliked = "poison";
  museum.reserve(shown.session, "poison");
  for (int i = 0; i < 10; ++i) {
    museum.events().pump();
    museum.clock.advance(2min);
  }
  EXPECT_EQ(status_of(name).parked, 2) << "its voucher is behind it";
  disliked.clear();
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(status_of(name).parked, 0);
  EXPECT_EQ(places.value().at("poison"), 1U);
}

TEST_P(Rebuilding, WhoseHostThrowsGoesOnLater) {
  follow();
  reserve_many(20);
  const RebuildOptions options{.on_progress = [](const RebuildProgress&) { throw 42; }};
  EXPECT_THROW(static_cast<void>(museum.events().rebuild(name, options)), int);
  EXPECT_TRUE(museum.events().rebuild(name).value());
  EXPECT_EQ(places.value().at("m0"), 3U);
}

TEST_P(Rebuilding, IsForReadModelsOnly) {
  EXPECT_TRUE(is_refused(museum.events().rebuild("nobody"), refusal::NotFound{"follower"}));
  EXPECT_TRUE(is_refused(museum.events().cancel_rebuild("nobody"), refusal::NotFound{"follower"}));
  EXPECT_TRUE(is_invalid(museum.events().rebuild("voucher-desk"), "follower"));
  museum.events().follow("mailer", EventTypes::all(), [](const Delivery&) {}).value();
  EXPECT_TRUE(is_invalid(museum.events().rebuild("mailer"), "follower"));
  EXPECT_FALSE(museum.events().cancel_rebuild("mailer").value());
}

TEST_P(Rebuilding, CannotBeAskedForInAHandlerOrOfAClosedEngine) {
  follow();
  reserve_many(1);
  int refused = 0;
  const auto subscription = museum.events().on<Event>([&](const Event&) {
    EXPECT_THROW(static_cast<void>(museum.events().rebuild(name)), std::logic_error);
    EXPECT_THROW(static_cast<void>(museum.events().cancel_rebuild(name)), std::logic_error);
    ++refused;
  });
  museum.reserve(shown.session);
  museum.pump_all();
  EXPECT_GT(refused, 0);
  museum.engine().close();
  EXPECT_EQ(museum.events().rebuild(name).error().code, Errc::closed);
  EXPECT_EQ(museum.events().cancel_rebuild(name).error().code, Errc::closed);
}

TEST_P(Rebuilding, EndsWhenTheEngineIsClosedMeanwhile) {
  follow();
  reserve_many(700);
  std::thread closing;
  const auto answer =
      museum.events().rebuild(name, {.on_progress = [&](const RebuildProgress& progress) {
                                if (closing.joinable() || progress.position == progress.target) {
                                  return;
                                }
                                closing = std::thread([&] { museum.engine().close(); });
                                while (museum.events().status()) std::this_thread::yield();
                              }});
  ASSERT_TRUE(closing.joinable());
  closing.join();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::closed);
}

INSTANTIATE_TEST_SUITE_P(On, Rebuilding, each_storage(), storage_name);

}  // namespace
}  // namespace exhibition::tests
