#pragma once

#include <cstdint>
#include <optional>

#include "admission.hpp"
#include "context.hpp"
#include "exhibition/application/bookings.hpp"
#include "idempotent_command.hpp"

namespace exhibition {

/// A reserve on its way, as carry_out and Submission take it; what it is made of outlives it.
class ReserveCommand {
 public:
  using Answer = Result<Reserved>;

  ReserveCommand(Context& context, const ReserveRequest& request, const CommandOptions& options);

  [[nodiscard]] const IdempotentCommand& command() const { return command_; }
  [[nodiscard]] std::optional<Answer> known(const ReadView& view) const;
  /// Errors: invalid_argument; overloaded.
  [[nodiscard]] Result<void> admit();
  /// Asks a catalogue elsewhere, and draws an id.
  /// Errors: what the catalogue answers.
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] bool try_prepare();
  [[nodiscard]] Answer run(UnitOfWork& unit) const;
  void finish(const Answer& answer);

 private:
  [[nodiscard]] Answer replay(const ReadView& view, std::int64_t id) const;
  [[nodiscard]] Answer reserve(UnitOfWork& unit) const;

  Context& context_;
  const ReserveRequest& request_;
  IdempotentCommand command_;
  std::optional<Admission::Pass> pass_;
  std::optional<Offer> offer_;
  std::optional<ReservationId> id_;
};

}  // namespace exhibition
