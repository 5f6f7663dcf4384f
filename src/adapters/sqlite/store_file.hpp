#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "database.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/core/function_ref.hpp"
#include "file_lock.hpp"
#include "schema.hpp"

namespace exhibition::sqlite {

/// How much of a power cut a commit survives.
enum class Durability {
  full,    ///< every commit that has returned
  normal,  ///< all but the last ones: enough for what is made anew from the log
};

/// The statement that makes a connection's commits so durable.
[[nodiscard]] constexpr const char* synchronous(Durability durability) {
  return durability == Durability::full ? "PRAGMA synchronous = FULL"
                                        : "PRAGMA synchronous = NORMAL";
}

/// The file is somebody else's, or another of the library's.
class OtherFile : public PortError {
  using PortError::PortError;
};

/// Opens one connection to `path`, as all of the library's are.
[[nodiscard]] std::unique_ptr<Database> connect(const std::filesystem::path& path,
                                                const Options& options, Durability durability);

/// Opens or makes the store, at the schema's version, with its writing connection.
/// Errors: PortError, OtherFile among them; a file that is not a store of this schema and version, or
/// an older one, is not touched.
class StoreFile {
 public:
  StoreFile(const std::filesystem::path& path, const Schema& schema, const Options& options,
            Durability durability);

  /// Opens or makes a projection file: the host's, with tables of ours as guests. `schema` is run in
  /// one that has no table yet.
  /// Errors: PortError, when it is one of the library's own files among others.
  StoreFile(const std::filesystem::path& path, const Options& options, const std::string& schema);

  [[nodiscard]] Database& writer() { return *writer_; }
  /// Closes the writing connection, which has no statement left, once there is another.
  /// Errors: PortError.
  Database& reopen_writer();
  [[nodiscard]] FileLock::Hold lock() { return FileLock::Hold(*lock_, options_.lock_timeout); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] Durability durability() const { return durability_; }

 private:
  template <class Check, class Migrate>
  void open(Check check, Migrate migrate);
  void check_identity(const Schema& schema);
  void migrate(const Schema& schema);
  void check_guest();
  [[nodiscard]] std::int64_t guest_version();
  void migrate_guest(const std::string& schema);
  template <class Change>
  void in_one_transaction(Change change);

  std::filesystem::path path_;
  Options options_;
  Durability durability_;
  std::unique_ptr<Database> writer_;
  std::unique_ptr<FileLock> lock_;
};

/// The my-page file that lies beside a booking file.
[[nodiscard]] std::filesystem::path my_page_file(std::filesystem::path booking_file);

/// The file of external followers that lies beside a booking file.
[[nodiscard]] std::filesystem::path consumer_file(std::filesystem::path booking_file);

/// Copies the database as it is at one instant into the new file `target`, and amends the copy.
/// Errors: as Storage::backup.
[[nodiscard]] Result<void> copy_database(const StoreFile& store,
                                         const std::filesystem::path& target,
                                         const char* amend = "");

/// Copies a file with followers. What they are at has not been begun in the copy, and nobody has
/// their leases: who opens it is not to take that for the work of a process that died.
/// Errors: as Storage::backup.
[[nodiscard]] Result<void> copy_side_file(const StoreFile& store,
                                          const std::filesystem::path& target);

}  // namespace exhibition::sqlite
