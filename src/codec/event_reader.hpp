#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "exhibition/domain/events.hpp"
#include "upcasters.hpp"

namespace exhibition::codec {

/// Whether this version of the library can read events of the type in that version.
[[nodiscard]] bool is_readable(std::string_view type, int version, const Upcasters& upcasters);

/// The event that a parsed payload of a readable type and version tells of.
/// Errors: throws Unreadable.
[[nodiscard]] Event read_event(std::string_view type, int version, nlohmann::json payload,
                               const Upcasters& upcasters);

/// What decode does, with upcasters of one's own.
/// Errors: PortError.
[[nodiscard]] Event decode(std::string_view type, int version, std::string_view payload,
                           const Upcasters& upcasters);

}  // namespace exhibition::codec
