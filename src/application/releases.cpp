#include "releases.hpp"

#include <map>
#include <mutex>

namespace exhibition {

std::shared_ptr<Releases> Releases::of(const std::string& log_id) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Releases>> known;
  const std::lock_guard lock(mutex);
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  auto& entry = known[log_id];
  auto releases = entry.lock();
  if (!releases) {
    releases = std::make_shared<Releases>();
    entry = releases;
  }
  return releases;
}

}  // namespace exhibition
