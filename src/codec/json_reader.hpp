#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "exhibition/core/id.hpp"
#include "exhibition/core/time.hpp"

namespace exhibition::codec {

/// Why an event cannot be read: `field` breaks `rule`. Both are literals.
struct Unreadable {
  std::string_view field;
  std::string_view rule;
};

/// Reads the fields of one event out of a parsed object.
/// Errors: throws Unreadable.
class JsonReader {
 public:
  explicit JsonReader(const nlohmann::json& object) : object_(object) {}

  template <class Field>
  void operator()(std::string_view name, Field& field) {
    const auto found = object_.find(name);
    if (found == object_.end()) throw Unreadable{name, "is missing"};
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

  template <std::integral Number>
  void read(std::string_view name, const Json& json, Number& number) const {
    if (!json.is_number_integer()) throw Unreadable{name, "is not a whole number"};
    const bool is_too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
    const auto wide = json.get<std::int64_t>();
    if (is_too_large || !std::in_range<Number>(wide)) throw Unreadable{name, "is out of range"};
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
    if (!json.is_string()) throw Unreadable{name, "is not a text"};
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
    throw Unreadable{name, "has an unknown value"};
  }

  const Json& object_;
};

}  // namespace exhibition::codec
