#pragma once

#include <cstdint>
#include <exhibition/core/time.hpp>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quickstart {

/// What the command line asks for.
struct Options {
  std::filesystem::path database = "museum.db";
  std::optional<exhibition::Instant> now = std::nullopt;  ///< none: the system's
  std::optional<std::uint64_t> seed = std::nullopt;       ///< none: the system's random bits
  std::filesystem::path data = QUICKSTART_DATA;
  bool help = false;
};

/// The command line asks for something that the demo does not understand.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

extern const std::string_view usage;

/// Errors: UsageError.
Options parse(const std::vector<std::string>& arguments);

/// "2026-09-01T08:00:00Z", with a fraction of a second or an offset like +09:00 if need be.
/// Errors: none if it is not such a time. Source: RFC 3339.
std::optional<exhibition::Instant> parse_instant(std::string_view text);

}  // namespace quickstart
