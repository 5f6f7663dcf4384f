#pragma once

#include <memory>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/ports/followers.hpp"

namespace exhibition {

/// The store of a read model, never the booking store: what a projection writes through
/// `Transaction`, and how far it is, are one transaction.
/// Threads: any, several at once.
template <class Transaction>
class ProjectionStore {
 public:
  virtual ~ProjectionStore() = default;

  /// Runs `work` in one atomic transaction, which survives the end of the process but perhaps not a
  /// power cut; an exception rolls it back and is rethrown.
  /// Errors: PortError.
  virtual void transact(FunctionRef<void(Transaction&, Followers&)> work) = 0;

  /// Calls `handler()` for one event, within a transaction, and throws when what it has left there
  /// cannot be committed. That is a failure of its event, unless it is a PortError.
  virtual void handle(Transaction& /*transaction*/, FunctionRef<void()> handler) { handler(); }

  /// The same as transact for the followers alone, and it survives a power cut, if any commit of the
  /// store does.
  /// Errors: PortError.
  virtual void transact_durably(FunctionRef<void(Followers&)> work) {
    transact([&](Transaction&, Followers& followers) { work(followers); });
  }

  /// Errors: PortError.
  virtual void read(FunctionRef<void(const Followers&)> reader) const = 0;

  /// A store in which the model is made anew while this one serves: empty, or as an earlier one of
  /// them was left. This one outlives it. None when the store has no such thing.
  /// Errors: PortError.
  [[nodiscard]] virtual std::unique_ptr<ProjectionStore> anew() { return nullptr; }

  /// Puts what is in this store, which `anew` of another gave, in the place of what is there: readers
  /// see the one or the other. Nothing is written to either meanwhile but what `settle(theirs, own)`
  /// does first; an exception of it leaves everything as it is.
  /// Errors: PortError.
  virtual void take_place(FunctionRef<void(const Followers&, Followers&)> /*settle*/) {}

  /// Lets what is in this store, which `anew` gave, end with it.
  virtual void discard() noexcept {}
};

}  // namespace exhibition
