#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/resilience/tally.hpp"

namespace exhibition {

enum class BreakerState : std::uint8_t {
  closed,        ///< calls go through, and are judged
  open,          ///< none does, for a while
  half_open,     ///< a few do, to find out
  forced_open,   ///< none does, until a human says otherwise
  disabled,      ///< all do, and none is judged
  metrics_only,  ///< all do; they are judged, and nothing comes of it
};

[[nodiscard]] constexpr std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::open: return "open";
    case BreakerState::half_open: return "half_open";
    case BreakerState::forced_open: return "forced_open";
    case BreakerState::disabled: return "disabled";
    case BreakerState::metrics_only: return "metrics_only";
  }
  return "unknown";
}

/// What a circuit breaker tells its listeners.
struct BreakerEvent {
  enum class Kind : std::uint8_t {
    transition,  ///< it went from one state to another
    thresholds,  ///< with metrics only: it would have opened
    probe_lost,  ///< a probe did not come back before its lease was over
  };
  Kind kind = Kind::transition;
  BreakerState from = BreakerState::closed;
  BreakerState to = BreakerState::closed;
  std::uint64_t number = 0;  ///< of this event, counted from 1
  Moment at;
  Tally tally = {};  ///< what was known when it happened
};

/// Tells listeners of events one after the other, in their order, with no lock held: whoever finds
/// that somebody is telling leaves theirs to them. A listener's thread is not to be cancelled.
/// Threads: any.
class BreakerEvents {
 public:
  using Listener = std::function<void(const BreakerEvent&)>;

  void listen(Listener listener) {
    // What a listener holds may call the breaker when it is copied, or let go of.
    for (auto known = listeners();;) {
      auto more = std::make_shared<std::vector<Listener>>(*known);
      more->push_back(listener);
      std::unique_lock lock(mutex_);
      if (listeners_ == known) {
        listeners_ = std::move(more);
        lock.unlock();
        return;
      }
      auto newer = listeners_;
      lock.unlock();
      known = std::move(newer);
    }
  }

  /// Takes an event in, to be told by the next `tell`. Without listeners it is forgotten.
  void add(BreakerEvent event) noexcept {
    const std::lock_guard lock(mutex_);
    event.number = ++added_;
    if (listeners_->empty()) return;
    try {
      waiting_.push_back(event);
    } catch (...) {  // no memory for it: listeners see the gap in the numbers
    }
  }

  /// Whether there is anything to tell.
  [[nodiscard]] bool are_waiting() const noexcept {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
  }

  void tell() noexcept {
    std::unique_lock lock(mutex_);
    if (is_telling_) return;
    is_telling_ = true;
    while (!waiting_.empty()) {
      const auto event = waiting_.front();
      waiting_.pop_front();
      auto listeners = listeners_;
      lock.unlock();
      for (const auto& listener : *listeners) {
        try {
          listener(event);
        } catch (...) {
          thrown_.fetch_add(1, std::memory_order_relaxed);
        }
      }
      listeners.reset();
      lock.lock();
    }
    is_telling_ = false;
  }

  /// Exceptions of listeners, which go nowhere.
  [[nodiscard]] std::uint64_t thrown() const noexcept {
    return thrown_.load(std::memory_order_relaxed);
  }

 private:
  using Listeners = std::shared_ptr<const std::vector<Listener>>;

  [[nodiscard]] Listeners listeners() {
    const std::lock_guard lock(mutex_);
    return listeners_;
  }

  mutable std::mutex mutex_;
  Listeners listeners_ = std::make_shared<std::vector<Listener>>();  // guarded by mutex_
  std::deque<BreakerEvent> waiting_;                                 // guarded by mutex_
  std::uint64_t added_ = 0;                                          // guarded by mutex_
  bool is_telling_ = false;                                          // guarded by mutex_
  std::atomic<std::uint64_t> thrown_ = 0;
};

}  // namespace exhibition
