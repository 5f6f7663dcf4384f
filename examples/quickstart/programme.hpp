#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quickstart {

/// A session that is held at one time of day on several days. The days count from the day of the
/// run.
struct PlannedSession {
  std::vector<int> days;
  std::chrono::minutes at{0};
  std::optional<std::chrono::minutes> length = std::nullopt;   ///< none: open-ended
  std::optional<std::uint32_t> capacity = std::nullopt;        ///< none: unlimited
  std::optional<std::chrono::days> sales_from = std::nullopt;  ///< before the start
  std::optional<std::chrono::minutes> sales_until = std::nullopt;
};

struct PlannedExhibition {
  std::string slug;
  std::string title;
  std::string kind;
  exhibition::BookingRules rules;
  std::vector<PlannedSession> sessions;
};

using Programme = std::vector<PlannedExhibition>;

/// Errors: std::runtime_error naming the file and what is wrong with it.
Programme read_programme(const std::filesystem::path& file);

/// What putting a programme into a museum came to.
struct Opening {
  std::size_t registered = 0;
  std::size_t found = 0;
  std::size_t sessions_added = 0;
  std::size_t sessions_found = 0;
  std::map<std::string, exhibition::ExhibitionId> exhibitions;  ///< by slug
};

/// Registers what is not there yet. Every request goes under a key made of what the request says,
/// so that it is the same request on any day: an exhibition without its sessions, and each session
/// with its date. Errors: exhibition::Exception.
Opening open_programme(exhibition::Catalogue& catalogue, const Programme& programme,
                       exhibition::Instant now);

}  // namespace quickstart
