#pragma once

#include <optional>
#include <variant>

#include "exhibition/core/error.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/event_types.hpp"

namespace exhibition {

/// Why nobody can take the event, if it is one of a known type in a version that is not. Events of
/// unknown types are nobody's business, and are passed over.
[[nodiscard]] inline std::optional<Error> unreadable(const Envelope& envelope) {
  const auto* unknown = std::get_if<UnknownEvent>(&envelope.event);
  if (!unknown || !EventTypes::is_known(unknown->type)) return std::nullopt;
  return refusal::UnknownVersion{envelope.position.value(), envelope.schema_version};
}

}  // namespace exhibition
