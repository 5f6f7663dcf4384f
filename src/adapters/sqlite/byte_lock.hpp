#pragma once

#include <cstdint>
#include <optional>

/// Locks on one byte of an open file, there or not. They belong to the descriptor, so that engines of
/// one process see each other's, and the system releases them when it is closed, however the process
/// ends. They do not meet those of flock(2).
/// Source: fcntl(2), open file description locks. Where there are none, nobody is kept out.

namespace exhibition::sqlite {

/// False when another has it, or with errno set when it cannot be locked.
[[nodiscard]] bool try_lock_byte(int descriptor, std::int64_t byte);

/// Whether another has it, alone or shared; none where that cannot be known.
[[nodiscard]] std::optional<bool> is_byte_locked(int descriptor, std::int64_t byte);

/// A lock that several may have at once, unless one has it alone.
void share_byte(int descriptor, std::int64_t byte);
void unlock_byte(int descriptor, std::int64_t byte);

}  // namespace exhibition::sqlite
