#pragma once

#include <cstddef>
#include <vector>

#include "exhibition/core/random.hpp"
#include "exhibition/ports/storage.hpp"
#include "id_source.hpp"
#include "log_reader.hpp"

namespace exhibition {

/// The voucher desk as a follower of the log: what it does, its events and its position are one
/// unit of the booking store, and the position is read again in that unit, so that nothing is done
/// twice.
/// Threads: one at a time.
/// Errors: PortError, Exception(storage_failure).
class VoucherPolicy {
 public:
  VoucherPolicy(Storage& storage, IdSource& ids, RandomSource& random)
      : storage_(storage), ids_(ids), random_(random), log_(storage, name) {}

  static constexpr std::string_view name = "voucher-desk";

  /// Follows the log up to `until`, at most `at_most` events, and gives their number.
  std::size_t run(Instant now, Position until, std::size_t at_most);

 private:
  /// What a voucher to be issued needs, drawn before the unit, for the unit may be run again.
  struct Blank {
    VoucherId id;
    std::string code;
    bool is_used = false;
  };

  void react_to(const std::vector<Envelope>& events, Instant now);
  [[nodiscard]] std::vector<Blank> draw_blanks(const std::vector<Envelope>& events);
  void react_in(UnitOfWork& unit, const std::vector<Envelope>& events, std::vector<Blank>& blanks,
                Instant now) const;

  Storage& storage_;
  IdSource& ids_;
  RandomSource& random_;
  LogReader log_;
};

}  // namespace exhibition
