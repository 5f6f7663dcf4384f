#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

namespace exhibition::codec {

/// Makes a payload of the type's version `from` one of the next: an object, changed in place.
struct Upcaster {
  std::string_view type;
  int from = 1;
  void (*step)(nlohmann::json& payload) = nullptr;
};

/// How payloads of earlier versions become what this version of the library writes. A type is in
/// version 1 until there is a step that leads out of it.
/// Threads: any; what it was made of outlives it.
class Upcasters {
 public:
  /// The steps of a type in the order of their versions, none left out.
  constexpr explicit Upcasters(std::span<const Upcaster> steps) : steps_(steps) {}

  /// The version that is written.
  [[nodiscard]] int current(std::string_view type) const;
  /// Lifts a payload of that version to the current one.
  void lift(std::string_view type, int from, nlohmann::json& payload) const;

 private:
  std::span<const Upcaster> steps_;
};

/// Those of the stored events. Whoever changes what an event looks like adds a step here, and golden
/// files of the new version; those of the old one stay.
[[nodiscard]] const Upcasters& upcasters();

}  // namespace exhibition::codec
