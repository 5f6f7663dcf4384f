#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "exhibition/ports/storage.hpp"
#include "exhibition/testing/faulty_storage/steps.hpp"

/// The collections of a FaultyStorage: each call is a step, then goes to the collection inside.

namespace exhibition::testing {

/// What they have in common: a collection to read, and to write unless they are of a read view.
template <class Collection>
class Faulty : public Collection {
 public:
  Faulty(const Collection& to_read, Collection* to_write, Steps& steps)
      : to_read_(to_read), to_write_(to_write), steps_(steps) {}

 protected:
  const Collection& query(std::string_view name) const {
    steps_.take({StepKind::query, name});
    return to_read_;
  }
  Collection& query_for_update(std::string_view name) {
    steps_.take({StepKind::query, name});
    return *to_write_;
  }
  Collection& change(std::string_view name) {
    steps_.take({StepKind::change, name});
    return *to_write_;
  }

 private:
  const Collection& to_read_;
  Collection* to_write_;
  Steps& steps_;
};

class FaultyExhibitions final : public Faulty<Exhibitions> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::optional<Exhibition> find(ExhibitionId id) const override {
    return query("exhibitions.find").find(id);
  }
  [[nodiscard]] std::optional<Exhibition> find_for_update(ExhibitionId id) override {
    return query_for_update("exhibitions.find_for_update").find_for_update(id);
  }
  [[nodiscard]] std::vector<Exhibition> list(ExhibitionId after, std::size_t limit) const override {
    return query("exhibitions.list").list(after, limit);
  }
  void add(const Exhibition& made) override { change("exhibitions.add").add(made); }
  void save(const Exhibition& changed) override { change("exhibitions.save").save(changed); }
};

class FaultySessions final : public Faulty<Sessions> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::optional<Session> find(SessionId id) const override {
    return query("sessions.find").find(id);
  }
  [[nodiscard]] std::optional<Session> find_for_update(SessionId id) override {
    return query_for_update("sessions.find_for_update").find_for_update(id);
  }
  [[nodiscard]] std::vector<Session> list(ExhibitionId of, SessionCursor after, Instant until,
                                          std::size_t limit) const override {
    return query("sessions.list").list(of, after, until, limit);
  }
  void add(const Session& made) override { change("sessions.add").add(made); }
  void save(const Session& changed) override { change("sessions.save").save(changed); }
};

class FaultyReservations final : public Faulty<Reservations> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::optional<Reservation> find(ReservationId id) const override {
    return query("reservations.find").find(id);
  }
  [[nodiscard]] std::optional<Reservation> find_for_update(ReservationId id) override {
    return query_for_update("reservations.find_for_update").find_for_update(id);
  }
  [[nodiscard]] std::vector<Reservation> list(ReservationId after,
                                              std::size_t limit) const override {
    return query("reservations.list").list(after, limit);
  }
  [[nodiscard]] std::vector<Reservation> list_of(SessionId session, ReservationId after,
                                                 std::size_t limit) const override {
    return query("reservations.list_of").list_of(session, after, limit);
  }
  [[nodiscard]] std::vector<Reservation> holds_past(Instant now, std::size_t limit) const override {
    return query("reservations.holds_past").holds_past(now, limit);
  }
  [[nodiscard]] std::vector<Reservation> holds_past_of(SessionId session, Instant now,
                                                       std::size_t limit) const override {
    return query("reservations.holds_past_of").holds_past_of(session, now, limit);
  }
  [[nodiscard]] std::int64_t places_past_of(SessionId session, Instant now) const override {
    return query("reservations.places_past_of").places_past_of(session, now);
  }
  [[nodiscard]] std::int64_t limited_places(ExhibitionId exhibition, std::string_view member,
                                            Instant now) const override {
    return query("reservations.limited_places").limited_places(exhibition, member, now);
  }
  void add(const Reservation& made) override { change("reservations.add").add(made); }
  void save(const Reservation& changed) override { change("reservations.save").save(changed); }
};

class FaultyVouchers final : public Faulty<Vouchers> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::optional<Voucher> find_by_code(std::string_view code) const override {
    return query("vouchers.find_by_code").find_by_code(code);
  }
  [[nodiscard]] std::optional<Voucher> find_for_update(VoucherId id) override {
    return query_for_update("vouchers.find_for_update").find_for_update(id);
  }
  [[nodiscard]] std::vector<Voucher> list(VoucherId after, std::size_t limit) const override {
    return query("vouchers.list").list(after, limit);
  }
  [[nodiscard]] std::vector<Voucher> list_of(ReservationId reservation) const override {
    return query("vouchers.list_of").list_of(reservation);
  }
  void add(const Voucher& made) override { change("vouchers.add").add(made); }
  void save(const Voucher& changed) override { change("vouchers.save").save(changed); }
};

class FaultyIdempotencyKeys final : public Faulty<IdempotencyKeys> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::optional<KnownCommand> find(std::string_view command,
                                                 std::string_view key) const override {
    return query("keys.find").find(command, key);
  }
  void add(std::string_view command, std::string_view key, const KnownCommand& applied,
           Instant now) override {
    change("keys.add").add(command, key, applied, now);
  }
  [[nodiscard]] std::vector<StoredKey> applied_before(Instant before, const StoredKey& after,
                                                      std::size_t limit) const override {
    return query("keys.applied_before").applied_before(before, after, limit);
  }
  void remove(const StoredKey& key) override { change("keys.remove").remove(key); }
};

class FaultyEventLog final : public Faulty<EventLog> {
 public:
  using Faulty::Faulty;
  void append(const NewEvent& event) override { change("log.append").append(event); }
  [[nodiscard]] LogSlice slice(Position after, std::size_t limit,
                               const EventTypes& wanted) const override {
    return query("log.slice").slice(after, limit, wanted);
  }
  [[nodiscard]] Position head() const override { return query("log.head").head(); }
  [[nodiscard]] Position floor() const override { return query("log.floor").floor(); }
  void forget(Position up_to) override { change("log.forget").forget(up_to); }
  [[nodiscard]] Backlog backlog(Position after, const EventTypes& wanted) const override {
    return query("log.backlog").backlog(after, wanted);
  }
  [[nodiscard]] std::string id() const override { return query("log.id").id(); }
  [[nodiscard]] std::optional<std::uint64_t> proof(Position at) const override {
    return query("log.proof").proof(at);
  }
};

class FaultyFollowers final : public Faulty<Followers> {
 public:
  using Faulty::Faulty;
  [[nodiscard]] std::vector<std::string> names() const override {
    return query("followers.names").names();
  }
  [[nodiscard]] std::optional<Checkpoint> find(std::string_view follower) const override {
    return query("followers.find").find(follower);
  }
  void save(std::string_view follower, const Checkpoint& checkpoint) override {
    change("followers.save").save(follower, checkpoint);
  }
  void forget(std::string_view follower) override { change("followers.forget").forget(follower); }
  [[nodiscard]] std::vector<DeadLetter> dead_letters(std::string_view follower, Position after,
                                                     std::size_t limit) const override {
    return query("followers.dead_letters").dead_letters(follower, after, limit);
  }
  [[nodiscard]] std::vector<DeadLetter> dead_letters_of(std::string_view follower,
                                                        const Stream& stream,
                                                        std::size_t limit) const override {
    return query("followers.dead_letters_of").dead_letters_of(follower, stream, limit);
  }
  [[nodiscard]] std::int64_t count_dead_letters(std::string_view follower) const override {
    return query("followers.count_dead_letters").count_dead_letters(follower);
  }
  void park(std::string_view follower, const DeadLetter& letter) override {
    change("followers.park").park(follower, letter);
  }
  void remove(std::string_view follower, Position dead_letter) override {
    change("followers.remove").remove(follower, dead_letter);
  }
};

/// All of them, over a unit or over a read view.
class FaultyUnitOfWork {
 public:
  FaultyUnitOfWork(UnitOfWork& unit, Steps& steps) : FaultyUnitOfWork(unit, &unit, steps) {}
  FaultyUnitOfWork(const ReadView& view, Steps& steps) : FaultyUnitOfWork(view, nullptr, steps) {}

  [[nodiscard]] UnitOfWork& unit() { return unit_; }

 private:
  FaultyUnitOfWork(const ReadView& view, UnitOfWork* unit, Steps& steps)
      : exhibitions_(view.exhibitions(), unit ? &unit->exhibitions() : nullptr, steps),
        sessions_(view.sessions(), unit ? &unit->sessions() : nullptr, steps),
        reservations_(view.reservations(), unit ? &unit->reservations() : nullptr, steps),
        vouchers_(view.vouchers(), unit ? &unit->vouchers() : nullptr, steps),
        keys_(view.keys(), unit ? &unit->keys() : nullptr, steps),
        log_(view.log(), unit ? &unit->log() : nullptr, steps),
        followers_(view.followers(), unit ? &unit->followers() : nullptr, steps),
        unit_(exhibitions_, sessions_, reservations_, vouchers_, keys_, log_, followers_) {}

  FaultyExhibitions exhibitions_;
  FaultySessions sessions_;
  FaultyReservations reservations_;
  FaultyVouchers vouchers_;
  FaultyIdempotencyKeys keys_;
  FaultyEventLog log_;
  FaultyFollowers followers_;
  UnitOfWork unit_;
};

}  // namespace exhibition::testing
