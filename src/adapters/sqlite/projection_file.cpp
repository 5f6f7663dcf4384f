#include "commit_guard.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/nesting.hpp"
#include "followers.hpp"
#include "readers.hpp"
#include "store_file.hpp"
#include "writer.hpp"

namespace exhibition::sqlite {
namespace {

/// Threads: any.
class ProjectionFile final : public ProjectionStore<Transaction> {
 public:
  ProjectionFile(const std::filesystem::path& path, const Options& options)
      : store_(path, options),
        guard_(store_.writer()),
        transaction_(store_.writer(), guard_),
        followers_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  void transact(FunctionRef<void(Transaction&, Followers&)> work) override {
    const NestingGuard nesting(this);
    writer_.transact([&] {
      guard_.begin();
      work(transaction_, followers_);
      guard_.allow_commit();
      return true;
    });
  }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    const NestingGuard nesting(this);
    writer_.transact_durably([&] {
      guard_.begin();
      work(followers_);
      guard_.allow_commit();
      return true;
    });
  }

  void handle(Transaction&, FunctionRef<void()> handler) override { guard_.watch(handler); }

  void read(FunctionRef<void(const Followers&)> reader) const override {
    readers_.read([&](SqliteFollowers& followers) { reader(followers); });
  }

 private:
  StoreFile store_;
  CommitGuard guard_;          // of the writing connection
  Transaction transaction_;    // on the writing connection
  SqliteFollowers followers_;  // on the writing connection
  Writer writer_;
  mutable Readers<SqliteFollowers> readers_;
};

}  // namespace

Result<std::unique_ptr<ProjectionStore<Transaction>>> projection_file(
    const std::filesystem::path& path, const Options& options) {
  try {
    return std::unique_ptr<ProjectionStore<Transaction>>(
        std::make_unique<ProjectionFile>(path, options));
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition::sqlite
