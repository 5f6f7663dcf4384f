// The engine: opening, moving and closing.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/lent.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

class Closing : public OnEachStorage {};
class AnEngine : public OnEachStorage {};
INSTANTIATE_TEST_SUITE_P(On, Closing, each_storage(), storage_name);
INSTANTIATE_TEST_SUITE_P(On, AnEngine, each_storage(), storage_name);

/// Options for an engine on stores that are kept here.
EngineOptions lent(std::shared_ptr<Storage> storage, std::shared_ptr<MyPages> pages) {
  EngineOptions options;
  options.storage = std::unique_ptr<Storage>(std::make_unique<LentStorage>(std::move(storage)));
  options.my_pages = std::unique_ptr<MyPages>(std::make_unique<LentMyPages>(std::move(pages)));
  return options;
}

TEST(Opening, WithoutOptionsGivesAMuseumInMemory) {
  auto museum = Engine::open();
  ASSERT_TRUE(is_done(museum));
  EXPECT_TRUE(is_done(museum->catalogue().register_exhibition({.title = "Monet"})));
}

TEST(Opening, IsRefusedWithoutAPort) {
  const auto refused = [](EngineOptions options, std::string_view port) {
    EXPECT_TRUE(is_invalid(Engine::open(std::move(options)), port));
  };
  refused({.storage = std::unique_ptr<Storage>()}, "storage");
  refused({.clock = nullptr}, "clock");
  refused({.random = nullptr}, "random");
  refused({.dispatcher = nullptr}, "dispatcher");
}

TEST(Opening, PassesOnWhatAFactoryAnswered) {
  const refusal::StorageFailure no{"museum.db: no such folder"};
  EXPECT_TRUE(is_refused(Engine::open({.storage = no}), no));
  EXPECT_TRUE(is_refused(Engine::open({.my_pages = no}), no));
}

TEST_P(Closing, MakesEveryCallAnswerClosed) {
  const auto shown = museum.register_one();
  const auto visit = museum.reserve(shown.session);
  const auto voucher = museum.voucher_of(visit.id);
  auto& catalogue = museum.catalogue();
  auto& bookings = museum.bookings();
  auto& vouchers = museum.vouchers();

  museum.engine().close();

  const refusal::Closed no;
  EXPECT_TRUE(is_refused(catalogue.register_exhibition({.title = "P"}), no));
  EXPECT_TRUE(is_refused(catalogue.update(shown.exhibition, {.title = "P"}), no));
  EXPECT_TRUE(is_refused(catalogue.suspend(shown.exhibition), no));
  EXPECT_TRUE(is_refused(catalogue.resume(shown.exhibition), no));
  EXPECT_TRUE(is_refused(catalogue.withdraw(shown.exhibition), no));
  EXPECT_TRUE(is_refused(catalogue.add_session(shown.exhibition, {.starts_at = ten}), no));
  EXPECT_TRUE(
      is_refused(catalogue.update_session(shown.session, {.times = {.starts_at = ten}}), no));
  EXPECT_TRUE(is_refused(catalogue.set_capacity(shown.session, 1), no));
  EXPECT_TRUE(is_refused(catalogue.close(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.reopen(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.cancel_session(shown.session), no));
  EXPECT_TRUE(is_refused(catalogue.find(shown.exhibition), no));
  EXPECT_TRUE(is_refused(catalogue.list(), no));
  EXPECT_TRUE(is_refused(catalogue.sessions_of(shown.exhibition), no));
  EXPECT_TRUE(is_refused(bookings.reserve({.session = shown.session, .member = "m"}), no));
  EXPECT_TRUE(is_refused(bookings.confirm(visit.id), no));
  EXPECT_TRUE(is_refused(bookings.extend(visit.id, 1min), no));
  EXPECT_TRUE(is_refused(bookings.cancel(visit.id), no));
  EXPECT_TRUE(is_refused(bookings.find(visit.id), no));
  EXPECT_TRUE(is_refused(bookings.list(), no));
  EXPECT_TRUE(is_refused(bookings.availability(shown.session), no));
  EXPECT_TRUE(is_refused(bookings.availability(SessionRange{.exhibition = shown.exhibition}), no));
  EXPECT_TRUE(is_refused(vouchers.redeem(voucher.code), no));
  EXPECT_TRUE(is_refused(vouchers.undo_redeem(voucher.code), no));
  EXPECT_TRUE(is_refused(vouchers.find(voucher.code), no));
  EXPECT_TRUE(is_refused(vouchers.of(visit.id), no));
  EXPECT_TRUE(is_refused(vouchers.list(), no));
  EXPECT_TRUE(is_refused(museum.my_page().of("seokwon"), no));
  EXPECT_TRUE(is_refused(museum.my_page().list(), no));
  EXPECT_TRUE(is_refused(museum.engine().audit(), no));
  EXPECT_TRUE(is_refused(museum.engine().backup(museum.folder() / "copy.db"), no));
  EXPECT_THROW(museum.events().pump(), std::logic_error);
  EXPECT_THROW(museum.events().on<Event>([](const Event&) {}).close(), std::logic_error);
}

TEST_P(Closing, TwiceIsOnce) {
  museum.engine().close();
  museum.engine().close();
  EXPECT_TRUE(is_refused(museum.catalogue().list(), refusal::Closed{}));
}

TEST(ClosingAnEngine, EndsItsStores) {
  const std::shared_ptr<Storage> storage = memory::storage().value();
  const std::shared_ptr<MyPages> pages = memory::my_pages().value();
  auto museum = Engine::open(lent(storage, pages)).value();
  ASSERT_EQ(storage.use_count(), 2);
  ASSERT_EQ(pages.use_count(), 2);
  museum.close();
  EXPECT_EQ(storage.use_count(), 1);
  EXPECT_EQ(pages.use_count(), 1);
}

TEST_P(Closing, InsideAHandlerMarksOnlyAndTheOutermostCallFinishes) {
  const auto shown = museum.register_one();
  int after_closing = 0;
  const auto closing = museum.events().on<ReservationConfirmed>([&](const auto&) {
    museum.engine().close();
    EXPECT_TRUE(is_refused(museum.catalogue().list(), refusal::Closed{}));
  });
  const auto later =
      museum.events().on<ReservationConfirmed>([&](const auto&) { ++after_closing; });
  museum.reserve(shown.session);

  const auto report = museum.events().pump();

  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(after_closing, 1) << "the pump that was running went on";
  EXPECT_TRUE(is_refused(museum.catalogue().list(), refusal::Closed{}));
  museum.engine().close();
  museum.reopen();
  EXPECT_EQ(museum.vouchers().list()->items.size(), 1U);
}

TEST_P(AnEngine, CanBeMovedWhileReferencesToItsDesksStayGood) {
  const auto shown = museum.register_one();
  auto engine = Engine::open(museum.options()).value();
  auto& bookings = engine.bookings();
  auto& events = engine.events();
  int seen = 0;
  const auto listening = events.on<ReservationConfirmed>([&](const auto&) { ++seen; });

  Engine moved(std::move(engine));

  EXPECT_TRUE(is_done(bookings.reserve({.session = shown.session, .member = "m"})));
  events.pump();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(&moved.bookings(), &bookings);
}

TEST_P(AnEngine, ThatIsAssignedToClosesWhatItWas) {
  const auto shown = museum.register_one();
  const std::shared_ptr<Storage> storage = memory::storage().value();
  auto first = Engine::open(lent(storage, memory::my_pages().value())).value();
  auto second = Engine::open(museum.options()).value();

  first = std::move(second);

  EXPECT_EQ(storage.use_count(), 1);
  EXPECT_EQ(first.catalogue().find(shown.exhibition)->title, "Monet");
}

TEST_P(AnEngine, SharesNothingWithAnotherOne) {
  Museum other(GetParam());
  museum.register_one();
  EXPECT_TRUE(other.catalogue().list()->items.empty());
}

TEST(AnEngineDeathTest, EndsTheProcessWithAMessageWhenItIsDestroyedInsideAHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        std::optional<Engine> museum(Engine::open().value());
        auto& events = museum->events();
        const auto destroying =
            events.on<ExhibitionRegistered>([&](const auto&) { museum.reset(); });
        museum->catalogue().register_exhibition({.title = "Monet"}).value();
        events.pump();
      },
      "destroyed from inside one of its handlers");
}

TEST(AnEngineInMemory, HasNothingToBackUp) {
  Museum museum(StorageKind::memory);
  EXPECT_TRUE(is_invalid(museum.engine().backup(museum.folder() / "copy.db"), "path"));
}

}  // namespace
}  // namespace exhibition::tests
