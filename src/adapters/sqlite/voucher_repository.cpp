#include "repositories.hpp"

namespace exhibition::sqlite {
namespace {

Voucher voucher_of(Row& row) {
  Voucher found;
  found.id = row.next<VoucherId>();
  found.reservation = row.next<ReservationId>();
  found.code = row.next<std::string>();
  found.admits = row.next<std::uint32_t>();
  found.admitted = row.next<std::uint32_t>();
  found.status = row.next<VoucherStatus>();
  found.version = row.next<std::int64_t>();
  return found;
}

Redemption redemption_of(Row& row) {
  Redemption found;
  found.at = row.next<Instant>();
  found.gate = row.next<std::string>();
  found.count = row.next<std::uint32_t>();
  return found;
}

void write(Statement& statement, const Voucher& row) {
  statement.run(row.id, row.reservation, row.code, row.admits, row.admitted, row.status,
                row.version);
}

}  // namespace

SqliteVouchers::SqliteVouchers(Database& database)
    : find_(database,
            "SELECT id, reservation, code, admits, admitted, status, version"
            " FROM voucher WHERE id = ?1"),
      find_by_code_(database,
                    "SELECT id, reservation, code, admits, admitted, status, version"
                    " FROM voucher WHERE code = ?1"),
      list_(database,
            "SELECT id, reservation, code, admits, admitted, status, version"
            " FROM voucher WHERE id > ?1 ORDER BY id LIMIT ?2"),
      list_of_(database,
               "SELECT id, reservation, code, admits, admitted, status, version"
               " FROM voucher WHERE reservation = ?1 ORDER BY id"),
      redemptions_(database,
                   "SELECT at, gate, count FROM redemption WHERE voucher = ?1 ORDER BY number"),
      add_(database, "INSERT INTO voucher VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      save_(database,
            "UPDATE voucher SET reservation = ?2, code = ?3, admits = ?4, admitted = ?5,"
            " status = ?6, version = ?7 WHERE id = ?1"),
      add_redemption_(database, "INSERT OR REPLACE INTO redemption VALUES(?1, ?2, ?3, ?4, ?5)"),
      remove_redemptions_(database, "DELETE FROM redemption WHERE voucher = ?1 AND number >= ?2") {}

std::optional<Voucher> SqliteVouchers::find_by_code(std::string_view code) const {
  auto found = find_by_code_.one(voucher_of, code);
  if (found) found = with_redemptions(*std::move(found));
  return found;
}
std::optional<Voucher> SqliteVouchers::find_for_update(VoucherId id) {
  auto found = find_.one(voucher_of, id);
  if (found) found = with_redemptions(*std::move(found));
  return found;
}
std::vector<Voucher> SqliteVouchers::list(VoucherId after, std::size_t limit) const {
  auto found = list_.all(voucher_of, after, limit);
  for (auto& voucher : found) voucher = with_redemptions(std::move(voucher));
  return found;
}
std::vector<Voucher> SqliteVouchers::list_of(ReservationId reservation) const {
  auto found = list_of_.all(voucher_of, reservation);
  for (auto& voucher : found) voucher = with_redemptions(std::move(voucher));
  return found;
}
void SqliteVouchers::add(const Voucher& made) {
  write(add_, made);
  save_redemptions(made);
}
void SqliteVouchers::save(const Voucher& changed) {
  write(save_, changed);
  remove_redemptions_.run(changed.id, changed.redemptions.size());
  save_redemptions(changed);
}

Voucher SqliteVouchers::with_redemptions(Voucher voucher) const {
  if (voucher.admitted > 0) voucher.redemptions = redemptions_.all(redemption_of, voucher.id);
  return voucher;
}

void SqliteVouchers::save_redemptions(const Voucher& changed) {
  std::int64_t number = 0;
  for (const auto& redemption : changed.redemptions) {
    add_redemption_.run(changed.id, number++, redemption.at, redemption.gate, redemption.count);
  }
}

}  // namespace exhibition::sqlite
