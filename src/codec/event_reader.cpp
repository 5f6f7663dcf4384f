#include "event_reader.hpp"

#include <concepts>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "event_fields.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/domain/event_types.hpp"
#include "json_reader.hpp"

namespace exhibition::codec {
namespace {

constexpr std::size_t known = std::variant_size_v<Event> - 1;  // all but UnknownEvent
static_assert(std::same_as<std::variant_alternative_t<known, Event>, UnknownEvent>);
using Known = std::make_index_sequence<known>;

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

bool is_readable(std::string_view type, int version, const Upcasters& upcasters) {
  return EventTypes::is_known(type) && version <= upcasters.current(type);
}

Event read_event(std::string_view type, int version, nlohmann::json payload,
                 const Upcasters& upcasters) {
  if (!payload.is_object()) throw Unreadable{"data", "is not a JSON object"};
  if (version < 1) throw Unreadable{"schema version", "is less than 1"};
  try {
    upcasters.lift(type, version, payload);
  } catch (const nlohmann::json::exception&) {
    throw Unreadable{"data", "is not what its schema version looks like"};
  }
  return read_one_of(type, payload, Known{}).value();
}

Event decode(std::string_view type, int version, std::string_view payload,
             const Upcasters& upcasters) {
  if (!is_readable(type, version, upcasters)) {
    return UnknownEvent{std::string(type), std::string(payload)};
  }
  try {
    return read_event(type, version, nlohmann::json::parse(payload, nullptr, false), upcasters);
  } catch (const Unreadable& damage) {
    throw PortError("a stored " + std::string(type) + " cannot be read: its " +
                    std::string(damage.field) + ' ' + std::string(damage.rule));
  }
}

}  // namespace exhibition::codec
