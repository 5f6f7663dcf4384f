#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "exhibition/application/event_feed.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/storage.hpp"
#include "follower_runner.hpp"
#include "settler.hpp"

namespace exhibition {

/// Runs everything that follows the log, one after the other, on the thread that asks for it.
/// Threads: any; one runs at a time and the others wait their turn, first come first served, with
/// no lock held while handlers run.
class Pump {
 public:
  using OnError = std::function<void(const Envelope&, std::exception_ptr)>;

  Pump(Storage& storage, const History& history, Retention& retention, const Clock& clock,
       RandomSource& random, EventDispatcher& dispatcher, Releases& releases,
       std::chrono::milliseconds lease, OnError on_subscriber_error)
      : storage_(storage),
        history_(history),
        retention_(retention),
        clock_(clock),
        random_(random),
        dispatcher_(dispatcher),
        lease_(lease),
        on_subscriber_error_(std::move(on_subscriber_error)),
        settler_(storage, releases) {}

  /// When its time is up before its turn has come, it does nothing but ask to be called again.
  PumpReport run(const PumpBudget& budget);

  /// Makes a durable follower known; they run in the order in which they came.
  /// Errors: invalid_argument{name, batch, start}; PortError.
  Result<void> add(std::string name, const FollowerOptions& options,
                   std::unique_ptr<Effect> effect);

  /// Errors: not_found{follower}; PortError.
  Result<RetryReport> retry(std::string_view follower, const std::optional<Stream>& stream);

  /// Errors: not_found{follower, dead letter}; PortError.
  Result<void> discard(std::string_view follower, Position dead_letter);

  /// A part of a rebuild: FollowerRunner::rebuild.
  /// Errors: not_found{follower}; as there.
  Result<RebuildStep> rebuild(std::string_view follower, std::optional<std::int64_t>& generation);

  /// Errors: not_found{follower}; PortError.
  Result<bool> cancel_rebuild(std::string_view follower);

  /// Lets the log forget what none of the followers needs. One whose store is away needs what it
  /// needed before.
  /// Errors: PortError.
  void let_all_go();

  /// Errors: PortError.
  [[nodiscard]] std::vector<FollowerStatus> status() const;

  /// Errors: not_found{follower}; PortError.
  [[nodiscard]] Result<FollowerStatus> status_of(std::string_view follower) const;

  /// None when there is no follower of that name.
  [[nodiscard]] FollowerRunner* find(std::string_view follower) const;

  /// Lets go of the followers, and of the stores that they have.
  void clear() { followers_.clear(); }

  /// Errors: PortError.
  Subscription subscribe(EventDispatcher::Handler handler);

  /// Gives the host what a subscriber has thrown.
  void report_error(const Envelope& envelope, std::exception_ptr error) const noexcept;

  /// Of the log.
  /// Errors: PortError.
  [[nodiscard]] Position head() const;

 private:
  class Turn;

  void deliver(const Run& run, PumpReport& report);
  void publish(const Envelope& envelope, PumpReport& report);
  [[nodiscard]] std::vector<FollowerRunner*> followers() const;

  const Storage& storage_;
  const History& history_;
  Retention& retention_;
  const Clock& clock_;
  RandomSource& random_;
  EventDispatcher& dispatcher_;
  std::chrono::milliseconds lease_;
  OnError on_subscriber_error_;
  Settler settler_;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<FollowerRunner>>
      followers_;  // guarded by mutex_; each runs in a turn
  std::condition_variable turn_changed_;
  std::thread::id runner_;             // guarded by mutex_; nobody's while none runs
  std::deque<const Turn*> waiting_;    // guarded by mutex_; who runs next, in the order they came
  std::optional<Position> delivered_;  // guarded by mutex_; none before the first subscription
};

}  // namespace exhibition
