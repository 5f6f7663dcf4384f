#pragma once

#include <string>
#include <string_view>

#include "exhibition/domain/events.hpp"

/// Events to and from the JSON text that a log keeps. For adapters.

namespace exhibition::codec {

/// The version of the payloads that `encode` writes.
inline constexpr int schema_version = 1;

/// The event's fields as one flat JSON object in UTF-8, without its type.
[[nodiscard, gnu::visibility("default")]] std::string encode(const Event& event);

/// The event that `encode` made `payload` of; UnknownEvent for a type that this version does not
/// know.
/// Errors: PortError when the payload is not what that type's events look like.
[[nodiscard, gnu::visibility("default")]] Event decode(std::string_view type,
                                                       std::string_view payload);

}  // namespace exhibition::codec
