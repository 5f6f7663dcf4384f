#pragma once

#include <cstddef>

/// The disk under this program, as far as it asks for what was written to stay there.

namespace exhibition::tests::disk {

/// How often anybody has asked for it.
[[nodiscard]] std::size_t syncs();
/// How often this thread has.
[[nodiscard]] std::size_t syncs_here();

/// While it lives, the answer is an input or output error.
class Failing {
 public:
  Failing();
  ~Failing();
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;
};

}  // namespace exhibition::tests::disk
