#include "upcasters.hpp"

#include <nlohmann/json.hpp>

namespace exhibition::codec {

int Upcasters::current(std::string_view type) const {
  int version = 1;
  for (const auto& step : steps_) {
    if (step.type == type) version = step.from + 1;
  }
  return version;
}

void Upcasters::lift(std::string_view type, int from, nlohmann::json& payload) const {
  for (const auto& step : steps_) {
    if (step.type == type && step.from >= from) step.step(payload);
  }
}

const Upcasters& upcasters() {
  static constexpr Upcasters all{std::span<const Upcaster>{}};
  return all;
}

}  // namespace exhibition::codec
