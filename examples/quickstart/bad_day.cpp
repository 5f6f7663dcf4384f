#include <atomic>
#include <exhibition/adapters/memory.hpp>
#include <exhibition/adapters/sqlite.hpp>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "demo.hpp"

namespace quickstart {

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

void refuse(Demo& demo) {
  demo.step("No is an ordinary answer: a code to branch on, a message to show, nothing written");
  const auto& shown = demo.programme.exhibitions;
  const auto sessions_of = [&](const std::string& slug) {
    return demo.museum.catalogue().sessions_of(shown.at(slug), {.limit = 1000}).value().items;
  };
  const auto ask = [&](std::string_view what, const ReserveRequest& request) {
    demo.asked(what);
    demo.answer(demo.museum.bookings().reserve(request).error());
  };
  const auto before = demo.reservations();
  ask("noah: 1 place in a session that does not exist",
      {.session = SessionId{999'999'999}, .member = "noah"});
  ask("noah: no places at all",
      {.session = sessions_of("monet").back().id, .member = "noah", .places = 0});
  ask("noah: 7 places for Kandinsky, with String Quartet",
      {.session = sessions_of("kandinsky-concert").back().id, .member = "noah", .places = 7});
  ask("noah: 3 places in the opening week of Klimt",
      {.session = sessions_of("opening-klimt").back().id, .member = "noah", .places = 3});
  ask("noah: 1 place before the Vermeer on loan, weeks ahead",
      {.session = sessions_of("vermeer-on-loan").back().id, .member = "noah"});
  ask("noah: 1 place among the Stones from the Sky, yesterday",
      {.session = sessions_of("meteorites").front().id, .member = "noah"});
  demo.more(count(before, "reservation") + " before, " + std::to_string(demo.reservations()) +
            " after");
  demo.now();
}

void book_while_others_lag(Demo& demo) {
  demo.step("Bookings go on while vouchers and my page are away");
  const std::vector<std::string> members{"hana", "liam", "yuna"};
  std::vector<ReservationId> visits;
  for (const auto& member : members) {
    const auto session = demo.next_session("moon-jars", 1).session;
    visits.push_back(demo.reserve(session, member, 1).id);
  }
  demo.asked("hana, liam and yuna: 1 place each for the moon jars; nobody pumps");
  const auto arrived = [&] {
    std::size_t vouchers = 0;
    std::size_t entries = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      vouchers += demo.museum.vouchers().of(visits[i]).value().size();
      const auto page = demo.museum.my_page().of(members[i], {.limit = 1000}).value();
      for (const auto& entry : page) {
        if (entry.reservation == visits[i]) ++entries;
      }
    }
    return std::to_string(vouchers) + " of 3 vouchers, " + std::to_string(entries) +
           " of 3 entries on my page";
  };
  demo.answer("3 confirmed; " + arrived());
  demo.pump();
  demo.answer("what was missed has arrived: " + arrived());
  demo.now();
}

std::vector<MyPageEntry> all_pages(Engine& museum) {
  std::vector<MyPageEntry> entries;
  PageRequest<ReservationId> page{.limit = max_page_limit};
  do {
    const auto part = museum.my_page().list(page).value();
    entries.insert(entries.end(), part.begin(), part.end());
    page.after = part.next;
  } while (page.after);
  return entries;
}

void rebuild_my_page(Demo& demo) {
  demo.step("My page is a read model of its own, made from events alone");
  demo.asked("a second engine on the same file, with an empty page store in memory");
  auto second = Engine::open({.storage = sqlite::storage(demo.database),
                              .my_pages = memory::my_pages(),
                              .clock = demo.clock.handle()})
                    .value();
  demo.answer(count(all_pages(second).size(), "entry") + " before it is pumped");
  const auto report = second.events().pump();
  const auto rebuilt = all_pages(second);
  demo.answer(count(rebuilt.size(), "entry") + " once it has followed " +
              count(report.followed("my-page"), "event") + ": " +
              (rebuilt == all_pages(demo.museum) ? "the same" : "NOT the same") +
              " as those in the file");
  demo.now();
}

void fight_for_places(Demo& demo) {
  demo.step("Never oversold: 32 customers want the last 12 places at the same time");
  const auto session = demo.extra_session("dinosaur-hall", 12);
  std::atomic<int> confirmed{0};
  std::atomic<int> sold_out{0};
  {
    std::vector<std::jthread> customers;
    for (int i = 0; i < 32; ++i) {
      customers.emplace_back([&, i] {
        const auto visit = demo.museum.bookings().reserve(
            {.session = session, .member = "fan-" + std::to_string(i)});
        if (visit) {
          ++confirmed;
        } else if (visit.error().code == Errc::sold_out) {
          ++sold_out;
        }
      });
    }
  }
  demo.asked("32 threads: 1 place each, for an extra Night in the Dinosaur Hall");
  demo.answer(std::to_string(confirmed) + " confirmed, " + std::to_string(sold_out) +
              " sold_out; " + demo.free_places(session));
  demo.pump();
  demo.now();
}

void hold(Demo& demo) {
  demo.step("A hold keeps places while the customer pays, and no longer");
  const auto session = demo.extra_session("darkroom", 2);
  auto& bookings = demo.museum.bookings();
  const auto jun =
      bookings
          .reserve(
              {.session = session, .member = "jun", .places = 2, .hold = Hold{.length = 15min}})
          .value()
          .reservation;
  demo.asked("jun: hold both places of a small workshop for 15 minutes");
  demo.answer("held until " + minute(*jun.expires_at) + "; " + demo.free_places(session));
  demo.asked("rosa: 1 place");
  demo.answer(bookings.reserve({.session = session, .member = "rosa"}).error());
  demo.clock.advance(15min);
  demo.asked("rosa: 1 place, 15 minutes later; nobody has cleaned up");
  const auto rosa = demo.reserve(session, "rosa", 1);
  demo.answer(std::string(to_string(rosa.status)) + "; " + demo.free_places(session));
  demo.asked("jun: confirm, too late");
  demo.answer(bookings.confirm(jun.id).error());
  const ReserveRequest held{.session = session, .member = "jun", .hold = Hold{}};
  const auto again = bookings.reserve(held).value().reservation;
  demo.asked("jun: hold the place that is left, and confirm in time");
  demo.answer(std::string(to_string(bookings.confirm(again.id).value().status)) + "; " +
              demo.free_places(session));
  demo.pump();
  demo.now();
}

void send_twice(Demo& demo) {
  demo.step("A request that is sent twice is done once");
  const auto session = demo.extra_session("munch-on-paper", 3);
  const ReserveRequest request{.session = session, .member = "iris", .places = 3};
  const CommandOptions key{.idempotency_key = "demo/" + demo.run + "/iris"};
  auto& bookings = demo.museum.bookings();
  const auto first = bookings.reserve(request, key).value();
  demo.asked("iris: the last 3 places, under a key; the answer gets lost on its way");
  demo.answer(std::string(to_string(first.reservation.status)) + "; " + demo.free_places(session));
  const auto second = bookings.reserve(request, key).value();
  demo.asked("iris: the same request, under the same key");
  demo.answer(second.replayed && second.reservation == first.reservation
                  ? "replayed: her reservation, not sold_out; " + demo.free_places(session)
                  : "reserved once more, which is wrong");
  demo.asked("iris: another request, under the same key");
  demo.answer(bookings.reserve({.session = session, .member = "iris"}, key).error());
  demo.pump();
  demo.now();
}

void go_in(Demo& demo) {
  demo.step("A voucher lets in as many as it admits");
  const auto visit = demo.reserve(demo.next_session("first-museum", 3).session, "omar", 3);
  demo.asked("omar: 3 places for My First Museum");
  demo.pump();
  const auto code = demo.museum.vouchers().of(visit.id).value().back().code;
  auto& gates = demo.museum.vouchers();
  const auto admitted = [](const Voucher& voucher) {
    return std::to_string(voucher.admitted) + " of " + std::to_string(voucher.admits) +
           " have gone in";
  };
  demo.asked("the south gate: let 2 in, then 2 more");
  demo.answer(admitted(gates.redeem(code, {.gate = "south", .count = 2}).value()));
  demo.answer(gates.redeem(code, {.gate = "south", .count = 2}).error());
  demo.asked("the south gate: take that back, they went to the wrong door");
  demo.answer(admitted(gates.undo_redeem(code).value()));
  demo.asked("the north gate: let all 3 in");
  demo.answer(admitted(gates.redeem(code, {.gate = "north", .count = 3}).value()));
  demo.pump();
  demo.now();
}

/// Removes the copy that an earlier run made, with its side files.
void remove_copy(const std::filesystem::path& copy) {
  const auto folder = copy.has_parent_path() ? copy.parent_path() : std::filesystem::path(".");
  const auto name = copy.filename().string();
  std::vector<std::filesystem::path> old;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto found = file.path().filename().string();
    if (found == name || found.starts_with(name + '-')) old.push_back(file.path());
  }
  for (const auto& file : old) std::filesystem::remove(file);
}

void check_and_copy(Demo& demo) {
  demo.step("The books are checked, and copied while the museum is open");
  demo.asked("audit: recount everything");
  const auto findings = demo.museum.audit().value();
  demo.answer(count(findings.size(), "difference"));
  for (const auto& finding : findings) demo.more(to_string(finding));

  auto copy = demo.database;
  copy.replace_filename(demo.database.stem().string() + "-copy.db");
  remove_copy(copy);
  demo.asked("backup to " + copy.filename().string());
  demo.museum.backup(copy).value();
  auto restored =
      Engine::open({.storage = sqlite::storage(copy), .clock = demo.clock.handle()}).value();
  const Demo twin(restored, demo.clock, copy, demo.run);
  demo.answer("opened and audited: " + count(restored.audit().value().size(), "difference") + ", " +
              (twin.inventory() == demo.inventory() ? "the same" : "NOT the same") + " contents, " +
              (all_pages(restored) == all_pages(demo.museum) ? "the same" : "NOT the same") +
              " pages");
  demo.now();
}

}  // namespace

void show_a_bad_day(Demo& demo) {
  refuse(demo);
  book_while_others_lag(demo);
  rebuild_my_page(demo);
  fight_for_places(demo);
  hold(demo);
  send_twice(demo);
  go_in(demo);
  check_and_copy(demo);
}

}  // namespace quickstart
