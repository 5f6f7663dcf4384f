#include "consumer_store.hpp"

#include <optional>
#include <utility>

#include "exhibition/ports/nesting.hpp"
#include "followers.hpp"
#include "readers.hpp"
#include "store_file.hpp"
#include "writer.hpp"

namespace exhibition::sqlite {
namespace {

/// Threads: any.
class SqliteConsumerStore final : public ConsumerStore {
 public:
  // After a power cut the last checkpoints may be gone: their events are taken once more, as at
  // least once has it.
  SqliteConsumerStore(const std::filesystem::path& path, const Options& options)
      : store_(path, follower_schema, options, Durability::normal),
        followers_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  void transact(FunctionRef<void(Followers&)> work) override {
    const NestingGuard guard(this);
    writer_.transact([&] {
      work(followers_);
      return true;
    });
  }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    const NestingGuard guard(this);
    writer_.transact_durably([&] {
      work(followers_);
      return true;
    });
  }

  void read(FunctionRef<void(const Followers&)> reader) const override {
    readers_.read([&](SqliteFollowers& followers) { reader(followers); });
  }

  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const override {
    auto target = consumer_file(booking_copy);
    if (const auto copied = copy_side_file(store_, target); !copied) return copied.error();
    return std::optional(std::move(target));
  }

 private:
  StoreFile store_;
  SqliteFollowers followers_;  // on the writing connection
  Writer writer_;
  mutable Readers<SqliteFollowers> readers_;
};

}  // namespace

Result<std::unique_ptr<ConsumerStore>> consumer_store(const std::filesystem::path& path,
                                                      const Options& options) {
  try {
    return std::unique_ptr<ConsumerStore>(std::make_unique<SqliteConsumerStore>(path, options));
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition::sqlite
