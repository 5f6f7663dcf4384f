#pragma once

#include <cstdint>
#include <string_view>

#include "exhibition/core/time.hpp"

namespace exhibition {

/// A number that tells an event of a log from all others, for practical purposes: from those of
/// another log, and from one that has come to its position in another copy of this log. Never 0.
/// Source: FNV-1a, 64 bits.
[[nodiscard]] constexpr std::uint64_t event_proof(std::string_view log, std::string_view key,
                                                  Instant occurred_at, std::string_view payload) {
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001B3; };
  const auto add_text = [&](std::string_view text) {
    for (const char c : text) add(static_cast<std::uint8_t>(c));
    add(0);
  };
  add_text(log);
  add_text(key);
  const auto at = static_cast<std::uint64_t>(occurred_at.time_since_epoch().count());
  for (unsigned shift = 0; shift < 64; shift += 8) add(static_cast<std::uint8_t>(at >> shift));
  add_text(payload);
  return hash == 0 ? 1 : hash;
}

}  // namespace exhibition
