#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "admission.hpp"
#include "context.hpp"
#include "exhibition/application/bookings.hpp"
#include "idempotent_command.hpp"
#include "refusal_memory.hpp"
#include "remote_catalogue.hpp"

namespace exhibition {

/// A reserve on its way, as carry_out and Submission take it; what it is made of outlives it.
class ReserveCommand {
 public:
  using Answer = Result<Reserved>;

  ReserveCommand(Context& context, const ReserveRequest& request, const CommandOptions& options);

  [[nodiscard]] const IdempotentCommand& command() const { return command_; }
  [[nodiscard]] std::optional<Answer> known(const ReadView& view) const;
  /// Errors: invalid_argument; what its session has answered a moment ago; overloaded.
  [[nodiscard]] Result<void> admit();
  /// Asks a catalogue elsewhere, and draws an id.
  /// Errors: what the catalogue answers.
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] bool try_prepare();
  [[nodiscard]] Answer run(UnitOfWork& unit);
  void finish(const Answer& answer);

 private:
  [[nodiscard]] Answer replay(const ReadView& view, std::int64_t id) const;
  [[nodiscard]] Answer reserve(UnitOfWork& unit);
  void remember(const Shown& shown);
  void remember_sold_out(const UnitOfWork& unit, const Shown& shown, std::int64_t due,
                         std::size_t past);

  Context& context_;
  const ReserveRequest& request_;
  IdempotentCommand command_;
  std::optional<Admission::Pass> pass_;
  std::optional<Offer> offer_;
  std::optional<ReservationId> id_;
  std::uint64_t releases_ = 0;      ///< of the session, when the unit began
  std::optional<Glimpse> refused_;  ///< what the unit saw that had to refuse
};

}  // namespace exhibition
