#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/core/page.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/event_types.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/reservation.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/domain/voucher.hpp"

/// What a storage keeps, as collections. All of them:
/// - `find` gives what is there, stable against change until the unit commits; `find_for_update` is
/// for what will be
///   saved. `add` takes a complete aggregate under an unused id, `save` one that was added.
/// - const members may be called in a read view as well; the others only in a unit of work.
/// - lists are in ascending order of what their cursor holds; `limit` is at least 1.
/// Errors: PortError when the store fails; the unit then has to end with an error.
/// Threads: one, the one that runs the unit or the read.

namespace exhibition {

class Exhibitions {
 public:
  virtual ~Exhibitions() = default;
  [[nodiscard]] virtual std::optional<Exhibition> find(ExhibitionId id) const = 0;
  [[nodiscard]] virtual std::optional<Exhibition> find_for_update(ExhibitionId id) = 0;
  [[nodiscard]] virtual std::vector<Exhibition> list(ExhibitionId after,
                                                     std::size_t limit) const = 0;
  virtual void add(const Exhibition& made) = 0;
  virtual void save(const Exhibition& changed) = 0;
};

/// Where a list of an exhibition's sessions goes on: they are in the order of their start, then id.
struct SessionCursor {
  Instant starts_at;
  SessionId id;

  friend bool operator==(const SessionCursor&, const SessionCursor&) = default;
};

class Sessions {
 public:
  virtual ~Sessions() = default;
  [[nodiscard]] virtual std::optional<Session> find(SessionId id) const = 0;
  [[nodiscard]] virtual std::optional<Session> find_for_update(SessionId id) = 0;
  /// Sessions of the exhibition that start after the cursor and before `until`.
  [[nodiscard]] virtual std::vector<Session> list(ExhibitionId of, SessionCursor after,
                                                  Instant until, std::size_t limit) const = 0;
  virtual void add(const Session& made) = 0;
  virtual void save(const Session& changed) = 0;
};

class Reservations {
 public:
  virtual ~Reservations() = default;
  [[nodiscard]] virtual std::optional<Reservation> find(ReservationId id) const = 0;
  [[nodiscard]] virtual std::optional<Reservation> find_for_update(ReservationId id) = 0;
  [[nodiscard]] virtual std::vector<Reservation> list(ReservationId after,
                                                      std::size_t limit) const = 0;
  [[nodiscard]] virtual std::vector<Reservation> list_of(SessionId session, ReservationId after,
                                                         std::size_t limit) const = 0;
  /// Held reservations of all sessions whose time is up by `now`: the oldest `expires_at` first,
  /// then the lowest id.
  [[nodiscard]] virtual std::vector<Reservation> holds_past(Instant now,
                                                            std::size_t limit) const = 0;
  /// The same of one session.
  [[nodiscard]] virtual std::vector<Reservation> holds_past_of(SessionId session, Instant now,
                                                               std::size_t limit) const = 0;
  /// Their places, all of them.
  [[nodiscard]] virtual std::int64_t places_past_of(SessionId session, Instant now) const = 0;
  /// Places of the member in force in the exhibition, of reservations that were made under a member
  /// limit.
  [[nodiscard]] virtual std::int64_t limited_places(ExhibitionId exhibition,
                                                    std::string_view member, Instant now) const = 0;
  virtual void add(const Reservation& made) = 0;
  virtual void save(const Reservation& changed) = 0;
};

/// A voucher's `admitted` is the sum of its redemptions: an adapter may rely on it.
class Vouchers {
 public:
  virtual ~Vouchers() = default;
  [[nodiscard]] virtual std::optional<Voucher> find_by_code(std::string_view code) const = 0;
  [[nodiscard]] virtual std::optional<Voucher> find_for_update(VoucherId id) = 0;
  [[nodiscard]] virtual std::vector<Voucher> list(VoucherId after, std::size_t limit) const = 0;
  /// All vouchers that the reservation has had, in the order of their ids.
  [[nodiscard]] virtual std::vector<Voucher> list_of(ReservationId reservation) const = 0;
  /// Errors: PortError when there is a voucher with its code.
  virtual void add(const Voucher& made) = 0;
  virtual void save(const Voucher& changed) = 0;
};

/// An applied command that came with an idempotency key.
struct KnownCommand {
  std::uint64_t fingerprint = 0;  ///< of the request
  std::int64_t aggregate = 0;     ///< id of what it made or changed

  friend bool operator==(const KnownCommand&, const KnownCommand&) = default;
};

/// Where a known command is found.
struct StoredKey {
  std::string command = {};  ///< its kind
  std::string key = {};

  friend auto operator<=>(const StoredKey&, const StoredKey&) = default;
};

/// Keys are scoped to the kind of command; they are kept until they are removed.
class IdempotencyKeys {
 public:
  virtual ~IdempotencyKeys() = default;
  [[nodiscard]] virtual std::optional<KnownCommand> find(std::string_view command,
                                                         std::string_view key) const = 0;
  virtual void add(std::string_view command, std::string_view key, const KnownCommand& applied,
                   Instant now) = 0;
  /// Keys of commands that were applied before then, in the order of kinds and keys: the next
  /// `limit` ones.
  [[nodiscard]] virtual std::vector<StoredKey> applied_before(Instant before,
                                                              const StoredKey& after,
                                                              std::size_t limit) const = 0;
  virtual void remove(const StoredKey& key) = 0;
};

/// A part of the log: the wanted ones among the events up to `end`.
struct LogSlice {
  std::vector<Envelope> events;
  Position end;          ///< where the next slice begins; where this one began, at the log's end
  std::size_t seen = 0;  ///< events, wanted or not

  friend bool operator==(const LogSlice&, const LogSlice&) = default;
};

/// What a follower has still before it.
struct Backlog {
  std::int64_t events = 0;
  std::optional<Instant> since = std::nullopt;  ///< when the first of them occurred

  friend bool operator==(const Backlog&, const Backlog&) = default;
};

/// Everything that has happened, in the order of the commits: positions strictly increase, and a
/// reader that has seen one never later sees a new event at or below it. The log gives no position
/// on appending: there is none before the commit.
class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual void append(const NewEvent& event) = 0;
  /// Looks at the next `limit` events and gives those of the wanted types; others are not decoded.
  [[nodiscard]] virtual LogSlice slice(Position after, std::size_t limit,
                                       const EventTypes& wanted) const = 0;
  /// The position of the last event that was appended, or the default of a log that never had one.
  [[nodiscard]] virtual Position head() const = 0;
  /// The position of the last event that was forgotten; the default of a log that has them all.
  [[nodiscard]] virtual Position floor() const = 0;
  /// Forgets the events up to there, which is at most the head, but for the proof of the last one.
  virtual void forget(Position up_to) = 0;
  /// What there is of the wanted types after the position.
  [[nodiscard]] virtual Backlog backlog(Position after, const EventTypes& wanted) const = 0;

  /// Tells the log, and copies of it, from any other; of letters and digits.
  [[nodiscard]] virtual std::string id() const = 0;
  /// What proves that the log has the event that it has there: see event_proof. None where there is
  /// no event, and below the floor.
  [[nodiscard]] virtual std::optional<std::uint64_t> proof(Position at) const = 0;

  /// The next `limit` events.
  [[nodiscard]] std::vector<Envelope> read(Position after, std::size_t limit) const {
    return slice(after, limit, EventTypes::all()).events;
  }
};

}  // namespace exhibition
