#include "exhibition/codec/json.hpp"

#include <array>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "event_fields.hpp"
#include "exhibition/core/error.hpp"
#include "json_writer.hpp"

namespace exhibition::codec {
namespace {

/// Reads the fields of one event out of a parsed object. What it throws is PortError, naming the
/// field.
class JsonReader {
 public:
  JsonReader(std::string_view type, std::string_view payload)
      : type_(type), object_(nlohmann::json::parse(payload, nullptr, false)) {
    if (!object_.is_object()) fail("it is not a JSON object");
  }

  template <class Field>
  void operator()(std::string_view name, Field& field) {
    const auto found = object_.find(name);
    if (found == object_.end()) fail(std::string(name) + " is missing");
    read(name, *found, field);
  }

  template <class Field>
  void operator()(std::string_view name, std::optional<Field>& field) {
    const auto found = object_.find(name);
    if (found == object_.end()) {
      field = std::nullopt;
    } else {
      read(name, *found, field.emplace());
    }
  }

 private:
  using Json = nlohmann::json;

  [[noreturn]] void fail(const std::string& why) const {
    throw PortError("a stored " + std::string(type_) + " cannot be read: " + why);
  }

  template <std::integral Number>
  void read(std::string_view name, const Json& json, Number& number) const {
    if (!json.is_number_integer()) fail(std::string(name) + " is not a whole number");
    const auto wide = json.get<std::int64_t>();
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) {
      fail(std::string(name) + " is out of range");
    }
    if (!std::in_range<Number>(wide)) fail(std::string(name) + " is out of range");
    number = static_cast<Number>(wide);
  }

  template <class Tag>
  void read(std::string_view name, const Json& json, Id<Tag>& id) const {
    std::int64_t value = 0;
    read(name, json, value);
    id = Id<Tag>{value};
  }

  void read(std::string_view name, const Json& json, std::chrono::milliseconds& span) const {
    std::int64_t count = 0;
    read(name, json, count);
    span = std::chrono::milliseconds{count};
  }

  void read(std::string_view name, const Json& json, Instant& at) const {
    std::chrono::milliseconds since_epoch{};
    read(name, json, since_epoch);
    at = Instant{since_epoch};
  }

  void read(std::string_view name, const Json& json, std::string& text) const {
    if (!json.is_string()) fail(std::string(name) + " is not a text");
    text = json.get<std::string>();
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void read(std::string_view name, const Json& json, Enum& value) const {
    std::string text;
    read(name, json, text);
    for (int i = 0; i <= std::numeric_limits<std::uint8_t>::max(); ++i) {
      value = static_cast<Enum>(i);
      if (to_string(value) == "unknown") break;
      if (to_string(value) == text) return;
    }
    fail(std::string(name) + " has an unknown value");
  }

  std::string_view type_;
  Json object_;
};

template <class E>
std::optional<Event> decode_as(std::string_view type, std::string_view payload) {
  if constexpr (!std::same_as<E, UnknownEvent>) {
    if (type == E::type) {
      E event;
      JsonReader reader(type, payload);
      each_field(event, reader);
      return event;
    }
  }
  return std::nullopt;
}

template <std::size_t... Index>
Event decode_any(std::string_view type, std::string_view payload, std::index_sequence<Index...>) {
  std::optional<Event> event;
  (void)((event = decode_as<std::variant_alternative_t<Index, Event>>(type, payload)) || ...);
  return event ? *std::move(event) : UnknownEvent{std::string(type), std::string(payload)};
}

}  // namespace

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
  return decode_any(type, payload, std::make_index_sequence<std::variant_size_v<Event>>{});
}

}  // namespace exhibition::codec
