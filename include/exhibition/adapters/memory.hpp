#pragma once

#include <memory>

#include "exhibition/core/result.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition::memory {

/// A storage that ends with the process: for tests, trials and hosts that need no durability.
/// Effects: a unit keeps no one from reading; units take turns.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<Storage>> storage();

/// A my-page store that ends with the process; after a restart it is made anew from the log.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<MyPages>> my_pages();

}  // namespace exhibition::memory
