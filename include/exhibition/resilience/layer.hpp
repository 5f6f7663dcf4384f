#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>

namespace exhibition {

/// Where a policy stands in a pipeline, the outermost first: what counts as a call to the one is
/// decided by those inside it.
enum class Layer : std::uint8_t {
  rate_limiter,     ///< who comes too often is not worth an attempt, nor a fallback
  fallback,         ///< answers for whatever those inside it could not
  retry,            ///< each attempt is a call of its own to the breaker
  circuit_breaker,  ///< outside the timeout, which is how most outages show
  timeout,          ///< the time that is waited for a place is part of it
  bulkhead,         ///< a call that nobody waits for any more keeps its place until it ends
};

/// Whether they are, from the outermost to the innermost, in the order in which they work, and none
/// is there twice.
[[nodiscard]] constexpr bool is_in_order(std::initializer_list<Layer> layers) {
  return std::ranges::adjacent_find(layers, std::ranges::greater_equal{}) == layers.end();
}

/// Guards calls: `run(context, next, judge)` gives what `next(context)` gives, or answers for it.
template <class P>
concept Policy = requires {
  { P::layer } -> std::convertible_to<Layer>;
};

}  // namespace exhibition
