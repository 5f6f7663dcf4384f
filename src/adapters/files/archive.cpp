#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
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

/// In the order of their positions; of those that begin at one place the longest first.
std::vector<Part> parts_in(const fs::path& folder) {
  std::vector<Part> found;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return found;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    if (auto part = part_of(entry->path())) found.push_back(*std::move(part));
  }
  if (error) throw PortError(folder.string() + ": cannot be read: " + error.message());
  std::sort(found.begin(), found.end(), [](const Part& a, const Part& b) {
    return a.first != b.first ? a.first < b.first : a.last > b.last;
  });
  return found;
}

std::string source_of(std::string_view log) { return "/exhibition/" + std::string(log); }

class FolderArchive final : public Archive {
 public:
  explicit FolderArchive(fs::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::optional<Position> end(std::string_view log) const override {
    std::optional<Position> end;
    for (const auto& part : parts_of(log)) {
      end = std::max(end.value_or(Position{}), Position{part.last});
    }
    return end;
  }

  void append(std::string_view log, std::span<const ArchivedEvent> events) override {
    const auto folder = folder_ / log;
    // Only its own: a folder above it that is gone is one that has to come back.
    make_folder_in(folder_, folder);
    const FolderLock lock(folder);
    auto next = end(log);
    std::string lines;
    Position first;
    for (const auto& event : events) {
      const Position at = event.envelope.position;
      if (next && at <= *next) continue;
      if (next && at.value() != next->value() + 1) {
        throw PortError(folder.string() + ": ends at position " + to_string(*next) +
                        ", so that those up to " + to_string(at) + " would be missing");
      }
      if (lines.empty()) first = at;
      next = at;
      lines += line_of(event, log);
    }
    remove_halves(folder);
    if (lines.empty())
      return sync_folder(folder);  // whoever made the last file may not have come to it
    make_file(folder / name_of(first, *next), lines);
  }

  [[nodiscard]] std::vector<ArchivedEvent> read(std::string_view log, Position after,
                                                std::size_t limit) const override {
    std::vector<ArchivedEvent> found;
    for (const auto& part : parts_of(log)) {
      if (part.last <= after.value()) continue;
      if (found.size() >= limit || part.first > after.value() + 1) break;
      read_part(part, log, after, limit, found);
      after = found.back().envelope.position;
    }
    return found;
  }

 private:
  /// A folder that has nothing of a log is another thing than one that is away.
  [[nodiscard]] std::vector<Part> parts_of(std::string_view log) const {
    if (!fs::is_directory(folder_)) throw PortError(folder_.string() + ": is not there");
    return parts_in(folder_ / log);
  }

  /// One that can be read again: what is not sure of that must not be forgotten.
  static std::string line_of(const ArchivedEvent& event, std::string_view log) {
    const auto& envelope = event.envelope;
    auto line =
        codec::to_cloud_event(envelope, source_of(log), codec::VoucherCodes::keep, event.proof);
    const auto again = codec::parse_cloud_event(line);
    if (!again || line.find('\n') != std::string::npos) {
      throw PortError("event " + to_string(envelope.position) + " cannot be archived: " +
                      (again ? "its payload has more than one line" : again.error().message()));
    }
    return line += '\n';
  }

  static void read_part(const Part& part, std::string_view log, Position after, std::size_t limit,
                        std::vector<ArchivedEvent>& found) {
    std::ifstream file(part.path);
    if (!file) throw PortError(part.path.string() + ": cannot be read: " + std::strerror(errno));
    std::string line;
    for (std::int64_t at = part.first; at <= part.last && found.size() < limit; ++at) {
      if (!std::getline(file, line)) {
        throw PortError(part.path.string() + ": damaged: it ends before position " +
                        std::to_string(part.last));
      }
      if (at <= after.value()) continue;
      auto event = codec::parse_cloud_event(line);
      if (!event) throw bad_line(part, at, event.error().message());
      if (event->source != source_of(log) || event->envelope.position != Position{at}) {
        throw bad_line(part, at, "it is the event of another log, or of another position");
      }
      found.push_back({std::move(event->envelope), event->proof});
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
