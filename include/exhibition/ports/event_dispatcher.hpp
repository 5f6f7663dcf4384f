#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/domain/envelope.hpp"

namespace exhibition {

/// A handler's place at a dispatcher; it ends when this object does.
/// Threads: any; closing twice is once.
class [[nodiscard]] Subscription {
 public:
  /// What a dispatcher keeps for one handler.
  class Slot {
   public:
    virtual ~Slot() = default;
    virtual void close() noexcept = 0;
  };

  Subscription() = default;
  explicit Subscription(std::unique_ptr<Slot> slot) : slot_(std::move(slot)) {}
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept {
    close();
    slot_ = std::move(other.slot_);
    return *this;
  }
  ~Subscription() { close(); }

  /// After it returns the handler is not running and will not be called again; called by the
  /// handler itself, it returns at once and this call is the handler's last.
  void close() noexcept {
    if (slot_) slot_->close();
  }

 private:
  std::unique_ptr<Slot> slot_;
};

/// What a dispatcher promises beyond the order of each stream and at least once.
struct DispatcherCapabilities {
  bool synchronous = false;  ///< when `publish` returns, its thread has run every handler, and what
                             ///< they threw has gone to `failed`
  bool total_order = false;  ///< events of all streams come in the order of their publication
  bool exactly_once = false;  ///< no handler gets an event twice
};

/// The way by which committed events leave the engine. The suite in
/// exhibition/testing/dispatcher_contract.hpp tests it.
/// Threads: any; `publish` is called by one thread at a time, and by no handler. Handlers run with
/// no lock held: they may subscribe and close, themselves as well.
class EventDispatcher {
 public:
  using Handler = std::function<void(const Envelope&)>;

  virtual ~EventDispatcher() = default;
  [[nodiscard]] virtual DispatcherCapabilities capabilities() const = 0;
  /// The handler gets what is published after this returns, until its subscription is closed; then
  /// what it holds is let go.
  virtual Subscription subscribe(Handler handler) = 0;
  /// Gives the event to every handler; one that throws does not stop the others.
  /// Errors: PortError when the event could not leave; a relay then publishes it again, later.
  virtual void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) = 0;
};

}  // namespace exhibition
