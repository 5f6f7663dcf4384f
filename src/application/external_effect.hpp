#pragma once

#include <exception>
#include <functional>
#include <utility>

#include "exhibition/application/effect.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/ports/consumer_store.hpp"

namespace exhibition {

/// At least once: the handler runs with no lock held, and the checkpoint follows.
class ExternalEffect final : public Effect {
 public:
  using Handler = std::function<void(const Delivery&)>;

  ExternalEffect(ConsumerStore& store, Handler handler)
      : store_(store), handler_(std::move(handler)) {}

  Taken take(const Batch& batch, Settle settle) override {
    Taken taken;
    int attempt = batch.attempt;
    for (const auto& envelope : batch.events) {
      if (batch.is_over(taken.count)) break;
      try {
        handler_(Delivery{envelope, std::exchange(attempt, 1)});
      } catch (const PortError&) {
        taken.away = std::current_exception();
        break;
      } catch (...) {
        taken.error = std::current_exception();
        break;
      }
      ++taken.count;
    }
    if (taken.count > 0) {
      store_.transact([&](Followers& followers) { settle(followers, taken.count); });
    }
    return taken;
  }

  void transact(FunctionRef<void(Followers&)> work) override { store_.transact(work); }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    store_.transact_durably(work);
  }

  void read(FunctionRef<void(const Followers&)> reader) const override { store_.read(reader); }
  [[nodiscard]] bool is_transactional() const override { return false; }

 private:
  ConsumerStore& store_;
  Handler handler_;
};

}  // namespace exhibition
