#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "exhibition/domain/ids.hpp"
#include "exhibition/ports/storage.hpp"
#include "releases.hpp"

namespace exhibition {

/// Writes down what is due, in small units between which others book: holds past their time, and
/// the reservations of withdrawn exhibitions and cancelled sessions, which it finds by following
/// the log.
/// Threads: one at a time.
/// Errors: PortError, Exception(storage_failure).
class Settler {
 public:
  Settler(Storage& storage, Releases& releases) : storage_(storage), releases_(releases) {}

  static constexpr std::string_view name = "settling";

  /// Settles at most `at_most` holds whose time is up, the oldest first, and gives their number.
  std::size_t settle_holds(Instant now, std::size_t at_most);

  /// Settles at most `at_most` reservations of withdrawn exhibitions and cancelled sessions, and
  /// gives their number.
  std::size_t settle_closings(Instant now, std::size_t at_most);

  /// Keeps how far it has followed, where that was put off.
  void keep() {
    if (passed_ > saved_) save();
  }

 private:
  /// A withdrawal or a cancelled session whose reservations are being settled, and how far.
  struct Closing {
    Position position;
    ExhibitionId exhibition;
    std::optional<SessionId> only = std::nullopt;
    SessionCursor session = {Instant::min(), SessionId{}};
    ReservationId reservation = {};
    bool is_done = false;
  };

  bool find_closing();
  [[nodiscard]] static Closing closing_of(const Envelope& envelope);
  void pass(Position position);
  void save();
  std::vector<ReservationId> next_of_closing(const ReadView& view, std::size_t at_most);
  void collect(const ReadView& view, const Session& session, const Exhibition& exhibition,
               std::size_t at_most, std::vector<ReservationId>& due);
  std::size_t settle_all(const std::vector<ReservationId>& ids, Instant now);

  Storage& storage_;
  Releases& releases_;
  Position saved_;
  Position passed_;
  std::optional<Closing> closing_;
};

}  // namespace exhibition
