#include "exhibition/codec/json.hpp"

#include <concepts>
#include <utility>

#include "event_fields.hpp"
#include "event_reader.hpp"
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

Event decode(std::string_view type, int schema_version, std::string_view payload) {
  return decode(type, schema_version, payload, upcasters());
}

int schema_version(std::string_view type) { return upcasters().current(type); }

}  // namespace exhibition::codec
