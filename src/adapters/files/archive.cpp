#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "durable_file.hpp"
#include "exhibition/adapters/files.hpp"
#include "exhibition/codec/json.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".jsonl";

/// A file of the archive, and of which positions its events are.
struct Part {
  std::int64_t first = 0;
  std::int64_t last = 0;
  fs::path path = {};
};

std::string digits(std::int64_t position) {
  const auto text = std::to_string(position);
  return std::string(text.size() < 20 ? 20 - text.size() : 0, '0') + text;
}

std::string name_of(Position first, Position last) {
  return digits(first.value()) + '-' + digits(last.value()) + std::string(extension);
}

bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// None for a file that is no part.
std::optional<Part> part_of(const fs::path& path) {
  if (path.extension() != extension) return std::nullopt;
  const auto stem = path.stem().string();
  const auto dash = stem.find('-');
  if (dash == std::string::npos) return std::nullopt;
  Part part{.path = path};
  const std::string_view text = stem;
  if (!read_number(text.substr(0, dash), part.first) ||
      !read_number(text.substr(dash + 1), part.last)) {
    return std::nullopt;
  }
  return part;
}

/// In the order of their positions.
std::vector<Part> parts_in(const fs::path& folder) {
  std::vector<Part> found;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return found;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    if (auto part = part_of(entry->path())) found.push_back(*std::move(part));
  }
  if (error) throw PortError(folder.string() + ": cannot be read: " + error.message());
  std::sort(found.begin(), found.end(),
            [](const Part& a, const Part& b) { return a.first < b.first; });
  return found;
}

std::string source_of(std::string_view log) { return "/exhibition/" + std::string(log); }

class FolderArchive final : public Archive {
 public:
  explicit FolderArchive(fs::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::optional<Position> end(std::string_view log) const override {
    const auto parts = parts_in(folder_ / log);
    if (parts.empty()) return std::nullopt;
    return Position{parts.back().last};
  }

  void append(std::string_view log, std::span<const Envelope> events) override {
    const auto folder = folder_ / log;
    make_folder(folder);
    const FolderLock lock(folder);
    if (const auto known = end(log)) {
      const auto is_new = [&](const Envelope& event) { return event.position > *known; };
      const auto first = std::find_if(events.begin(), events.end(), is_new);
      events = events.subspan(static_cast<std::size_t>(first - events.begin()));
      if (!events.empty() && events.front().position.value() != known->value() + 1) {
        throw PortError(folder.string() + ": ends at position " + to_string(*known) +
                        ", so that those up to " + to_string(events.front().position) +
                        " would be missing");
      }
    }
    if (events.empty()) return;
    std::string lines;
    for (const auto& event : events) {
      lines += codec::to_cloud_event(event, source_of(log), codec::VoucherCodes::keep);
      lines += '\n';
    }
    make_file(folder / name_of(events.front().position, events.back().position), lines);
  }

  [[nodiscard]] std::vector<Envelope> read(std::string_view log, Position after,
                                           std::size_t limit) const override {
    std::vector<Envelope> found;
    for (const auto& part : parts_in(folder_ / log)) {
      if (part.last <= after.value()) continue;
      if (found.size() >= limit) break;
      read_part(part, log, after, limit, found);
    }
    return found;
  }

 private:
  static void read_part(const Part& part, std::string_view log, Position after, std::size_t limit,
                        std::vector<Envelope>& found) {
    std::ifstream file(part.path);
    std::string line;
    for (std::int64_t at = part.first; at <= part.last && found.size() < limit; ++at) {
      if (!std::getline(file, line)) {
        throw PortError(part.path.string() + ": cannot be read up to position " +
                        std::to_string(part.last));
      }
      if (at <= after.value()) continue;
      auto event = codec::parse_cloud_event(line);
      if (!event) throw bad_line(part, at, event.error().message());
      if (event->source != source_of(log) || event->envelope.position != Position{at}) {
        throw bad_line(part, at, "it is the event of another log, or of another position");
      }
      found.push_back(std::move(event->envelope));
    }
  }

  static PortError bad_line(const Part& part, std::int64_t at, const std::string& why) {
    return PortError(part.path.string() + ": line " + std::to_string(at - part.first + 1) + ": " +
                     why);
  }

  fs::path folder_;
};

}  // namespace

Result<std::unique_ptr<Archive>> archive(const fs::path& folder) {
  try {
    make_folder(fs::absolute(folder));
    const FolderLock writable(folder);
    return std::make_unique<FolderArchive>(fs::absolute(folder));
  } catch (const std::exception& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition::files
