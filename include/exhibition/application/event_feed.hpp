#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "exhibition/core/error.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/ports/event_dispatcher.hpp"

namespace exhibition {

struct Context;

/// How much one pump may do.
struct PumpBudget {
  /// Of each kind of work: expired holds to settle, reservations of withdrawn exhibitions and
  /// cancelled sessions to settle, and events for each follower.
  std::size_t max_events = std::numeric_limits<std::size_t>::max();
};

/// A part of a pump that a store refused; the others went on. The next pump takes it up where it
/// stopped.
struct PumpFailure {
  std::string part;  ///< "holds", "closings", "voucher-desk", "my-page", "subscriptions"
  Error error;
};

/// What a pump did.
struct PumpReport {
  std::size_t settled = 0;            ///< due reservations that were written down
  std::size_t vouchers = 0;           ///< events that the voucher desk followed
  std::size_t my_page = 0;            ///< events that my page followed
  std::size_t delivered = 0;          ///< events that were given to subscriptions
  std::size_t subscriber_errors = 0;  ///< exceptions that subscribers threw
  bool more = false;                  ///< pump again: the budget was used up, or a part failed
  bool inside_handler = false;        ///< called from a handler, it did nothing
  std::vector<PumpFailure> failures = {};
};

/// Where committed events are followed. Nothing runs behind the host's back: vouchers, my page and
/// subscriptions move when the host pumps.
/// Threads: any; a second pump waits its turn.
class [[gnu::visibility("default")]] EventFeed {
 public:
  explicit EventFeed(Context& context) : context_(context) {}

  /// Calls back for every event of type E that is committed from now on, in the order of the log,
  /// while a pump runs and on its thread. `callback(event)` or `callback(event, envelope)`; it may
  /// call the engine, but a pump in it does nothing. What it throws goes to
  /// EngineOptions::on_subscriber_error. `on<Event>` gets them all.
  /// Errors: Exception(storage_failure) when the head of the log cannot be read; std::logic_error
  /// on a closed engine.
  template <class E, class Callback>
  Subscription on(Callback callback) {
    return subscribe([callback = std::move(callback)](const Envelope& envelope) mutable {
      if constexpr (std::same_as<E, Event>) {
        call(callback, envelope.event, envelope);
      } else if (const auto* event = std::get_if<E>(&envelope.event)) {
        call(callback, *event, envelope);
      }
    });
  }

  /// Settles what is due, then lets the voucher desk, my page and the subscriptions follow the log
  /// to where it ends when the pump begins, plus what settling and the desk append.
  PumpReport pump(const PumpBudget& budget = {});

 private:
  template <class Callback, class E>
  static void call(Callback & callback, const E& event, const Envelope& envelope) {
    if constexpr (std::invocable<Callback&, const E&, const Envelope&>) {
      std::invoke(callback, event, envelope);
    } else {
      std::invoke(callback, event);
    }
  }

  Subscription subscribe(EventDispatcher::Handler handler);

  Context& context_;
};

}  // namespace exhibition
