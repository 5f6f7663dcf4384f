#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "exhibition/domain/events.hpp"

namespace exhibition::codec {

/// Whether this version of the library knows events of the type.
[[nodiscard]] bool is_known(std::string_view type);

/// The event of a known type that a parsed payload tells of.
/// Errors: throws Unreadable.
[[nodiscard]] Event read_event(std::string_view type, const nlohmann::json& payload);

}  // namespace exhibition::codec
