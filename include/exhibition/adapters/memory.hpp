#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/consumer_store.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/projection_store.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition::memory {

/// A storage that ends with the process: for tests, trials and hosts that need no durability.
/// Effects: a unit keeps no one from reading; units take turns.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<Storage>> storage();

/// A my-page store that ends with the process; after a restart it is made anew from the log.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<MyPages>> my_pages();

/// A store of external followers that ends with the process.
[[nodiscard, gnu::visibility("default")]] Result<std::unique_ptr<ConsumerStore>> consumer_store();

/// A read model of the host's own that ends with the process; after a restart it is made anew from
/// the log. Where several processes have one, each follows under a name of its own. A handler changes a copy of it, which takes its place when the transaction commits.
/// Threads: any.
template <class Model>
class ReadModel {
 public:
  ReadModel() = default;

  /// The model as it is now.
  [[nodiscard]] Model value() const {
    const std::lock_guard lock(state_->mutex);
    return state_->model;
  }

  /// For EventFeed::project. There is one: another would follow the log into this model once more.
  /// Errors: invalid_argument{store} when it was made before.
  [[nodiscard]] Result<std::unique_ptr<ProjectionStore<Model>>> store() const {
    auto followers = consumer_store();
    if (!followers) return followers.error();
    const std::lock_guard lock(state_->mutex);
    if (std::exchange(state_->has_store, true)) {
      return refusal::InvalidArgument{"store", "of a read model in memory must be made once"};
    }
    return std::unique_ptr<ProjectionStore<Model>>(
        std::make_unique<Store>(state_, *std::move(followers)));
  }

 private:
  struct State {
    mutable std::mutex mutex;
    Model model{};           // guarded by mutex
    bool has_store = false;  // guarded by mutex
  };

  class Store final : public ProjectionStore<Model> {
   public:
    Store(std::shared_ptr<State> state, std::shared_ptr<ConsumerStore> followers,
          Store* serving = nullptr)
        : state_(std::move(state)), followers_(std::move(followers)), serving_(serving) {}

    void transact(FunctionRef<void(Model&, Followers&)> work) override {
      followers()->transact([&](Followers& followers) {
        Model changed = ReadModel(state_).value();
        work(changed, followers);
        const std::lock_guard lock(state_->mutex);
        state_->model = std::move(changed);
      });
    }
    void read(FunctionRef<void(const Followers&)> reader) const override {
      followers()->read(reader);
    }

    [[nodiscard]] std::unique_ptr<ProjectionStore<Model>> anew() override {
      return std::make_unique<Store>(std::make_shared<State>(), consumer_store().value(), this);
    }
    void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
      serving_->read([&](const Followers& theirs) {
        followers_->transact([&](Followers& own) { settle(theirs, own); });
      });
      const std::lock_guard lock(serving_->state_->mutex);
      serving_->state_->model = std::move(state_->model);
      serving_->followers_ = followers_;
    }

   private:
    [[nodiscard]] std::shared_ptr<ConsumerStore> followers() const {
      const std::lock_guard lock(state_->mutex);
      return followers_;
    }

    std::shared_ptr<State> state_;
    std::shared_ptr<ConsumerStore> followers_;  // guarded by state_->mutex
    Store* serving_;                            // whose place it is to take
  };

  explicit ReadModel(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace exhibition::memory
