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

/// The way by which committed events leave the engine.
/// Threads: any; `publish` is called by one thread at a time. Handlers run with no lock held.
class EventDispatcher {
 public:
  using Handler = std::function<void(const Envelope&)>;

  virtual ~EventDispatcher() = default;
  virtual Subscription subscribe(Handler handler) = 0;
  /// Gives the event to every handler; one that throws does not stop the others and goes to
  /// `failed`.
  virtual void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) = 0;
};

}  // namespace exhibition
