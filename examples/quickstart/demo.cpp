#include "demo.hpp"

#include <array>
#include <iostream>
#include <optional>
#include <vector>

namespace quickstart {

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

/// Calls `visit(element)` for everything that `list(page)` gives, page by page.
template <class Cursor, class List, class Visit>
void for_each(List list, Visit visit) {
  PageRequest<Cursor> page{.limit = max_page_limit};
  do {
    const auto part = list(page).value();
    for (const auto& element : part) visit(element);
    page.after = part.next;
  } while (page.after);
}

}  // namespace

std::string minute(Instant instant) {
  auto text = to_string(instant).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string count(std::size_t number, std::string_view singular) {
  const auto text = std::to_string(number) + ' ' + std::string(singular);
  if (number == 1) return text;
  return text.ends_with('y') ? text.substr(0, text.size() - 1) + "ies" : text + 's';
}

void Demo::step(std::string_view title) {
  ++steps_;
  std::cout << '\n' << (steps_ < 10 ? " " : "") << steps_ << "  " << title << '\n';
}

void Demo::tell(std::string_view label, std::string_view text) const {
  std::cout << "    " << label << std::string(8 - label.size(), ' ') << text << '\n';
}

void Demo::answer(const Error& no) const {
  answer("no: " + std::string(to_string(no.code)) + ": " + no.message());
}

void Demo::pump() const {
  const auto report = museum.events().pump();
  for (const auto& failure : report.failures) throw Exception(failure.error);
  const std::string settled =
      report.settled == 0 ? "" : "wrote down " + count(report.settled, "due reservation") + "; ";
  tell("pump", settled + "the voucher desk followed " +
                   count(report.followed("voucher-desk"), "event") + ", my page " +
                   std::to_string(report.followed("my-page")));
}

void Demo::now() const { tell("now", inventory()); }

std::string Demo::inventory() const {
  std::size_t exhibitions = 0;
  std::size_t sessions = 0;
  for_each<ExhibitionId>(
      [&](const auto& page) { return museum.catalogue().list(page); },
      [&](const Exhibition& shown) {
        ++exhibitions;
        for_each<SessionCursor>(
            [&](const auto& page) { return museum.catalogue().sessions_of(shown.id, page); },
            [&](const Session&) { ++sessions; });
      });
  std::array<std::size_t, 4> reserved{};
  for_each<ReservationId>(
      [&](const auto& page) { return museum.bookings().list({}, page); },
      [&](const Reservation& each) { ++reserved.at(static_cast<std::size_t>(each.status)); });
  std::size_t active = 0;
  for_each<VoucherId>(
      [&](const auto& page) { return museum.vouchers().list(page); },
      [&](const Voucher& each) { active += each.status == VoucherStatus::active ? 1 : 0; });
  std::string text = count(exhibitions, "exhibition") + ", " + count(sessions, "session") + "; ";
  for (const auto status : {ReservationStatus::held, ReservationStatus::confirmed,
                            ReservationStatus::cancelled, ReservationStatus::expired}) {
    const auto number = reserved.at(static_cast<std::size_t>(status));
    if (number == 0) continue;
    text += std::to_string(number) + ' ' + std::string(to_string(status)) + ", ";
  }
  if (text.ends_with("; ")) text += "no reservations, ";
  text.replace(text.size() - 2, 2, "; ");
  return text + count(active, "active voucher");
}

std::size_t Demo::reservations() const {
  std::size_t number = 0;
  for_each<ReservationId>([&](const auto& page) { return museum.bookings().list({}, page); },
                          [&](const Reservation&) { ++number; });
  return number;
}

SessionAvailability Demo::next_session(const std::string& slug, std::uint32_t places) const {
  const auto exhibition = programme.exhibitions.at(slug);
  std::optional<SessionAvailability> found;
  for_each<SessionCursor>(
      [&](const auto& page) {
        return museum.bookings().availability({.exhibition = exhibition, .from = clock.now()},
                                              page);
      },
      [&](const SessionAvailability& each) {
        const bool has_room = !each.refuses && (!each.free || *each.free >= places);
        if (!found && has_room) found = each;
      });
  if (found) return *found;
  return museum.bookings().availability(extra_session(slug, places)).value();
}

SessionId Demo::extra_session(const std::string& slug, std::uint32_t capacity) const {
  const Instant evening = std::chrono::floor<std::chrono::days>(clock.now()) + 24h * 30 + 20h;
  return museum.catalogue()
      .add_session(programme.exhibitions.at(slug),
                   {.starts_at = evening, .ends_at = evening + 1h, .capacity = capacity})
      .value()
      .id;
}

std::string Demo::free_places(SessionId session) const {
  const auto seen = museum.bookings().availability(session).value();
  if (!seen.free) return "no limit to the places";
  return std::to_string(*seen.free) + " of " + count(*seen.capacity, "place") + " free";
}

std::string Demo::voucher_of(ReservationId reservation) const {
  const auto vouchers = museum.vouchers().of(reservation).value();
  if (vouchers.empty()) return "none";
  const auto& last = vouchers.back();
  return last.code + ", " + std::string(to_string(last.status)) + ", admits " +
         std::to_string(last.admits);
}

std::string Demo::title_of(const std::string& slug) const {
  return museum.catalogue().find(programme.exhibitions.at(slug)).value().title;
}

Reservation Demo::reserve(SessionId session, const std::string& member,
                          std::uint32_t places) const {
  return museum.bookings()
      .reserve({.session = session, .member = member, .places = places})
      .value()
      .reservation;
}

}  // namespace quickstart
