#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "exhibition/domain/envelope.hpp"
#include "exhibition/ports/repositories.hpp"
#include "followers.hpp"

namespace exhibition::memory {

/// Everything that one storage keeps, with the orders in which it is asked for.
class Tables {
 public:
  struct AppliedCommand {
    KnownCommand known;
    Instant at;
  };

  std::map<ExhibitionId, Exhibition> exhibitions;
  std::map<SessionId, Session> sessions;
  std::map<ReservationId, Reservation> reservations;
  std::map<VoucherId, Voucher> vouchers;
  std::map<StoredKey, AppliedCommand> keys;
  FollowerStates followers;
  std::string log_id;
  std::deque<Envelope> log;  // the event at position p is log[p - floor - 1]
  std::int64_t floor = 0;    // the position of the last event that was forgotten
  std::uint64_t floor_proof = 0;

  std::set<std::tuple<ExhibitionId, Instant, SessionId>> sessions_by_start;
  std::set<std::pair<SessionId, ReservationId>> reservations_by_session;
  std::set<std::pair<Instant, ReservationId>> holds;
  std::set<std::tuple<SessionId, Instant, ReservationId>> holds_by_session;
  std::set<std::tuple<ExhibitionId, std::string, ReservationId>> live_by_limited_member;
  std::map<std::string, VoucherId, std::less<>> vouchers_by_code;
  std::set<std::pair<ReservationId, VoucherId>> vouchers_by_reservation;

  void put(const Exhibition& row) { exhibitions.insert_or_assign(row.id, row); }
  void put(const Session& row);
  void put(const Reservation& row);
  void put(const Voucher& row);

  void erase(ExhibitionId id) { exhibitions.erase(id); }
  void erase(SessionId id);
  void erase(ReservationId id);
  void erase(VoucherId id);

  /// The position of the last event.
  [[nodiscard]] std::int64_t head() const { return floor + static_cast<std::int64_t>(log.size()); }
};

/// What a unit of work has changed, besides the log.
struct Touched {
  std::vector<ExhibitionId> exhibitions;
  std::vector<SessionId> sessions;
  std::vector<ReservationId> reservations;
  std::vector<VoucherId> vouchers;
  std::vector<StoredKey> keys;
  std::vector<std::string> followers;
};

/// Makes `to` like `from` where it was touched, and its log as long at both ends: this carries a
/// commit to the second copy, and undoes a unit that failed.
void copy_touched(const Tables& from, Tables& to, const Touched& touched);

}  // namespace exhibition::memory
