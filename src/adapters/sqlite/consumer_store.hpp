#pragma once

#include <filesystem>
#include <memory>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/consumer_store.hpp"

namespace exhibition::sqlite {

/// Opens or makes the store of external followers at `path`.
/// Errors: storage_failure.
[[nodiscard]] Result<std::unique_ptr<ConsumerStore>> consumer_store(
    const std::filesystem::path& path, const Options& options);

}  // namespace exhibition::sqlite
