#pragma once

#include <memory>
#include <utility>

#include "exhibition/ports/projection_store.hpp"
#include "exhibition/testing/faulty_storage/collections.hpp"
#include "exhibition/testing/faulty_storage/steps.hpp"

namespace exhibition::testing {

/// A host's projection store whose steps can fail: all of them but what the handler does with the
/// transaction. `steps` outlives the store.
/// Threads: as the store inside, and the Steps.
template <class Transaction>
class FaultyProjectionStore final : public ProjectionStore<Transaction> {
 public:
  FaultyProjectionStore(std::unique_ptr<ProjectionStore<Transaction>> inside, Steps& steps)
      : inside_(std::move(inside)), steps_(steps) {}

  void transact(FunctionRef<void(Transaction&, Followers&)> work) override {
    steps_.take({StepKind::begin, "projection.begin"});
    inside_->transact([&](Transaction& transaction, Followers& followers) {
      FaultyFollowers faulty(followers, &followers, steps_);
      work(transaction, faulty);
      steps_.take({StepKind::commit, "projection.commit"});
    });
    steps_.take({StepKind::acknowledge, "projection.acknowledge"});
  }
  void check(Transaction& transaction) override { inside_->check(transaction); }
  void read(FunctionRef<void(const Followers&)> reader) const override {
    steps_.take({StepKind::read, "projection.read"});
    inside_->read(
        [&](const Followers& followers) { reader(FaultyFollowers(followers, nullptr, steps_)); });
  }

 private:
  std::unique_ptr<ProjectionStore<Transaction>> inside_;
  Steps& steps_;
};

}  // namespace exhibition::testing
