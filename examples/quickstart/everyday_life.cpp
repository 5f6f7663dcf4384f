#include <algorithm>
#include <vector>

#include "demo.hpp"

namespace quickstart {

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t shown_entries = 4;

void register_exhibitions(Demo& demo, const Programme& programme) {
  demo.step("A manager registers exhibitions");
  demo.asked("the " + count(programme.size(), "exhibition") +
             " of the programme and their sessions, each request under a key");
  demo.programme = open_programme(demo.museum.catalogue(), programme, demo.clock.now());
  const auto& done = demo.programme;
  demo.answer(count(done.registered, "exhibition") + " registered, " + std::to_string(done.found) +
              " found; " + count(done.sessions_added, "session") + " added, " +
              std::to_string(done.sessions_found) + " found");
  demo.pump();
  demo.now();
}

void show_tomorrow(Demo& demo) {
  const Instant midnight = std::chrono::floor<std::chrono::days>(demo.clock.now()) + 24h;
  std::vector<SessionAvailability> morning;
  for (const auto& [slug, id] : demo.programme.exhibitions) {
    const SessionRange range{.exhibition = id, .from = midnight, .until = midnight + 11h};
    for (const auto& session : demo.museum.bookings().availability(range).value()) {
      morning.push_back(session);
    }
  }
  std::sort(morning.begin(), morning.end(), [](const auto& left, const auto& right) {
    return std::pair(left.times.starts_at, left.session) <
           std::pair(right.times.starts_at, right.session);
  });
  demo.asked("what is on tomorrow before eleven?");
  demo.answer("with the places that are free:");
  for (const auto& session : morning) {
    const auto title = demo.museum.catalogue().find(session.exhibition).value().title;
    const auto places = session.free ? std::to_string(*session.free) : std::string("-");
    demo.more(minute(session.times.starts_at) + "  " +
              std::string(3 - std::min<std::size_t>(3, places.size()), ' ') + places + "  " +
              title);
  }
}

Reservation reserve_monet(Demo& demo) {
  demo.step("A customer picks an exhibition and reserves it");
  show_tomorrow(demo);
  const auto session = demo.next_session("monet", 2);
  demo.asked("seokwon: 2 places for Monet, " + minute(session.times.starts_at) + " (" +
             demo.free_places(session.session) + ")");
  const auto visit = demo.reserve(session.session, "seokwon", 2);
  demo.answer(std::string(to_string(visit.status)) + ", and durable; " +
              demo.free_places(session.session));
  demo.now();
  return visit;
}

void activate_voucher(Demo& demo, const Reservation& visit) {
  demo.step("Whenever a reservation is confirmed, a voucher becomes active");
  const auto listening = demo.museum.events().on<VoucherActivated>([&](const auto& event) {
    demo.heard("VoucherActivated for " + event.member + ", by a subscriber");
  });
  demo.asked("seokwon's voucher, before anybody has pumped");
  demo.answer(demo.voucher_of(visit.id));
  demo.pump();
  demo.answer(demo.voucher_of(visit.id));
  demo.now();
}

/// A pop-up of this run alone, so that the next run has something to withdraw as well.
Registered open_pop_up(Demo& demo) {
  const Instant evening = std::chrono::floor<std::chrono::days>(demo.clock.now()) + 24h + 18h;
  const NewSession session{.starts_at = evening, .ends_at = evening + 2h, .capacity = 30};
  return demo.museum.catalogue()
      .register_exhibition({.title = "Paper Moons", .kind = "pop-up", .sessions = {session}})
      .value();
}

void withdraw(Demo& demo) {
  demo.step("A withdrawn exhibition cannot be reserved");
  const auto pop_up = open_pop_up(demo);
  const auto session = pop_up.sessions.front();
  const auto ada = demo.reserve(session, "ada", 2);
  const auto bo = demo.reserve(session, "bo", 3);
  demo.asked("the pop-up Paper Moons opens; ada reserves 2 places, bo 3");
  demo.pump();
  demo.asked("the manager withdraws it");
  const auto withdrawn = demo.museum.catalogue().withdraw(pop_up.exhibition.id).value();
  demo.answer(std::string(to_string(withdrawn.status)) + ", for good, in one small unit of work");
  demo.more("ada's reservation reads " +
            std::string(to_string(demo.museum.bookings().find(ada.id).value().status)) +
            " from this moment on");
  const auto before = demo.reservations();
  demo.asked("kai: 1 place in Paper Moons");
  demo.answer(demo.museum.bookings().reserve({.session = session, .member = "kai"}).error());
  demo.more(count(before, "reservation") + " before, " + std::to_string(demo.reservations()) +
            " after: what is refused does not come into being");
  demo.pump();
  demo.more("bo's voucher: " + demo.voucher_of(bo.id));
  demo.now();
}

Reservation cancel(Demo& demo) {
  demo.step("A customer cancels a confirmed reservation");
  const auto session = demo.next_session("picasso", 2);
  const auto visit = demo.reserve(session.session, "mina", 2);
  demo.asked("mina: 2 places for Picasso, " + minute(session.times.starts_at));
  demo.answer(std::string(to_string(visit.status)) + "; " + demo.free_places(session.session));
  demo.pump();
  demo.asked("mina: cancel");
  const auto cancelled = demo.museum.bookings().cancel(visit.id).value();
  demo.answer(std::string(to_string(cancelled.status)) + "; " + demo.free_places(session.session));
  demo.asked("mina: cancel, once more");
  const auto again = demo.museum.bookings().cancel(visit.id).value();
  demo.answer(std::string(to_string(again.status)) + " as before; nothing was written" +
              (again == cancelled ? "" : ", or was it?"));
  demo.now();
  return cancelled;
}

void deactivate_voucher(Demo& demo, const Reservation& visit) {
  demo.step("Whenever a reservation is cancelled, its voucher is deactivated");
  const auto listening = demo.museum.events().on<VoucherDeactivated>([&](const auto& event) {
    demo.heard("VoucherDeactivated for " + event.member + ", by a subscriber");
  });
  const auto code = demo.museum.vouchers().of(visit.id).value().back().code;
  demo.asked("mina at the gate with her voucher, before anybody has pumped");
  demo.answer(demo.museum.vouchers().redeem(code, {.gate = "north"}).error());
  demo.pump();
  demo.answer(demo.voucher_of(visit.id));
  demo.now();
}

void show_page(Demo& demo, const std::string& member) {
  const auto entries = demo.museum.my_page().of(member, {.limit = 1000}).value().items;
  demo.asked(member + "'s page");
  const auto skipped = entries.size() > shown_entries ? entries.size() - shown_entries : 0;
  demo.answer(count(entries.size(), "entry") + (skipped > 0 ? ", the latest of them:" : ":"));
  for (std::size_t i = skipped; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    std::string line = minute(entry.starts_at) + "  " + std::to_string(entry.places) + "  " +
                       std::string(to_string(entry.status));
    if (entry.voucher_status) {
      line += ", voucher " + std::string(to_string(*entry.voucher_status));
    }
    demo.more(line + "  " + entry.title);
  }
}

void show_my_page(Demo& demo) {
  demo.step("A customer sees their reservations on my page");
  for (const auto* member : {"seokwon", "mina", "bo"}) show_page(demo, member);
  demo.now();
}

}  // namespace

void show_everyday_life(Demo& demo, const Programme& programme) {
  register_exhibitions(demo, programme);
  const auto monet = reserve_monet(demo);
  activate_voucher(demo, monet);
  withdraw(demo);
  const auto picasso = cancel(demo);
  deactivate_voucher(demo, picasso);
  show_my_page(demo);
}

}  // namespace quickstart
