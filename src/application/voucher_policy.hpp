#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "exhibition/application/effect.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/ports/storage.hpp"
#include "id_source.hpp"

namespace exhibition {

/// The voucher desk as a follower of the log: what it does, its events and its checkpoint are one
/// unit of the booking store.
/// Threads: one at a time.
class VoucherPolicy final : public Effect {
 public:
  VoucherPolicy(Storage& storage, IdSource& ids, const Clock& clock, RandomSource& random)
      : storage_(storage), ids_(ids), clock_(clock), random_(random) {}

  static constexpr std::string_view name = "voucher-desk";

  Taken take(const Batch& batch, Settle settle) override;
  void transact(FunctionRef<void(Followers&)> work) override;
  void read(FunctionRef<void(const Followers&)> reader) const override;
  [[nodiscard]] bool runs_host_code() const override { return false; }
  [[nodiscard]] bool is_in_booking_store() const override { return true; }

 private:
  /// What a voucher to be issued needs, drawn before the unit, for the unit may be run again.
  struct Blank {
    VoucherId id;
    std::string code;
    bool is_used = false;
  };

  /// Errors: PortError when the random source does nothing but repeat itself.
  [[nodiscard]] std::vector<Blank> draw_blanks(std::span<const Envelope> events);
  [[nodiscard]] std::vector<std::string> draw_codes(std::size_t count);
  static void react_to(UnitOfWork& unit, const Envelope& envelope, std::vector<Blank>& blanks,
                       Instant now);

  Storage& storage_;
  IdSource& ids_;
  const Clock& clock_;
  RandomSource& random_;
};

}  // namespace exhibition
