#pragma once

#include <memory>

#include "exhibition/ports/event_dispatcher.hpp"

namespace exhibition::signals {

/// A dispatcher to handlers in this process.
[[nodiscard, gnu::visibility("default")]] std::unique_ptr<EventDispatcher> dispatcher();

}  // namespace exhibition::signals
