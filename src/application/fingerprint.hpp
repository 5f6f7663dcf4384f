#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "exhibition/core/id.hpp"
#include "exhibition/core/time.hpp"

namespace exhibition {

/// Tells requests under one idempotency key apart: equal requests have equal fingerprints, on every
/// platform.
/// Source: Fowler, Noll, Vo, FNV-1a with 64 bits.
class Fingerprint {
 public:
  [[nodiscard]] std::uint64_t value() const { return hash_; }

  Fingerprint& add(std::integral auto number) {
    auto bits = static_cast<std::uint64_t>(number);
    for (int i = 0; i < 8; ++i, bits >>= 8U) byte(static_cast<std::uint8_t>(bits & 0xFFU));
    return *this;
  }
  template <class Enum>
  requires std::is_enum_v<Enum> Fingerprint& add(Enum value) {
    return add(static_cast<std::uint64_t>(value));
  }
  Fingerprint& add(std::string_view text) {
    add(text.size());
    for (const char c : text) byte(static_cast<std::uint8_t>(c));
    return *this;
  }
  template <class Tag>
  Fingerprint& add(Id<Tag> id) {
    return add(id.value());
  }
  Fingerprint& add(Instant at) { return add(at.time_since_epoch().count()); }
  Fingerprint& add(std::chrono::milliseconds span) { return add(span.count()); }
  template <class T>
  Fingerprint& add(const std::optional<T>& field) {
    add(field.has_value());
    return field ? add(*field) : *this;
  }

 private:
  void byte(std::uint8_t value) { hash_ = (hash_ ^ value) * 0x100000001B3U; }

  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

}  // namespace exhibition
