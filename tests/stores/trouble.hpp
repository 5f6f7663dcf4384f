#pragma once

#include <filesystem>

namespace exhibition::tests {

/// Where the tests of this process have their files: empty for each process.
[[nodiscard]] const std::filesystem::path& place();

/// A new empty folder in it.
[[nodiscard]] std::filesystem::path new_folder();

}  // namespace exhibition::tests
