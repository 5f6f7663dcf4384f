#include "store_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {
namespace {

/// Who follows comes back later; while one waits for its store, none of the others can run.
constexpr std::chrono::milliseconds patience_of_followers{200};

std::filesystem::path whole_path(const std::filesystem::path& path) {
  std::error_code failure;
  auto whole = std::filesystem::absolute(path, failure);
  if (failure) {
    throw PortError(path.string() +
                    ": the process's own folder cannot be found: " + failure.message());
  }
  return whole;
}

void check_path(const std::filesystem::path& path) {
  if (path.empty() || path.native().find('\0') != std::string::npos) {
    throw PortError("the path of a store must not be empty or have a NUL in it");
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw PortError(path.string() + ": is a folder, not a file");
  }
  const auto folder = whole_path(path).parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw PortError(path.string() + ": its folder does not exist; make it first");
  }
}

/// The same for every way of naming the file, links included, so that all who have it open share
/// its side files, and it stays the same file when the host changes its folder.
std::filesystem::path one_name_of(const std::filesystem::path& path) {
  check_path(path);
  std::error_code failure;
  auto name = std::filesystem::weakly_canonical(whole_path(path), failure);
  if (failure) throw PortError(path.string() + ": cannot be found: " + failure.message());
  return name;
}

PortError made_by_a_newer_version(const std::filesystem::path& path, std::int64_t version,
                                  std::int64_t known) {
  return PortError(path.string() + ": was made by a newer version of the library (schema " +
                   std::to_string(version) + ", this one knows " + std::to_string(known) +
                   "); use that version");
}

/// Which of the library's files has that identity, if any.
const Schema* own_schema(std::int64_t application_id) {
  for (const auto* own : {&booking_schema, &my_page_schema, &follower_schema}) {
    if (application_id == own->application_id) return own;
  }
  return nullptr;
}

/// An empty file of its own, so that nothing that is there is ever overwritten.
Result<void> create_new(const std::filesystem::path& target) {
  const int descriptor = ::open(target.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor >= 0) {
    ::close(descriptor);
    return {};
  }
  if (errno == EEXIST) {
    return refusal::InvalidArgument{"path", "must be a new file: something is there already"};
  }
  return refusal::StorageFailure{target.string() + ": cannot be made: " + std::strerror(errno)};
}

}  // namespace

std::unique_ptr<Database> connect(const std::filesystem::path& path, const Options& options,
                                  Durability durability) {
  auto database =
      std::make_unique<Database>(path, Database::Access::read_write, options.lock_timeout);
  database->execute("PRAGMA foreign_keys = ON");
  database->execute(
      "PRAGMA mmap_size = 0");  // remapped after every foreign commit: three times slower
  database->execute("PRAGMA secure_delete = OFF");
  database->execute(synchronous(durability));
  return database;
}

StoreFile::StoreFile(const std::filesystem::path& path, const Schema& schema,
                     const Options& options, Durability durability)
    : path_(one_name_of(path)), options_(options), durability_(durability) {
  open([&] { check_identity(schema); }, [&] { migrate(schema); });
}

StoreFile::StoreFile(const std::filesystem::path& path, const Options& options,
                     const std::string& schema)
    : path_(one_name_of(path)), options_(options), durability_(Durability::normal) {
  open([&] { check_guest(); }, [&] { migrate_guest(schema); });
}

template <class Check, class Migrate>
void StoreFile::open(Check check, Migrate migrate) {
  std::error_code ignored;
  const bool had_wal = std::filesystem::exists(path_.string() + "-wal", ignored);
  {
    Database made(path_, Database::Access::create, options_.lock_timeout);
    if (made.is_read_only()) throw PortError(path_.string() + ": the file is read-only");
  }
  writer_ = connect(path_, options_, durability_);
  // Until it is known to be ours, closing it must not move a WAL that is there into it.
  const int leave_wal = had_wal ? 1 : 0;
  sqlite3_db_config(writer_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave_wal, nullptr);
  check();
  sqlite3_db_config(writer_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  lock_ = std::make_unique<FileLock>(path_);
  const auto held = lock();
  writer_->execute("PRAGMA journal_mode = WAL");
  migrate();
  if (durability_ == Durability::normal) {
    options_.lock_timeout = std::min(options_.lock_timeout, patience_of_followers);
    writer_->wait_for_locks(options_.lock_timeout);
  }
}

Database& StoreFile::reopen_writer() {
  writer_ = connect(path_, options_, durability_);
  return *writer_;
}

void StoreFile::check_identity(const Schema& schema) {
  // The identity comes last: another process that is making the store writes all three at once, so
  // whoever does not see it yet has not seen the others either.
  const auto tables = writer_->integer("SELECT count(*) FROM sqlite_schema");
  const auto version = writer_->integer("PRAGMA user_version");
  const auto application = writer_->integer("PRAGMA application_id");
  if (application == 0 && version == 0 && tables == 0) return;
  if (application != schema.application_id) {
    const auto* const own = own_schema(application);
    throw OtherFile(path_.string() + ": is a " +
                    std::string(own ? own->name : "database of another application") + ", not a " +
                    std::string(schema.name));
  }
  if (version > schema.version()) {
    throw made_by_a_newer_version(path_, version, schema.version());
  }
}

void StoreFile::migrate(const Schema& schema) {
  if (writer_->integer("PRAGMA user_version") == schema.version()) return;
  in_one_transaction([&] {
    // Read again: another process may have done it while this one waited for its turn.
    check_identity(schema);
    for (auto done = writer_->integer("PRAGMA user_version"); done < schema.version(); ++done) {
      writer_->execute(schema.migrations[static_cast<std::size_t>(done)]);
    }
    writer_->execute(("PRAGMA application_id = " + std::to_string(schema.application_id)).c_str());
    writer_->execute(("PRAGMA user_version = " + std::to_string(schema.version())).c_str());
  });
}

void StoreFile::check_guest() {
  if (const auto* const own = own_schema(writer_->integer("PRAGMA application_id"))) {
    throw OtherFile(path_.string() + ": is a " + std::string(own->name) +
                    "; a projection needs a file of its own");
  }
  if (const auto version = guest_version(); version > follower_schema.version()) {
    throw made_by_a_newer_version(path_, version, follower_schema.version());
  }
}

std::int64_t StoreFile::guest_version() {
  constexpr const char* has_version =
      "SELECT count(*) FROM sqlite_schema WHERE name = 'exhibition_guest'";
  if (writer_->integer(has_version) > 0) {
    return writer_->integer("SELECT version FROM exhibition_guest");
  }
  return writer_->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'exhibition_follower'");
}

void StoreFile::migrate_guest(const std::string& schema) {
  if (guest_version() == follower_schema.version()) return;
  in_one_transaction([&] {
    if (writer_->integer("SELECT count(*) FROM sqlite_schema") == 0) {
      writer_->execute(schema.c_str());
    }
    // Looked at again: another process may have done it while this one waited for its turn.
    for (auto done = guest_version(); done < follower_schema.version(); ++done) {
      writer_->execute(follower_schema.migrations[static_cast<std::size_t>(done)]);
    }
    writer_->execute(("DROP TABLE IF EXISTS exhibition_guest;"
                      "CREATE TABLE exhibition_guest(version INTEGER NOT NULL) STRICT;"
                      "INSERT INTO exhibition_guest VALUES(" +
                      std::to_string(follower_schema.version()) + ")")
                         .c_str());
  });
}

template <class Change>
void StoreFile::in_one_transaction(Change change) {
  writer_->execute("BEGIN IMMEDIATE");
  try {
    change();
    writer_->execute("COMMIT");
  } catch (...) {
    writer_->roll_back();
    throw;
  }
}

std::filesystem::path my_page_file(std::filesystem::path booking_file) {
  return booking_file += "-my-page";
}

std::filesystem::path consumer_file(std::filesystem::path booking_file) {
  return booking_file += "-followers";
}

Result<void> copy_database(const StoreFile& store, const std::filesystem::path& target,
                           const char* amend) {
  if (const auto created = create_new(target); !created) return created;
  try {
    const auto from = connect(store.path(), store.options(), store.durability());
    Database to(target, Database::Access::read_write, store.options().lock_timeout);
    sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from->handle(), "main");
    if (!backup) to.fail("backup");
    // One step is one read transaction: the copy is of one instant, and writers go on.
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK) to.fail("backup");
    to.execute(amend);
    return {};
  } catch (const PortError& failure) {
    for (const auto* part : {"", "-wal", "-shm"}) {
      std::error_code ignored;
      std::filesystem::remove(std::filesystem::path(target) += part, ignored);
    }
    return refusal::StorageFailure{failure.what()};
  }
}

Result<void> copy_side_file(const StoreFile& store, const std::filesystem::path& target) {
  return copy_database(store, target,
                       "UPDATE exhibition_follower SET begun = position, lease_until = 0;"
                       "PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace exhibition::sqlite
