#pragma once

#include <vector>

#include "exhibition/application/audit.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// Recounts what the view shows against the rules.
/// Errors: PortError.
[[nodiscard]] std::vector<AuditFinding> audit(const ReadView& view, Instant now);

}  // namespace exhibition
