#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "exhibition/adapters/sqlite/transaction.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/projection_store.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition::sqlite {

struct Options {
  /// How long a unit of work waits for another process that writes the same file. Who follows the
  /// log waits for its own file for 200 ms at most, and comes back later.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds{10};
  /// Whether a thread of a booking file's own moves what was committed from SQLite's log (WAL) to its
  /// place in the file. Otherwise one in many commits takes longer by that, and so do those that wait
  /// behind it.
  bool background_checkpoints = false;
};

/// Opens the booking file, or makes it; its folder has to be there. Other processes may have it
/// open too. Beside it lie `<path>-my-page` and `<path>-followers`, a `-lock` of each of the three,
/// and while a file is open SQLite's own `-wal` and `-shm`: keep them together, and copy them with
/// Engine::backup. A process must not open the file with a second copy of SQLite linked into it.
/// Errors: storage_failure naming the file and the cause: no folder, read-only, not a database,
/// another application's, made by a newer version, damaged, locked for longer than lock_timeout,
/// disk full.
/// Source: sqlite.org/wal.html, sqlite.org/howtocorrupt.html.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<Storage>> storage(
    const std::filesystem::path& path, const Options& options = {});

/// Opens or makes a file for one projection or several, in which they keep whatever tables they
/// like: `schema` is the SQL that makes them, and is run in a file that has none, which a rebuild
/// makes as well. Beside it lies `<path>-lock`, and `<path>-rebuild` while it is made anew. A commit
/// survives the end of the process; after a power cut the last ones may be gone, with their
/// checkpoints, and are made anew from the log.
/// Errors: storage_failure, as above, and for one of the library's own files.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<ProjectionStore<Transaction>>>
projection_file(const std::filesystem::path& path, const std::string& schema = {},
                const Options& options = {});

/// Opens or makes a my-page store at `path`, a file of its own. It can be deleted while nobody has
/// it open: it is made anew, as far as the log and its archive go back.
/// Errors: storage_failure, as above.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<MyPages>> my_pages(
    const std::filesystem::path& path, const Options& options = {});

}  // namespace exhibition::sqlite
