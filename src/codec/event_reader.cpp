#include "event_reader.hpp"

#include <concepts>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "event_fields.hpp"
#include "json_reader.hpp"

namespace exhibition::codec {
namespace {

constexpr std::size_t known = std::variant_size_v<Event> - 1;  // all but UnknownEvent
static_assert(std::same_as<std::variant_alternative_t<known, Event>, UnknownEvent>);
using Known = std::make_index_sequence<known>;

template <std::size_t... Index>
bool is_one_of(std::string_view type, std::index_sequence<Index...>) {
  return ((std::variant_alternative_t<Index, Event>::type == type) || ...);
}

template <class E>
bool read_as(std::string_view type, const nlohmann::json& payload, std::optional<Event>& event) {
  if (type != E::type) return false;
  E read;
  JsonReader reader(payload);
  each_field(read, reader);
  event = std::move(read);
  return true;
}

template <std::size_t... Index>
std::optional<Event> read_one_of(std::string_view type, const nlohmann::json& payload,
                                 std::index_sequence<Index...>) {
  std::optional<Event> event;
  static_cast<void>(
      (read_as<std::variant_alternative_t<Index, Event>>(type, payload, event) || ...));
  return event;
}

}  // namespace

bool is_known(std::string_view type) { return is_one_of(type, Known{}); }

Event read_event(std::string_view type, const nlohmann::json& payload) {
  if (!payload.is_object()) throw Unreadable{"data", "is not a JSON object"};
  return read_one_of(type, payload, Known{}).value();
}

}  // namespace exhibition::codec
