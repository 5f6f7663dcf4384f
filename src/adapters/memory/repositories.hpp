#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/ports/repositories.hpp"
#include "exhibition/ports/storage.hpp"
#include "tables.hpp"

/// The repositories over one copy of the tables. Those of a unit note what they touch; those of a
/// read have nowhere to note it and are handled as const.

namespace exhibition::memory {

struct Desk {
  Tables& tables;
  Touched* touched;
};

class MemoryExhibitions final : public Exhibitions {
 public:
  explicit MemoryExhibitions(Desk desk) : desk_(desk) {}
  [[nodiscard]] std::optional<Exhibition> find(ExhibitionId id) const override;
  [[nodiscard]] std::optional<Exhibition> find_for_update(ExhibitionId id) override;
  [[nodiscard]] std::vector<Exhibition> list(ExhibitionId after, std::size_t limit) const override;
  void add(const Exhibition& made) override;
  void save(const Exhibition& changed) override;

 private:
  Desk desk_;
};

class MemorySessions final : public Sessions {
 public:
  explicit MemorySessions(Desk desk) : desk_(desk) {}
  [[nodiscard]] std::optional<Session> find(SessionId id) const override;
  [[nodiscard]] std::optional<Session> find_for_update(SessionId id) override;
  [[nodiscard]] std::vector<Session> list(ExhibitionId of, SessionCursor after, Instant until,
                                          std::size_t limit) const override;
  void add(const Session& made) override;
  void save(const Session& changed) override;

 private:
  Desk desk_;
};

class MemoryReservations final : public Reservations {
 public:
  explicit MemoryReservations(Desk desk) : desk_(desk) {}
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
  Desk desk_;
};

class MemoryVouchers final : public Vouchers {
 public:
  explicit MemoryVouchers(Desk desk) : desk_(desk) {}
  [[nodiscard]] std::optional<Voucher> find_by_code(std::string_view code) const override;
  [[nodiscard]] std::optional<Voucher> find_for_update(VoucherId id) override;
  [[nodiscard]] std::vector<Voucher> list(VoucherId after, std::size_t limit) const override;
  [[nodiscard]] std::vector<Voucher> list_of(ReservationId reservation) const override;
  void add(const Voucher& made) override;
  void save(const Voucher& changed) override;

 private:
  Desk desk_;
};

class MemoryKeys final : public IdempotencyKeys {
 public:
  explicit MemoryKeys(Desk desk) : desk_(desk) {}
  [[nodiscard]] std::optional<KnownCommand> find(std::string_view command,
                                                 std::string_view key) const override;
  void add(std::string_view command, std::string_view key, const KnownCommand& applied,
           Instant now) override;
  [[nodiscard]] std::vector<StoredKey> applied_before(Instant before, const StoredKey& after,
                                                      std::size_t limit) const override;
  void remove(const StoredKey& key) override;

 private:
  Desk desk_;
};

class MemoryLog final : public EventLog {
 public:
  explicit MemoryLog(Desk desk) : desk_(desk) {}
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
  /// Where in the table the event after `position` is.
  [[nodiscard]] std::size_t after(Position position) const;

  Desk desk_;
};

/// All of them, over one copy of the tables.
class MemoryUnit {
 public:
  explicit MemoryUnit(Desk desk)
      : exhibitions_(desk),
        sessions_(desk),
        reservations_(desk),
        vouchers_(desk),
        keys_(desk),
        log_(desk),
        followers_(desk.tables.followers, desk.touched ? &desk.touched->followers : nullptr),
        unit_(exhibitions_, sessions_, reservations_, vouchers_, keys_, log_, followers_) {}

  [[nodiscard]] UnitOfWork& unit() { return unit_; }

 private:
  MemoryExhibitions exhibitions_;
  MemorySessions sessions_;
  MemoryReservations reservations_;
  MemoryVouchers vouchers_;
  MemoryKeys keys_;
  MemoryLog log_;
  MemoryFollowers followers_;
  UnitOfWork unit_;
};

}  // namespace exhibition::memory
