#include <string>
#include <utility>

#include "commit_guard.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/nesting.hpp"
#include "followers.hpp"
#include "readers.hpp"
#include "store_file.hpp"
#include "successor.hpp"
#include "writer.hpp"

namespace exhibition::sqlite {
namespace {

/// Threads: any.
class ProjectionFile final : public ProjectionStore<Transaction> {
 public:
  ProjectionFile(const std::filesystem::path& path, const Options& options, std::string schema)
      : schema_(std::move(schema)),
        store_(path, options, schema_),
        guard_(store_.writer()),
        transaction_(store_.writer(), guard_),
        followers_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  /// The successor of one.
  explicit ProjectionFile(ProjectionFile& serving)
      : serving_(&serving),
        files_(serving.store_),
        schema_(serving.schema_),
        store_(files_.path(), serving.store_.options(), schema_),
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

  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override {
    return std::make_unique<ProjectionFile>(*this);
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    serving_->writer_.exclusively([&] {
      transact_durably([&](Followers& own) { settle(serving_->followers_, own); });
      overwrite(serving_->store_, store_);
    });
  }
  void discard() noexcept override { files_.discard(); }

 private:
  ProjectionFile* serving_ = nullptr;  // whose place it is to take
  SuccessorFiles files_;
  std::string schema_;
  StoreFile store_;
  CommitGuard guard_;          // of the writing connection
  Transaction transaction_;    // on the writing connection
  SqliteFollowers followers_;  // on the writing connection
  Writer writer_;
  mutable Readers<SqliteFollowers> readers_;
};

}  // namespace

Result<std::unique_ptr<ProjectionStore<Transaction>>> projection_file(
    const std::filesystem::path& path, const std::string& schema, const Options& options) {
  try {
    return std::unique_ptr<ProjectionStore<Transaction>>(
        std::make_unique<ProjectionFile>(path, options, schema));
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition::sqlite
