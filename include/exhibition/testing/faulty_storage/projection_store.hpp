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
    take_steps([&](auto steps) {
      inside_->transact([&](Transaction& transaction, Followers& followers) {
        steps(followers, [&](Followers& faulty) { work(transaction, faulty); });
      });
    });
  }
  void transact_durably(FunctionRef<void(Followers&)> work) override {
    take_steps([&](auto steps) {
      inside_->transact_durably([&](Followers& followers) { steps(followers, work); });
    });
  }
  void handle(Transaction& transaction, FunctionRef<void()> handler) override {
    inside_->handle(transaction, handler);
  }
  void read(FunctionRef<void(const Followers&)> reader) const override {
    steps_.take({StepKind::read, "projection.read"});
    inside_->read(
        [&](const Followers& followers) { reader(FaultyFollowers(followers, nullptr, steps_)); });
  }

  [[nodiscard]] std::unique_ptr<ProjectionStore<Transaction>> anew() override {
    steps_.take({StepKind::files, "projection.anew"});
    auto made = inside_->anew();
    if (!made) return nullptr;
    return std::make_unique<FaultyProjectionStore>(std::move(made), steps_);
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    inside_->take_place([&](const Followers& theirs, Followers& own) {
      FaultyFollowers faulty(own, &own, steps_);
      settle(FaultyFollowers(theirs, nullptr, steps_), faulty);
      steps_.take({StepKind::commit, "projection.take_place"});
    });
    steps_.take({StepKind::acknowledge, "projection.in_place"});
  }
  void discard() noexcept override { inside_->discard(); }

 private:
  /// `transact(steps)` begins a transaction, does in it `steps(followers, work)`, and commits it.
  template <class Transact>
  void take_steps(Transact transact) {
    steps_.take({StepKind::begin, "projection.begin"});
    transact([&](Followers& followers, auto&& work) {
      FaultyFollowers faulty(followers, &followers, steps_);
      work(faulty);
      steps_.take({StepKind::commit, "projection.commit"});
    });
    steps_.take({StepKind::acknowledge, "projection.acknowledge"});
  }

  std::unique_ptr<ProjectionStore<Transaction>> inside_;
  Steps& steps_;
};

}  // namespace exhibition::testing
