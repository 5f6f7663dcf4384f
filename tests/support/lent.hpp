#pragma once

#include <memory>
#include <utility>

#include "exhibition/ports/storage.hpp"

/// Stores that somebody else keeps: what an engine does with them can be seen from outside, and
/// they outlive it.

namespace exhibition::tests {

class LentStorage : public Storage {
 public:
  explicit LentStorage(std::shared_ptr<Storage> lender) : lender_(std::move(lender)) {}

  void transact(Work& work) override { lender_->transact(work); }
  void submit(Work& work) override { lender_->submit(work); }
  void read(FunctionRef<void(const ReadView&)> reader) const override { lender_->read(reader); }
  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    return lender_->draw_ids(kind, count);
  }
  void return_ids(IdKind kind, IdBlock unused) override { lender_->return_ids(kind, unused); }
  [[nodiscard]] const Peers& peers() const override { return lender_->peers(); }
  Result<std::unique_ptr<MyPages>> my_pages() override { return lender_->my_pages(); }
  Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    return lender_->consumer_store();
  }
  Result<void> backup(const std::filesystem::path& path) const override {
    return lender_->backup(path);
  }

 private:
  std::shared_ptr<Storage> lender_;
};

class LentMyPages : public MyPages {
 public:
  explicit LentMyPages(std::shared_ptr<MyPages> lender) : lender_(std::move(lender)) {}

  void transact(FunctionRef<void(MyPagesUnit&, Followers&)> work) override {
    lender_->transact(work);
  }
  void transact_durably(FunctionRef<void(Followers&)> work) override {
    lender_->transact_durably(work);
  }
  void read(FunctionRef<void(const Followers&)> reader) const override { lender_->read(reader); }
  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override { return lender_->anew(); }
  [[nodiscard]] std::vector<MyPageEntry> of(std::string_view member, ReservationId after,
                                            std::size_t limit) const override {
    return lender_->of(member, after, limit);
  }
  [[nodiscard]] std::vector<MyPageEntry> list(ReservationId after,
                                              std::size_t limit) const override {
    return lender_->list(after, limit);
  }
  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const override {
    return lender_->backup(booking_copy);
  }

 private:
  std::shared_ptr<MyPages> lender_;
};

}  // namespace exhibition::tests
