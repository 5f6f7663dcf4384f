#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "database.hpp"
#include "exhibition/ports/repositories.hpp"
#include "exhibition/ports/storage.hpp"
#include "followers.hpp"
#include "kept_rows.hpp"
#include "statement.hpp"

/// The repositories over one connection, with their statements. Those that read are mutable:
/// running one changes nothing.

namespace exhibition::sqlite {

class SqliteExhibitions final : public Exhibitions {
 public:
  explicit SqliteExhibitions(Database& database);
  [[nodiscard]] std::optional<Exhibition> find(ExhibitionId id) const override;
  [[nodiscard]] std::optional<Exhibition> find_for_update(ExhibitionId id) override;
  [[nodiscard]] std::vector<Exhibition> list(ExhibitionId after, std::size_t limit) const override;
  void add(const Exhibition& made) override;
  void save(const Exhibition& changed) override;
  [[nodiscard]] KeptRows<Exhibition>& kept() { return kept_; }

 private:
  mutable KeptRows<Exhibition> kept_;
  mutable Statement find_, list_;
  Statement add_, save_;
};

class SqliteSessions final : public Sessions {
 public:
  explicit SqliteSessions(Database& database);
  [[nodiscard]] std::optional<Session> find(SessionId id) const override;
  [[nodiscard]] std::optional<Session> find_for_update(SessionId id) override;
  [[nodiscard]] std::vector<Session> list(ExhibitionId of, SessionCursor after, Instant until,
                                          std::size_t limit) const override;
  void add(const Session& made) override;
  void save(const Session& changed) override;
  [[nodiscard]] KeptRows<Session>& kept() { return kept_; }

 private:
  mutable KeptRows<Session> kept_;
  mutable Statement find_, list_;
  Statement add_, save_in_place_, save_;
};

class SqliteReservations final : public Reservations {
 public:
  explicit SqliteReservations(Database& database);
  [[nodiscard]] std::optional<Reservation> find(ReservationId id) const override;
  [[nodiscard]] std::optional<Reservation> find_for_update(ReservationId id) override;
  [[nodiscard]] std::vector<Reservation> list(ReservationId after,
                                              std::size_t limit) const override;
  [[nodiscard]] std::vector<Reservation> list_of(SessionId session, ReservationId after,
                                                 std::size_t limit) const override;
  [[nodiscard]] std::vector<Reservation> holds_past(Instant now, std::size_t limit) const override;
  [[nodiscard]] std::vector<Reservation> holds_past_of(SessionId session, Instant now,
                                                       std::size_t limit) const override;
  [[nodiscard]] std::int64_t places_past_of(SessionId session, Instant now) const override;
  [[nodiscard]] std::int64_t limited_places(ExhibitionId exhibition, std::string_view member,
                                            Instant now) const override;
  void add(const Reservation& made) override;
  void save(const Reservation& changed) override;

 private:
  mutable Statement find_, list_, list_of_, holds_past_, holds_past_of_, places_past_of_,
      limited_places_;
  Statement add_, save_in_place_, save_;
};

class SqliteVouchers final : public Vouchers {
 public:
  explicit SqliteVouchers(Database& database);
  [[nodiscard]] std::optional<Voucher> find_by_code(std::string_view code) const override;
  [[nodiscard]] std::optional<Voucher> find_for_update(VoucherId id) override;
  [[nodiscard]] std::vector<Voucher> list(VoucherId after, std::size_t limit) const override;
  [[nodiscard]] std::vector<Voucher> list_of(ReservationId reservation) const override;
  void add(const Voucher& made) override;
  void save(const Voucher& changed) override;

 private:
  [[nodiscard]] Voucher with_redemptions(Voucher voucher) const;
  void save_redemptions(const Voucher& changed);

  mutable Statement find_, find_by_code_, list_, list_of_, redemptions_;
  Statement add_, save_, add_redemption_, remove_redemptions_;
};

class SqliteKeys final : public IdempotencyKeys {
 public:
  explicit SqliteKeys(Database& database);
  [[nodiscard]] std::optional<KnownCommand> find(std::string_view command,
                                                 std::string_view key) const override;
  void add(std::string_view command, std::string_view key, const KnownCommand& applied,
           Instant now) override;
  [[nodiscard]] std::vector<StoredKey> applied_before(Instant before, const StoredKey& after,
                                                      std::size_t limit) const override;
  void remove(const StoredKey& key) override;

 private:
  mutable Statement find_, old_;
  Statement add_, remove_;
};

class SqliteLog final : public EventLog {
 public:
  explicit SqliteLog(Database& database);
  void append(const NewEvent& event) override;
  [[nodiscard]] LogSlice slice(Position after, std::size_t limit,
                               const EventTypes& wanted) const override;
  [[nodiscard]] Position head() const override;
  [[nodiscard]] Position floor() const override;
  void forget(Position up_to) override;
  [[nodiscard]] Backlog backlog(Position after, const EventTypes& wanted) const override;
  [[nodiscard]] std::string id() const override;
  [[nodiscard]] std::optional<std::uint64_t> proof(Position at) const override;

 private:
  struct Floor {
    Position at = {};
    std::uint64_t proof = 0;
  };
  [[nodiscard]] Floor lowest() const;

  const Database& database_;
  mutable Statement read_, head_, floor_, backlog_, id_, at_;
  Statement append_, raise_, forget_;
};

/// All of them, over one connection.
class SqliteUnit {
 public:
  explicit SqliteUnit(Database& database)
      : exhibitions_(database),
        sessions_(database),
        reservations_(database),
        vouchers_(database),
        keys_(database),
        log_(database),
        followers_(database),
        unit_(exhibitions_, sessions_, reservations_, vouchers_, keys_, log_, followers_) {}

  [[nodiscard]] UnitOfWork& unit() { return unit_; }

  /// Keeps what every reserve reads, until it is to be forgotten.
  void keep_rows() {
    exhibitions_.kept().begin();
    sessions_.kept().begin();
  }
  void forget_rows() {
    exhibitions_.kept().forget();
    sessions_.kept().forget();
  }

 private:
  SqliteExhibitions exhibitions_;
  SqliteSessions sessions_;
  SqliteReservations reservations_;
  SqliteVouchers vouchers_;
  SqliteKeys keys_;
  SqliteLog log_;
  SqliteFollowers followers_;
  UnitOfWork unit_;
};

}  // namespace exhibition::sqlite
