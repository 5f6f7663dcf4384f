#pragma once

#include <string_view>

#include "exhibition/domain/envelope.hpp"
#include "exhibition/ports/my_pages.hpp"

/// My page as a projection of the log.

namespace exhibition::my_page {

inline constexpr std::string_view follower_name = "my-page";

/// Writes down what the event changes on the pages.
/// Errors: PortError.
void project(MyPagesUnit& unit, const Envelope& envelope);

}  // namespace exhibition::my_page
