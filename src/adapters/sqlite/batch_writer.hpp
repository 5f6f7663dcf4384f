#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "checkpointer.hpp"
#include "commit_queue.hpp"
#include "database.hpp"
#include "repositories.hpp"
#include "statement.hpp"
#include "store_file.hpp"

namespace exhibition::sqlite {

/// The booking file's writing connection, with its statements.
/// Threads: one at a time.
struct WritingConnection {
  explicit WritingConnection(Database& opened)
      : database(opened),
        begin(opened, "BEGIN IMMEDIATE"),
        commit(opened, "COMMIT"),
        version(opened, "PRAGMA data_version"),
        draw_ids(opened,
                 "INSERT INTO unused_id VALUES(?1, 1 + ?2)"
                 " ON CONFLICT(kind) DO UPDATE SET next = next + ?2 RETURNING next - ?2"),
        return_ids(opened, "UPDATE unused_id SET next = ?2 WHERE kind = ?1 AND next = ?3"),
        repositories(opened) {
    repositories.keep_rows();
  }

  Database& database;
  Statement begin, commit;
  Statement version;               ///< gives another number once somebody else has written
  std::int64_t known_version = 0;  ///< of the rows that the repositories keep
  Statement draw_ids, return_ids;
  SqliteUnit repositories;
};

/// Runs units in one transaction and makes them durable with one commit.
/// Threads: one at a time.
class BatchWriter {
 public:
  /// `storage` is whose units they are: none may be begun inside another.
  /// Errors: PortError.
  BatchWriter(StoreFile& store, const void* storage);

  /// As CommitQueue::Commit. A unit that fails after it has written is rolled back alone; a commit
  /// that fails, fails all of its batch, and the connection is opened anew before the next.
  Batch commit(FunctionRef<UnitList()> take) noexcept;

  /// For a unit while it runs.
  [[nodiscard]] WritingConnection& connection() { return *connection_; }

 private:
  void begin();
  void run(Batch& batch);
  void run_again(UnitList& ran);
  bool run(QueuedUnit& unit);
  void commit(const UnitList& ran);
  void roll_back() noexcept;

  StoreFile& store_;
  const void* storage_;
  std::optional<Checkpointer> checkpointer_;     // none that was not asked for
  std::optional<WritingConnection> connection_;  // none that could not be relied on
};

}  // namespace exhibition::sqlite
