#pragma once

#include <string>

namespace exhibition {

/// What may come with any command.
struct CommandOptions {
  /// With a key, the command is applied once, however often it is sent: the same request under the
  /// same key gets what there is by then, another request gets idempotency_mismatch. Refused
  /// commands may be tried again.
  /// Units: 1 to 255 bytes of UTF-8; empty is no key.
  std::string idempotency_key = {};
  std::string actor = {};  ///< who does it, for the events' headers; at most 255 bytes of UTF-8
  std::string correlation_id = {};  ///< goes with the events; at most 255 bytes of UTF-8
};

}  // namespace exhibition
