#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "exhibition/application/follower.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/core/function_ref.hpp"
#include "exhibition/ports/projection_store.hpp"

namespace exhibition {

/// Events to be taken one after the other, until the time is up.
struct Batch {
  std::span<const Envelope> events;
  int attempt = 1;  ///< at the first of them
  std::chrono::steady_clock::time_point ends_at;

  /// Whether to leave the rest for the next one; never before anything was taken.
  [[nodiscard]] bool is_over(std::size_t taken) const {
    return taken > 0 && std::chrono::steady_clock::now() >= ends_at;
  }
};

/// What came of a batch: how many of its events were taken, and what the one after them threw, or
/// that what it needs is away.
struct Taken {
  std::size_t count = 0;
  std::exception_ptr error = nullptr;
  std::exception_ptr away = nullptr;
};

/// What a follower does with events, and where it keeps how far it is.
/// Threads: one at a time.
class Effect {
 public:
  /// Writes down, in the transaction it is called in, that so many events were taken.
  using Settle = FunctionRef<void(Followers&, std::size_t count)>;

  virtual ~Effect() = default;

  /// Takes events one by one until one throws or the batch is over, and settles those before.
  /// Errors: PortError when a store fails, and then nothing is settled.
  virtual Taken take(const Batch& batch, Settle settle) = 0;

  /// Changes what is kept, apart from any event.
  /// Errors: PortError.
  virtual void transact(FunctionRef<void(Followers&)> work) = 0;

  /// The same, to survive a power cut.
  virtual void transact_durably(FunctionRef<void(Followers&)> work) { transact(work); }

  /// Errors: PortError.
  virtual void read(FunctionRef<void(const Followers&)> reader) const = 0;

  /// Whether taking an event may do anything, so that the process may not live through it.
  [[nodiscard]] virtual bool runs_host_code() const { return true; }

  /// Whether what is kept is in the store of the log itself.
  [[nodiscard]] virtual bool is_in_booking_store() const { return false; }

  /// Whether events are taken in a transaction, which keeps others away while they are.
  [[nodiscard]] virtual bool is_transactional() const { return true; }

  /// The same effect in a store that is to take the place of this one's, which outlives it; none
  /// for an effect that cannot be made anew.
  /// Errors: PortError.
  [[nodiscard]] virtual std::unique_ptr<Effect> anew() { return nullptr; }

  /// As ProjectionStore::take_place, of an effect that `anew` gave.
  /// Errors: PortError; what `settle` throws.
  virtual void take_place(FunctionRef<void(const Followers&, Followers&)> /*settle*/) {}

  /// Lets what it has done end with it.
  virtual void discard() noexcept {}
};

/// Exactly once: effect and checkpoint are one transaction of the projection's own store. Where the
/// batch cannot be taken as a whole, what goes before the failing event is taken anew without it.
template <class Transaction>
class ProjectionEffect final : public Effect {
 public:
  using Handler = std::function<void(Transaction&, const Delivery&)>;

  ProjectionEffect(std::shared_ptr<ProjectionStore<Transaction>> store, Handler handler)
      : ProjectionEffect(std::move(store), std::make_shared<Handler>(std::move(handler)), false) {}

  Taken take(const Batch& batch, Settle settle) override {
    Taken taken;
    for (auto events = batch.events;; events = events.first(taken.count)) {
      try {
        store_->transact([&](Transaction& transaction, Followers& followers) {
          taken.count = 0;
          for (const auto& envelope : events) {
            if (!taken.error && batch.is_over(taken.count)) break;
            handle(transaction, {envelope, taken.count == 0 ? batch.attempt : 1, is_replay_});
            ++taken.count;
          }
          settle(followers, taken.count);
        });
        return taken;
      } catch (const Failed& failed) {
        taken.error = failed.error;
        if (taken.count == 0) return taken;
      }
    }
  }

  void transact(FunctionRef<void(Followers&)> work) override {
    store_->transact([&](Transaction&, Followers& followers) { work(followers); });
  }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    store_->transact_durably(work);
  }

  void read(FunctionRef<void(const Followers&)> reader) const override { store_->read(reader); }

  [[nodiscard]] std::unique_ptr<Effect> anew() override {
    std::shared_ptr<ProjectionStore<Transaction>> store = store_->anew();
    if (!store) return nullptr;
    return std::unique_ptr<Effect>(new ProjectionEffect(std::move(store), handler_, true));
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    store_->take_place(settle);
  }
  void discard() noexcept override { store_->discard(); }

 private:
  ProjectionEffect(std::shared_ptr<ProjectionStore<Transaction>> store,
                   std::shared_ptr<Handler> handler, bool is_replay)
      : store_(std::move(store)), handler_(std::move(handler)), is_replay_(is_replay) {}

  /// What the handler threw, told from what the store throws.
  struct Failed {
    std::exception_ptr error;
  };

  void handle(Transaction& transaction, const Delivery& delivery) {
    try {
      store_->handle(transaction, [&] { (*handler_)(transaction, delivery); });
    } catch (const PortError&) {
      throw;  // the store's
    } catch (...) {
      throw Failed{std::current_exception()};
    }
  }

  std::shared_ptr<ProjectionStore<Transaction>> store_;
  std::shared_ptr<Handler> handler_;  // one, whoever runs it
  bool is_replay_;
};

}  // namespace exhibition
