#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "database.hpp"
#include "exhibition/core/error.hpp"
#include "statement.hpp"
#include "store_file.hpp"

namespace exhibition::sqlite {

/// Reading connections of one store, each with its prepared `Queries(database)`; as many as there
/// are reads at once.
/// Threads: any.
template <class Queries>
class Readers {
 public:
  explicit Readers(const StoreFile& store) : store_(store) {}

  /// Gives what `read(queries)` gives for one snapshot.
  /// Errors: PortError.
  template <class Read>
  auto read(Read read) {
    const Lease lease(*this);
    const Transaction transaction(lease.reader());
    return read(lease.reader().queries);
  }

 private:
  struct Reader {
    explicit Reader(std::unique_ptr<Database> opened)
        : database(std::move(opened)),
          begin(*database, "BEGIN"),
          end(*database, "END"),
          queries(*database) {
      database->execute("PRAGMA query_only = ON");
    }
    std::unique_ptr<Database> database;
    Statement begin, end;
    Queries queries;
  };

  /// A reader of one's own, given back at the end.
  class Lease {
   public:
    explicit Lease(Readers& readers) : readers_(readers), reader_(readers.take()) {}
    ~Lease() { readers_.give_back(std::move(reader_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] Reader& reader() const { return *reader_; }

   private:
    Readers& readers_;
    std::unique_ptr<Reader> reader_;
  };

  /// Ended by committing nothing, which SQLite has less to do for than for rolling it back.
  class Transaction {
   public:
    explicit Transaction(Reader& reader) : reader_(reader) { reader_.begin.run(); }
    ~Transaction() {
      try {
        reader_.end.run();
      } catch (const PortError&) {
        reader_.database->roll_back();
      }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

   private:
    Reader& reader_;
  };

  std::unique_ptr<Reader> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
      }
    }
    return std::make_unique<Reader>(connect(store_.path(), store_.options(), store_.durability()));
  }

  void give_back(std::unique_ptr<Reader> reader) noexcept {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
  }

  const StoreFile& store_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;  // guarded by mutex_
};

}  // namespace exhibition::sqlite
