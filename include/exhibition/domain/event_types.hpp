#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "exhibition/domain/events.hpp"

namespace exhibition {

/// Some of the types of events: what a follower wants to see.
/// Threads: a value.
class EventTypes {
 public:
  /// Every type, those included that this version of the library does not know.
  [[nodiscard]] static EventTypes all() {
    EventTypes types;
    types.chosen_.set();
    return types;
  }

  template <class... E>
  [[nodiscard]] static EventTypes of() {
    EventTypes types;
    (types.chosen_.set(Event(E{}).index()), ...);
    return types;
  }

  /// Those of either.
  [[nodiscard]] friend EventTypes operator|(EventTypes either, const EventTypes& other) {
    either.chosen_ |= other.chosen_;
    return either;
  }

  [[nodiscard]] bool contains(const Event& event) const {
    const auto* unknown = std::get_if<UnknownEvent>(&event);  // of a later version, perhaps
    return unknown ? contains(unknown->type) : chosen_[event.index()];
  }

  /// By the name that a log stores.
  [[nodiscard]] bool contains(std::string_view type) const { return chosen_[index_of(type)]; }

  /// Whether this version of the library knows the type.
  [[nodiscard]] static bool is_known(std::string_view type) { return index_of(type) < known; }

  friend bool operator==(const EventTypes&, const EventTypes&) = default;

 private:
  static constexpr std::size_t known = std::variant_size_v<Event> - 1;  // all but UnknownEvent
  static_assert(std::same_as<std::variant_alternative_t<known, Event>, UnknownEvent>);

  static constexpr auto names = []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array{std::variant_alternative_t<Index, Event>::type...};
  }
  (std::make_index_sequence<known>{});

  /// `known` for a type that is not.
  static std::size_t index_of(std::string_view type) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), type) - names.begin());
  }

  std::bitset<known + 1> chosen_;
};

}  // namespace exhibition
