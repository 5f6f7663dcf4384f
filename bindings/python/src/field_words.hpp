#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace exhibition::python {

/// What fields of one name are everywhere, said once. One that is something else there says so itself.
/// Null for a name that is not known.
constexpr const char* meaning_of(std::string_view field) {
  constexpr auto meanings = std::to_array<std::pair<std::string_view, const char*>>({
      {"actor", "Who gave the command, in the host's words; empty if nobody said."},
      {"admission", "Of calls of reserve."},
      {"aggregate", "What has changed."},
      {"at", "When, or where in the log."},
      {"attempts", "That failed."},
      {"breaker", "Of the circuit breaker around it."},
      {"bulkhead", "Of the bulkhead around it."},
      {"calls", "That were judged."},
      {"cancelled_at", "When the session was cancelled; its reservations are due from then on."},
      {"capacity", "How many places there are; None: there is no limit."},
      {"correlation_id", "What the command belongs to, in the host's words; empty if nobody said."},
      {"count", "Persons."},
      {"created_at", "When it was made."},
      {"ends_at", "When the session ends; None: it is open-ended, and never over."},
      {"envelope", "The event as the log has it."},
      {"error", "What was said about it."},
      {"event", "What has happened."},
      {"exhibition", "The exhibition that it is of."},
      {"expected", "What should be."},
      {"expires_at", "Until when its places are held."},
      {"failures", "Those that were bad."},
      {"followed", "Events that it took."},
      {"found", "What is."},
      {"from_state", "What it was before."},
      {"gate", "Where, in the host's words."},
      {"headers", "What the host said of the command."},
      {"id", "Its own number, which no other of its kind has."},
      {"kind", "Of which kind it is."},
      {"max_places_per_reservation", "Persons."},
      {"member", "The host's reference to a customer."},
      {"name", "What it is called."},
      {"occurred_at", "When it was written down."},
      {"parked_at", "When it was laid aside."},
      {"payload", "As it is stored."},
      {"places", "Persons."},
      {"position", "Its place in the log."},
      {"reason", "Why."},
      {"redemptions", "Each time that persons were let in."},
      {"replayed", "Events that were taken now."},
      {"reservation", "The reservation that it is of."},
      {"rule", "What is broken."},
      {"rules", "What it allows its reservations."},
      {"sales_from", "When sales begin; None: they have begun."},
      {"sales_until", "When sales end; None: when the session does."},
      {"schema_version", "Of the form in which it was stored."},
      {"session", "The session that it is of."},
      {"slow", "Those that took too long."},
      {"starts_at", "When the session begins."},
      {"state", "What it is doing, or why it is not."},
      {"status", "What has become of it."},
      {"stream", "What it has to stay in order with."},
      {"target", "Where it has to come."},
      {"times", "When the session is, and when it is sold."},
      {"title", "Of the exhibition."},
      {"to_state", "What it is now."},
      {"type", "The name of its kind."},
      {"updated_at", "When it changed last."},
      {"voucher", "The voucher that it is of."},
      {"voucher_status", "Of the voucher; None until there was one."},
      {"where", "What it was found in."},
      {"withdrawn_at", "When the exhibition was withdrawn; its reservations are due from then on."},
  });
  for (const auto& [name, meaning] : meanings) {
    if (name == field) return meaning;
  }
  return nullptr;
}

}  // namespace exhibition::python
