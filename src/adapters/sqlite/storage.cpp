#include <optional>
#include <string_view>
#include <utility>

#include "consumer_store.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/nesting.hpp"
#include "peers.hpp"
#include "readers.hpp"
#include "repositories.hpp"
#include "store_file.hpp"
#include "writer.hpp"

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
        draw_ids_(store_.writer(),
                  "INSERT INTO unused_id VALUES(?1, 1 + ?2)"
                  " ON CONFLICT(kind) DO UPDATE SET next = next + ?2 RETURNING next - ?2"),
        return_ids_(store_.writer(),
                    "UPDATE unused_id SET next = ?2 WHERE kind = ?1 AND next = ?3"),
        repositories_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  void transact(Work& work) override {
    Result<void> outcome;
    {
      const NestingGuard guard(this);
      try {
        writer_.transact([&] {
          outcome = work.run(repositories_.unit());
          return outcome.has_value();
        });
      } catch (const PortError& failure) {
        outcome = refusal::StorageFailure{failure.what()};
      }
    }
    work.done(std::move(outcome));
  }

  void read(FunctionRef<void(const ReadView&)> reader) const override {
    const NestingGuard guard(this);
    readers_.read([&](SqliteUnit& repositories) { reader(repositories.unit()); });
  }

  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    const NestingGuard guard(this);
    std::optional<std::int64_t> first;
    writer_.transact([&] {
      first = draw_ids_.one([](Row& row) { return row.next<std::int64_t>(); }, word(kind), count);
      return true;
    });
    return {first.value(), count};
  }

  void return_ids(IdKind kind, IdBlock unused) override {
    const NestingGuard guard(this);
    writer_.transact([&] {
      return_ids_.run(word(kind), unused.first, unused.first + unused.count);
      return true;
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
  StoreFile store_;
  FilePeers peers_;
  Statement draw_ids_;
  Statement return_ids_;
  SqliteUnit repositories_;  // on the writing connection
  Writer writer_;
  mutable Readers<SqliteUnit> readers_;
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
