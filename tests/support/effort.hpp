#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

/// How much work the random and repeated tests do, and how to repeat what one of them found.

namespace exhibition::tests {

enum class Effort : std::uint8_t { brief, thorough };

/// EXHIBITION_EFFORT: "short", the default, or "long".
[[nodiscard]] inline Effort effort() {
  const char* wanted = std::getenv("EXHIBITION_EFFORT");
  return wanted != nullptr && std::string_view(wanted) == "long" ? Effort::thorough : Effort::brief;
}

/// The rounds of a test that does `brief` of them in every run, and `thorough` of them in a soak.
[[nodiscard]] inline std::size_t rounds(std::size_t brief, std::size_t thorough) {
  return effort() == Effort::brief ? brief : thorough;
}

/// A seed for a random test, drawn anew each time and printed; EXHIBITION_SEED sets it.
[[nodiscard]] inline std::uint64_t announce_seed() {
  std::uint64_t seed = 0;
  if (const char* wanted = std::getenv("EXHIBITION_SEED"); wanted != nullptr) {
    seed = std::stoull(wanted);
  } else {
    std::random_device device;
    seed = std::uint64_t{device()} << 32U | device();
  }
  std::cout << "seed: EXHIBITION_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace exhibition::tests
