#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "exhibition/application/effect.hpp"
#include "exhibition/core/function_ref.hpp"
#include "exhibition/ports/peers.hpp"

namespace exhibition {

/// Somebody else has moved the checkpoint, or has the lease: what was read is no longer what is
/// next.
struct Overtaken {};

/// What one follower keeps, in the store that has its effect. Of all engines that share the storage
/// only the one that has the lease writes it: every write looks at the epoch, so that one who was
/// stalled while another took over changes nothing any more.
///
/// The lease is taken in the transaction that first needs it, is longer with each later one, and is
/// given back in the last one of a run: it costs no transaction of its own.
/// Threads: one at a time; `renew` beside the others.
class FollowerLedger {
 public:
  /// What becomes of the lease after a change.
  enum class Then : std::uint8_t { keep, release };
  using Change = FunctionRef<Then(Followers&, Checkpoint&)>;

  static constexpr std::chrono::milliseconds shortest_lease{100};
  static constexpr std::chrono::minutes longest_lease{10};

  FollowerLedger(Effect& effect, const Peers& peers, std::string name,
                 std::chrono::milliseconds lease)
      : effect_(effect), peers_(peers), name_(std::move(name)), length_(lease) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Errors: PortError.
  [[nodiscard]] Checkpoint read() const;

  /// Whether this engine has it.
  [[nodiscard]] bool has(const Lease& lease) const {
    return epoch_ == lease.epoch && lease.owner == peers_.self();
  }

  /// For how long another engine has the lease, unless it renews it; nothing when it is to be had.
  [[nodiscard]] std::optional<std::chrono::milliseconds> elsewhere(const Lease& lease) const;

  /// Whether who had it last has ended. One who is stalled has not.
  [[nodiscard]] bool has_died(const Lease& lease) const;

  /// Changes what is kept, in a transaction of its own.
  /// Errors: Overtaken; PortError; what `change` throws.
  void write(Change change);

  /// The same in a transaction that the effect is in; `wrote` once that is committed.
  /// Errors: Overtaken; what `change` throws.
  [[nodiscard]] Lease write(Followers& followers, Change change) const;
  void wrote(const Lease& lease);

  /// Makes the lease longer, if this engine has it.
  /// Errors: Overtaken; PortError.
  void renew();
  [[nodiscard]] std::chrono::milliseconds length() const { return length_; }

  /// Gives the lease back, if this engine has it; should that fail, it ends by itself.
  void release() noexcept;

  /// It has turned out that another engine has it.
  void lose() { epoch_.reset(); }

  /// Takes the lease, and waits for who has it as long as a lease is.
  /// Errors: PortError.
  void take();

 private:
  [[nodiscard]] Lease claim(const Lease& known) const;

  Effect& effect_;
  const Peers& peers_;
  std::string name_;
  std::chrono::milliseconds length_;
  std::optional<std::int64_t> epoch_;  // in which it has the lease
};

/// The lease, from here to the end of this object.
class Tenure {
 public:
  /// Errors: PortError.
  explicit Tenure(FollowerLedger& ledger) : ledger_(ledger) { ledger_.take(); }
  ~Tenure() { ledger_.release(); }
  Tenure(const Tenure&) = delete;
  Tenure& operator=(const Tenure&) = delete;

 private:
  FollowerLedger& ledger_;
};

}  // namespace exhibition
