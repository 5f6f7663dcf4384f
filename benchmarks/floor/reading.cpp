#include "floor/reading.hpp"

#include "floor/connection.hpp"

namespace exhibition::benchmarks::floor {

struct Reading::Statements {
  Statements(const std::filesystem::path& booking_file, const std::filesystem::path& page_file)
      : bookings(booking_file),
        pages(page_file),
        page(pages.handle(),
             "SELECT e.reservation, e.exhibition, e.session, e.member, e.title, e.kind,"
             " coalesce(s.starts_at, e.starts_at), iif(s.id IS NULL, e.ends_at, s.ends_at),"
             " e.places, e.status, e.reason, e.expires_at, e.voucher_code, e.voucher_status,"
             " e.updated_at FROM entry AS e LEFT JOIN session AS s ON s.id = e.session"
             " WHERE e.member = ?1 ORDER BY e.reservation LIMIT 100"),
        session(bookings.handle(),
                "SELECT s.taken - (SELECT coalesce(sum(places), 0) FROM reservation"
                " WHERE status = 'held' AND session = s.id AND expires_at <= ?2), s.capacity,"
                " s.starts_at, s.ends_at, s.sales_from, s.sales_until, s.status, s.cancelled_at,"
                " e.id, e.status, e.withdrawn_at"
                " FROM session AS s JOIN exhibition AS e ON e.id = s.exhibition"
                " WHERE s.id = ?1") {}

  Connection bookings, pages;
  Prepared page, session;
};

Reading::Reading(const std::filesystem::path& bookings, const std::filesystem::path& pages)
    : statements_(std::make_unique<Statements>(bookings, pages)) {}

Reading::~Reading() = default;

std::size_t Reading::my_page(std::string_view member) {
  auto& page = statements_->page;
  page << member;
  std::size_t rows = 0;
  for (; page.step(); ++rows) {
    if (page.size() == 0) throw std::runtime_error("an empty row");
  }
  page.reset();
  return rows;
}

std::int64_t Reading::in_force(std::int64_t id) {
  constexpr std::int64_t now = 0;  // nobody holds anything
  auto& session = statements_->session;
  session << id << now;
  if (!session.step() || session.size() == 0) throw std::runtime_error("no such session");
  const auto in_force = session.integer(0);
  session.reset();
  return in_force;
}

}  // namespace exhibition::benchmarks::floor
