#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "exhibition/application/effect.hpp"
#include "exhibition/application/follower.hpp"
#include "exhibition/application/retention.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/core/page.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/projection_store.hpp"

namespace exhibition {

struct Context;

/// A handler that writes what an event, or a delivery of one, changes in a read model.
template <class Handler, class Transaction>
concept Projects = std::invocable<Handler&, Transaction&, const Envelope&> ||
                   std::invocable<Handler&, Transaction&, const Delivery&>;

/// A part of what has happened: the wanted ones among the events up to `end`, from where the next
/// part goes on; at the end of the log that is where this one began.
struct EventSlice {
  std::vector<Envelope> events;
  Position end;

  friend bool operator==(const EventSlice&, const EventSlice&) = default;
};

/// How much one pump may do.
struct PumpBudget {
  /// Of each kind of work: expired holds to settle, reservations of withdrawn exhibitions and
  /// cancelled sessions to settle, and events for each follower.
  std::size_t max_events = std::numeric_limits<std::size_t>::max();
  /// No follower begins another batch after its share of it, which is what those before it have
  /// left, divided among those to come; after it no further event is given to subscriptions.
  std::chrono::milliseconds max_time = std::chrono::milliseconds::max();
};

/// A part of a pump that a store or another port refused, or a follower that has halted; the others
/// went on. The next pump takes it up where it stopped.
struct PumpFailure {
  std::string part;  ///< "clock" (and nothing was done), "holds", "closings", "subscriptions", or
                     ///< the name of a follower
  Error error;

  friend bool operator==(const PumpFailure&, const PumpFailure&) = default;
};

/// What a durable follower did: events that it took, passed over as not wanted, or parked.
struct FollowerProgress {
  std::string name;
  std::size_t followed = 0;

  friend bool operator==(const FollowerProgress&, const FollowerProgress&) = default;
};

/// What a pump did.
struct PumpReport {
  std::size_t settled = 0;                       ///< due reservations that were written down
  std::vector<FollowerProgress> followers = {};  ///< in the order in which they ran
  std::size_t delivered = 0;                     ///< events that were given to subscriptions
  std::size_t subscriber_errors = 0;             ///< exceptions that subscribers threw
  bool more = false;                             ///< pump again: the budget was used up
  std::optional<Instant> retry_at = std::nullopt;  ///< pump again then: a follower backs off, or a
                                                   ///< store failed
  bool inside_handler = false;                     ///< called from a handler, it did nothing
  std::vector<PumpFailure> failures = {};

  [[nodiscard]] std::size_t followed(std::string_view name) const {
    for (const auto& follower : followers) {
      if (follower.name == name) return follower.followed;
    }
    return 0;
  }
};

/// Where committed events are followed. Nothing runs behind the host's back: vouchers, my page,
/// followers and subscriptions move when the host pumps, or on the one thread that it starts.
/// Threads: any; a second pump waits its turn, for max_time at most.
class [[gnu::visibility("default")]] EventFeed {
 public:
  explicit EventFeed(Context& context) : context_(context) {}

  /// Calls back for every event of type E that is committed from now on, in the order of the log,
  /// while a pump runs and on its thread. `callback(event)` or `callback(event, envelope)`; it may
  /// call the engine, but a pump in it does nothing. What it throws goes to
  /// EngineOptions::on_subscriber_error. `on<Event>` gets them all.
  /// Errors: Exception(storage_failure) when the head of the log cannot be read,
  /// Exception(invalid_argument{callback}) when it is empty; std::logic_error on a closed engine.
  template <class E, class Callback>
    requires std::invocable<Callback&, const E&> ||
             std::invocable<Callback&, const E&, const Envelope&>
  Subscription on(Callback callback) {
    if constexpr (requires { callback == nullptr; }) {
      if (callback == nullptr) {
        throw Exception(refusal::InvalidArgument{"callback", "must not be empty"});
      }
    }
    return subscribe([callback = std::move(callback)](const Envelope& envelope) mutable {
      if constexpr (std::same_as<E, Event>) {
        call(callback, envelope.event, envelope);
      } else if (const auto* event = std::get_if<E>(&envelope.event)) {
        call(callback, *event, envelope);
      }
    });
  }

  /// Lets a read model of the host follow the log: `handler(transaction, envelope)`, or
  /// `handler(transaction, delivery)`, writes through the transaction of `store`, in which the
  /// follower's checkpoint is kept as well, so that each event has its effect exactly once. What it
  /// throws rolls that event back, and it is tried again as OnFailure says; a PortError rolls the
  /// batch back, and counts as no attempt.
  /// Errors: what the store's factory answered; invalid_argument{name, store, handler, batch,
  /// start}; closed; storage_failure.
  template <class Transaction, class Handler>
    requires Projects<Handler, Transaction>
  Result<void> project(std::string name,
                       Result<std::unique_ptr<ProjectionStore<Transaction>>> store, Handler handler,
                       const FollowerOptions& options = {}) {
    if (!store) return store.error();
    return project(std::move(name), *std::move(store), std::move(handler), options);
  }
  template <class Transaction, class Handler>
    requires Projects<Handler, Transaction>
  Result<void> project(std::string name, std::unique_ptr<ProjectionStore<Transaction>> store,
                       Handler handler, const FollowerOptions& options = {}) {
    if (!store) return refusal::InvalidArgument{"store", "must not be null"};
    if constexpr (requires { handler == nullptr; }) {
      if (handler == nullptr) return refusal::InvalidArgument{"handler", "must not be empty"};
    }
    return add(std::move(name), options,
               std::make_unique<ProjectionEffect<Transaction>>(
                   std::move(store), taking_deliveries<Transaction>(std::move(handler))));
  }

  /// Lets something outside follow the log: e-mails, webhooks. `types` are followed, whatever
  /// `options` say. `handler(delivery)` runs with no lock held, at least once for every event; what
  /// it throws makes the event be tried again as OnFailure says. By a PortError it says that what
  /// it talks to is away: the event waits for it, and no attempt is counted.
  /// Errors: invalid_argument{name, handler, batch, start}; closed; storage_failure.
  Result<void> follow(std::string name, const EventTypes& types,
                      std::function<void(const Delivery&)> handler, FollowerOptions options = {});

  /// Lets another dispatcher follow the log: events leave through it in the order of the log, at
  /// least once. While it is away (PortError) they wait; another exception of its `publish` makes
  /// the event be tried again, and after the last attempt halts the relay, so that none overtakes.
  /// What its handlers throw goes to EngineOptions::on_subscriber_error.
  /// Errors: invalid_argument{name, dispatcher, start}; closed; storage_failure.
  Result<void> relay(std::string name, std::shared_ptr<EventDispatcher> dispatcher,
                     const EventTypes& types = EventTypes::all(),
                     StartAt start = StartAt::beginning());

  /// Gives dead letters of a follower to it once more, of one stream or of all, in the order of
  /// each stream until one of it fails. For all of them, lets a follower that waits or has halted
  /// go on with the next pump, first.
  /// Errors: not_found{follower}; closed; storage_failure; std::logic_error inside a handler.
  Result<RetryReport> retry(std::string_view follower,
                            const std::optional<Stream>& stream = std::nullopt);

  /// Dead letters of a follower in the order of their positions.
  /// Errors: not_found{follower}; invalid_argument{limit}; closed; storage_failure.
  [[nodiscard]] Result<Page<DeadLetter, Position>> dead_letters(
      std::string_view follower, const PageRequest<Position>& page = {}) const;

  /// Drops one dead letter on purpose, and those behind it wait for `retry`; or the event that the
  /// follower has halted at, which it is then past; or, at the floor of the log, all that one misses
  /// which has halted by history_truncated.
  /// Errors: not_found{follower, dead letter}; closed; storage_failure; std::logic_error inside a
  /// handler.
  Result<void> discard(std::string_view follower, Position dead_letter);

  /// Makes the read model of a projection anew from the beginning of the log, beside the one that
  /// serves and goes on following, and puts it in its place once it has come as far: readers see
  /// the one or the other. The handler gets `replaying` meanwhile. Blocks until it is done, while
  /// others pump between its slices; true then, and false when it was told to stop or was
  /// cancelled. What is there after a stop, an error or a crash is kept, and the next call goes on
  /// with it.
  /// Errors: not_found{follower}; invalid_argument{follower} when it has no read model of its own
  /// that can be made anew; log_diverged, unknown_version, history_truncated; storage_failure, also
  /// when it has halted at an event, or another process is at it; closed; std::logic_error inside a
  /// handler; what `on_progress` throws.
  Result<bool> rebuild(std::string_view follower, const RebuildOptions& options = {});

  /// Ends a rebuild, whoever runs it or has been interrupted in it, and lets go of what is there;
  /// false when there is nothing.
  /// Errors: not_found{follower}; closed; storage_failure; std::logic_error inside a handler.
  Result<bool> cancel_rebuild(std::string_view follower);

  /// Has the log forget its beginning, and then the store the idempotency keys of that time; with
  /// an archive events go there first. What a follower still needs stays, be it of another process
  /// or of none at present: the report says whose turn it is. In small units, between which others
  /// book. Who was told to stop goes on with the next call.
  /// Once there is an archive, nothing is forgotten that it does not have, whoever prunes: its name
  /// among followers is "archive".
  /// Errors: invalid_argument{older_than, up_to}; history_truncated when the archive lacks events
  /// that the log has forgotten, or that it had before; log_diverged when it has other events than
  /// the log, which is an older copy; closed, also when that happens meanwhile; storage_failure;
  /// std::logic_error inside a handler; what `on_progress` throws.
  Result<PruneReport> prune(const PruneOptions& options = {});

  /// Copies all that is in the log, and not in the archive yet, to the archive; nothing is
  /// forgotten.
  /// Errors: invalid_argument{archive} when there is none; history_truncated, log_diverged, closed
  /// and storage_failure as prune; what `on_progress` throws.
  Result<ArchiveReport> archive(const ArchiveOptions& options = {});

  /// Lets the log forget what a follower needs that will not come back, or an "archive" that will
  /// not. Should it come back all the same, it goes on where it was, if the log or the archive still
  /// has what it needs.
  /// Errors: not_found{follower}; invalid_argument{follower} when this engine runs it; closed;
  /// storage_failure.
  Result<void> abandon(std::string_view follower);

  /// The position of the last event; the default of a log that never had one.
  /// Errors: closed; storage_failure.
  [[nodiscard]] Result<Position> head() const;

  /// Looks at the next `limit` events after a position and gives those of the wanted types: those of
  /// the log, and before its floor those of the archive. Nobody's place is kept.
  /// Errors: invalid_argument{limit} unless it is 1 to 1,000; history_truncated; log_diverged; closed;
  /// storage_failure.
  [[nodiscard]] Result<EventSlice> read(Position after, const EventTypes& types = EventTypes::all(),
                                        std::size_t limit = 256) const;

  /// Waits until there is an event after the position; false when there is none within `timeout`.
  /// What the desks of this engine write is seen at once, anything else within 50 ms.
  /// Errors: closed, also when the engine is closed meanwhile; storage_failure.
  [[nodiscard]] Result<bool> wait_beyond(Position after, std::chrono::milliseconds timeout) const;

  /// Where every durable follower is that this engine was told of, in the order in which they run.
  /// Errors: closed; storage_failure.
  [[nodiscard]] Result<std::vector<FollowerStatus>> status() const;

  /// Waits until the follower has followed what is in the log now, and what the voucher desk makes
  /// of it; false when it has not within `timeout`. Pumps on this thread when no worker runs. What
  /// was parked counts as followed.
  /// Errors: not_found{follower}; storage_failure, unknown_version or history_truncated when it has
  /// halted, or the voucher desk has; log_diverged; closed, also when the engine is closed
  /// meanwhile; std::logic_error inside a handler.
  Result<bool> wait_for(std::string_view follower, std::chrono::milliseconds timeout);

  /// Starts a thread that pumps from now on, woken by every command; without effect when there is
  /// one.
  /// Errors: std::system_error when there is no thread to be had; std::logic_error on a closed
  /// engine.
  void start();

  /// Ends that thread once nothing is left to pump, or after `drain`, and waits for it and the
  /// handler that it is in; from inside a handler it does not wait. Stopping twice is once.
  void stop(std::chrono::milliseconds drain = std::chrono::seconds{5});

  /// Settles what is due, then lets the voucher desk, my page, the host's followers and the
  /// subscriptions follow the log at least to where it ends when their turn comes.
  PumpReport pump(const PumpBudget& budget = {});

 private:
  template <class Callback, class E>
  static void call(Callback& callback, const E& event, const Envelope& envelope) {
    if constexpr (std::invocable<Callback&, const E&, const Envelope&>) {
      std::invoke(callback, event, envelope);
    } else {
      std::invoke(callback, event);
    }
  }

  template <class Transaction, class Handler>
  static typename ProjectionEffect<Transaction>::Handler taking_deliveries(Handler handler) {
    if constexpr (std::invocable<Handler&, Transaction&, const Envelope&>) {
      return [handler = std::move(handler)](Transaction& transaction,
                                            const Delivery& delivery) mutable {
        std::invoke(handler, transaction, delivery.envelope);
      };
    } else {
      return handler;
    }
  }

  Subscription subscribe(EventDispatcher::Handler handler);
  [[nodiscard]] Result<FollowerStatus> status_of(std::string_view follower) const;
  Result<bool> wait_for_head(std::string_view follower,
                             std::chrono::steady_clock::time_point until);
  Result<void> add(std::string name, const FollowerOptions& options,
                   std::unique_ptr<Effect> effect);

  Context& context_;
};

}  // namespace exhibition
