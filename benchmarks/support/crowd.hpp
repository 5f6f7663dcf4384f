#pragma once

#include <cstddef>
#include <exhibition/exhibition.hpp>
#include <string>

namespace exhibition::benchmarks {

/// "member-7"
[[nodiscard]] std::string member(std::size_t number);

/// Takes so many reservations of the session, for `members` members in turn, many of them on their way
/// at once.
/// Errors: Exception, what a reserve has answered.
void take_reservations(Engine& engine, SessionId session, std::size_t count, std::size_t members);

/// Pumps until nothing is left.
/// Errors: std::runtime_error when a follower fails.
void let_follow(Engine& engine);

}  // namespace exhibition::benchmarks
