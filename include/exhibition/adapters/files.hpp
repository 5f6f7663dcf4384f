#pragma once

#include <filesystem>
#include <memory>

#include "exhibition/core/result.hpp"
#include "exhibition/ports/archive.hpp"

namespace exhibition::files {

/// An archive in a folder, which is made: `<folder>/<log>/<first position>-<last>.jsonl`, an event
/// a line, as codec::to_cloud_event writes it with the vouchers' codes, so for its owner's eyes
/// only. A file is there as a whole or not at all, and never changed; so all but the last may be
/// put away, and are needed again, as they were, for a rebuild.
/// Errors: storage_failure when the folder cannot be made or written.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<Archive>> archive(
    const std::filesystem::path& folder);

}  // namespace exhibition::files
