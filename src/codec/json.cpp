#include "exhibition/codec/json.hpp"

#include <concepts>
#include <nlohmann/json.hpp>
#include <utility>

#include "event_fields.hpp"
#include "event_reader.hpp"
#include "exhibition/core/error.hpp"
#include "json_reader.hpp"
#include "json_writer.hpp"

namespace exhibition::codec {

std::string encode(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::string {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(e)>, UnknownEvent>) {
          return e.payload;
        } else {
          JsonWriter writer;
          each_field(e, writer);
          return std::move(writer).finish();
        }
      },
      event);
}

Event decode(std::string_view type, std::string_view payload) {
  if (!is_known(type)) return UnknownEvent{std::string(type), std::string(payload)};
  try {
    return read_event(type, nlohmann::json::parse(payload, nullptr, false));
  } catch (const Unreadable& damage) {
    throw PortError("a stored " + std::string(type) + " cannot be read: its " +
                    std::string(damage.field) + ' ' + std::string(damage.rule));
  }
}

}  // namespace exhibition::codec
