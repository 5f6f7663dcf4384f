// Every statement that the library runs finds its rows by an index: none looks at a whole table,
// none sorts. The statements are those that really ran while everything was asked once.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "exhibition/testing/storage_contract/samples.hpp"
#include "stores/statements.hpp"
#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

namespace samples = testing::samples;

/// The statements that run on connections opened while it lives, by file name.
class Statements {
 public:
  [[nodiscard]] const std::set<std::string>& of(const std::filesystem::path& file) {
    return ran_[file.filename()];
  }

 private:
  static bool has_plan(const std::string& sql) {
    for (const auto* verb : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
      if (sql.rfind(verb, 0) == 0) return true;
    }
    return false;
  }

  std::map<std::filesystem::path, std::set<std::string>> ran_;
  StatementWatch watch_{[this](const Begun& statement) {
    if (has_plan(statement.sql)) ran_[statement.file.filename()].insert(statement.sql);
  }};
};

void read_followers(const Followers& followers) {
  (void)followers.find("desk");
  (void)followers.dead_letters("desk", {}, 10);
  (void)followers.dead_letters_of("desk", {}, 10);
  (void)followers.count_dead_letters("desk");
}

void read_everything(const ReadView& view) {
  const auto far = Instant::max();
  (void)view.exhibitions().find(ExhibitionId{1});
  (void)view.exhibitions().list({}, 10);
  (void)view.sessions().find(SessionId{1});
  (void)view.sessions().list(ExhibitionId{1}, {Instant::min(), {}}, far, 10);
  (void)view.reservations().find(ReservationId{1});
  (void)view.reservations().list({}, 10);
  (void)view.reservations().list_of(SessionId{1}, {}, 10);
  (void)view.reservations().holds_past(far, 10);
  (void)view.reservations().holds_past_of(SessionId{1}, far, 10);
  (void)view.reservations().places_past_of(SessionId{1}, far);
  (void)view.reservations().limited_places(ExhibitionId{1}, "mina", samples::noon);
  (void)view.vouchers().find_by_code(samples::extreme_voucher(1).code);
  (void)view.vouchers().list({}, 10);
  (void)view.vouchers().list_of(ReservationId{1});
  (void)view.keys().find("reserve", "key");
  (void)view.keys().applied_before(far, {}, 10);
  (void)view.log().read({}, 10);
  (void)view.log().head();
  (void)view.log().floor();
  (void)view.log().id();
  (void)view.log().proof(Position{1});
  (void)view.log().backlog({}, EventTypes::all());
  read_followers(view.followers());
}

void write_followers(Followers& followers) {
  followers.save("desk", {.failure = Failure{.at = Position{1}, .retry_at = samples::noon}});
  followers.park("desk", {.envelope = {}, .parked_at = samples::noon});
  followers.remove("desk", {});
  followers.forget("another desk");
}

Result<void> write_everything(UnitOfWork& unit) {
  samples::add_show(unit);
  unit.exhibitions().save(samples::exhibition(1));
  unit.sessions().save(samples::session(1));
  unit.reservations().add(samples::reservation(1));
  unit.reservations().save(samples::reservation(1));
  unit.vouchers().add(samples::extreme_voucher(1));
  unit.vouchers().save(samples::extreme_voucher(1));
  unit.keys().add("reserve", "key", {1, 1}, samples::noon);
  unit.keys().remove({"reserve", "another key"});
  unit.log().append(samples::event(1));
  unit.log().forget(unit.log().head());
  write_followers(unit.followers());
  (void)unit.exhibitions().find_for_update(ExhibitionId{1});
  (void)unit.sessions().find_for_update(SessionId{1});
  (void)unit.reservations().find_for_update(ReservationId{1});
  (void)unit.vouchers().find_for_update(VoucherId{1});
  return {};
}

/// Calls everything that the ports of the two stores have.
void ask_everything_of(const std::filesystem::path& file) {
  const auto storage = sqlite::storage(file).value();
  transact(*storage, write_everything).value();
  storage->read([](const ReadView& view) { read_everything(view); });
  storage->return_ids(IdKind::voucher, storage->draw_ids(IdKind::voucher, 10));

  const auto pages = storage->my_pages().value();
  pages->transact([](MyPagesUnit& unit, Followers& followers) {
    write_followers(followers);
    unit.save(samples::entry(1));
    unit.save_session({SessionId{1}, samples::noon});
    (void)unit.find(ReservationId{1});
  });
  (void)pages->of("mina", {}, 10);
  (void)pages->list({}, 10);
  pages->read([](const Followers& followers) { read_followers(followers); });

  const auto consumers = storage->consumer_store().value();
  consumers->transact([](Followers& followers) { write_followers(followers); });
  consumers->read([](const Followers& followers) { read_followers(followers); });
}

/// The steps of the plan that look at a whole table, or sort.
std::vector<std::string> costly_steps(RawFile& raw, const std::string& sql) {
  static const std::regex costly("SCAN.*|.*TEMP B-TREE.*|.*AUTOMATIC.*");
  // The list of the tables; and a list that has no table.
  static const std::regex documented("SCAN (sqlite_master|CONSTANT ROW)");
  std::vector<std::string> found;
  for (const auto& step : raw.column("EXPLAIN QUERY PLAN " + sql, 3)) {
    if (std::regex_match(step, costly) && !std::regex_match(step, documented)) {
      found.push_back(step);
    }
  }
  return found;
}

void expect_no_costly_step(const std::set<std::string>& statements,
                           const std::filesystem::path& file) {
  RawFile raw(file);
  for (const auto& sql : statements) {
    EXPECT_EQ(costly_steps(raw, sql), std::vector<std::string>{}) << sql;
  }
}

TEST(EveryStatement, FindsItsRowsByAnIndex) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "museum.db";
  open_file(file).value().close();  // what its tables were made with is of no interest
  Statements statements;
  ask_everything_of(file);
  EXPECT_GE(statements.of(file).size(), 30U) << "are they still seen?";
  EXPECT_GE(statements.of(pages_of(file)).size(), 7U) << "are they still seen?";
  expect_no_costly_step(statements.of(file), file);
  expect_no_costly_step(statements.of(pages_of(file)), pages_of(file));
}

TEST(EveryStatement, OfADayFindsItsRowsByAnIndex) {
  Museum museum(StorageKind::sqlite);
  Statements statements;
  museum.reopen();
  const auto shown = museum.register_one(10, {.max_places_per_member = 4});
  const auto visit = museum.reserve(shown.session).id;
  museum.hold(shown.session);
  museum.vouchers().redeem(museum.voucher_of(visit).code).value();
  museum.vouchers().undo_redeem(museum.voucher_of(visit).code).value();
  museum.clock.advance(15min);
  museum.bookings().list().value();
  museum.bookings().list({.session = shown.session}).value();
  museum.bookings().availability(SessionRange{.exhibition = shown.exhibition}).value();
  museum.catalogue().withdraw(shown.exhibition).value();
  museum.pump_all();
  museum.my_page().of("seokwon").value();
  museum.engine().audit().value();
  expect_no_costly_step(statements.of(museum.file()), museum.file());
  expect_no_costly_step(statements.of(pages_of(museum.file())), pages_of(museum.file()));
}

/// What docs/performance.md says.
std::string performance_page() {
  std::ifstream page(PERFORMANCE_PAGE);
  return {std::istreambuf_iterator<char>(page), {}};
}

TEST(EveryIndex, IsThereForAPlanOnThePerformancePage) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "museum.db";
  open_file(file).value().close();
  Statements statements;
  ask_everything_of(file);
  const auto page = performance_page();
  for (const auto& part : {file, pages_of(file)}) {
    RawFile raw(part);
    std::set<std::string> plans;
    for (const auto& sql : statements.of(part)) {
      for (const auto& step : raw.column("EXPLAIN QUERY PLAN " + sql, 3)) {
        if (step.find(" INDEX ") != std::string::npos) plans.insert(step);
      }
    }
    for (const auto& plan : plans) {
      EXPECT_NE(page.find('`' + plan + '`'), std::string::npos) << "lacks " << plan;
    }
    for (const auto& index :
         raw.column("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL", 0)) {
      const auto uses = [&](const auto& plan) { return plan.find(index) != std::string::npos; };
      EXPECT_TRUE(std::any_of(plans.begin(), plans.end(), uses)) << "nobody uses " << index;
    }
  }
}

TEST(ACostlyStatement, IsSeenByThisTest) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "museum.db";
  make_store(file);
  RawFile raw(file);
  EXPECT_FALSE(costly_steps(raw, "SELECT * FROM reservation WHERE member = 'x'").empty());
  EXPECT_FALSE(costly_steps(raw, "SELECT * FROM voucher ORDER BY code || 'x'").empty());
  EXPECT_FALSE(costly_steps(raw, "SELECT id FROM reservation ORDER BY member").empty());
  EXPECT_TRUE(costly_steps(raw, "SELECT * FROM voucher WHERE code = 'x'").empty());
}

}  // namespace
}  // namespace exhibition::tests
