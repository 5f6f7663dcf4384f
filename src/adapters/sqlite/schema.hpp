#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace exhibition::sqlite {

/// What kind of store a file is, and how it came to its present form: migration n leads from
/// version n to n + 1.
struct Schema {
  std::string_view name;
  std::int32_t application_id;
  std::span<const char* const> migrations;

  [[nodiscard]] std::int64_t version() const {
    return static_cast<std::int64_t>(migrations.size());
  }
};

/// The booking file.
extern const Schema booking_schema;

/// The my-page file beside it.
extern const Schema my_page_schema;

/// The file of the external followers beside it. Its tables are guests in a host's projection file,
/// too, where the version is in a table of its own: the others are the host's.
extern const Schema follower_schema;

}  // namespace exhibition::sqlite
