#include <cstdint>
#include <string_view>
#include <utility>

#include "batch_writer.hpp"
#include "commit_queue.hpp"
#include "consumer_store.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/nesting.hpp"
#include "peers.hpp"
#include "readers.hpp"
#include "repositories.hpp"
#include "store_file.hpp"

namespace exhibition::sqlite {
namespace {

constexpr std::string_view word(IdKind kind) {
  switch (kind) {
    case IdKind::exhibition: return "exhibition";
    case IdKind::session: return "session";
    case IdKind::reservation: return "reservation";
    case IdKind::voucher: return "voucher";
  }
  return "unknown";
}

/// Threads: any.
class SqliteStorage final : public Storage {
 public:
  SqliteStorage(const std::filesystem::path& path, const Options& options)
      : store_(path, booking_schema, options, Durability::full),
        peers_(store_.path()),
        writer_(store_, this),
        readers_(store_),
        queue_([this](FunctionRef<UnitList()> take) { return writer_.commit(take); }) {}

  void transact(Work& work) override {
    { const NestingGuard outside(this); }
    queue_.transact(work);
  }

  void submit(Work& work) override {
    { const NestingGuard outside(this); }
    queue_.submit(work);
  }

  void read(FunctionRef<void(const ReadView&)> reader) const override {
    const NestingGuard guard(this);
    readers_.read([&](SqliteUnit& repositories) { reader(repositories.unit()); });
  }

  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    const auto first = in_a_unit([&]() -> Result<std::int64_t> {
      return writer_.connection()
          .draw_ids.one([](Row& row) { return row.next<std::int64_t>(); }, word(kind), count)
          .value();
    });
    return {first, count};
  }

  void return_ids(IdKind kind, IdBlock unused) override {
    in_a_unit([&]() -> Result<std::int64_t> {
      writer_.connection().return_ids.run(word(kind), unused.first, unused.first + unused.count);
      return 0;
    });
  }

  [[nodiscard]] const Peers& peers() const override { return peers_; }

  [[nodiscard]] Result<std::unique_ptr<MyPages>> my_pages() override {
    return sqlite::my_pages(my_page_file(store_.path()), store_.options());
  }

  [[nodiscard]] Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    return sqlite::consumer_store(consumer_file(store_.path()), store_.options());
  }

  Result<void> backup(const std::filesystem::path& path) const override {
    return copy_database(store_, path);
  }

 private:
  /// Errors: PortError.
  template <class Change>
  std::int64_t in_a_unit(Change change) {
    const auto answer = exhibition::transact(*this, [&](UnitOfWork&) { return change(); });
    if (!answer) throw PortError(answer.error().message());
    return *answer;
  }

  StoreFile store_;
  FilePeers peers_;
  BatchWriter writer_;
  mutable Readers<SqliteUnit> readers_;
  CommitQueue queue_;
};

}  // namespace

Result<std::unique_ptr<Storage>> storage(const std::filesystem::path& path,
                                         const Options& options) {
  try {
    return std::unique_ptr<Storage>(std::make_unique<SqliteStorage>(path, options));
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition::sqlite
