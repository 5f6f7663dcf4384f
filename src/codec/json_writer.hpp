#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "exhibition/core/id.hpp"
#include "exhibition/core/time.hpp"

namespace exhibition::codec {

/// Writes one flat JSON object, field by field, into a string: no tree is built. Absent fields are
/// left out.
/// Source: RFC 8259.
class JsonWriter {
 public:
  JsonWriter() { text_.reserve(usual_length); }

  [[nodiscard]] std::string finish() && {
    text_ += text_.empty() ? "{}" : "}";
    return std::move(text_);
  }

  template <class Field>
  void operator()(std::string_view name, const Field& field) {
    begin(name);
    write(field);
  }

  template <class Field>
  void operator()(std::string_view name, const std::optional<Field>& field) {
    if (field) (*this)(name, *field);
  }

  /// A field that is JSON already.
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    text_ += json;
  }

 private:
  void begin(std::string_view name) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
  }

  void write(std::integral auto number) {
    std::array<char, 20> digits{};
    text_.append(digits.data(),
                 std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }
  template <class Tag>
  void write(Id<Tag> id) {
    write(id.value());
  }
  void write(Instant at) { write(at.time_since_epoch().count()); }
  void write(std::chrono::milliseconds span) { write(span.count()); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void write(Enum value) { write(to_string(value)); }

  void write(std::string_view string) {
    text_ += '"';
    for (const char c : string) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (byte < 0x20) {
        constexpr std::string_view hex = "0123456789abcdef";
        text_ += "\\u00";
        text_ += hex[byte >> 4U];
        text_ += hex[byte & 15U];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  static constexpr std::size_t usual_length = 256;  // of an event: memory is asked for once

  std::string text_;
};

}  // namespace exhibition::codec
