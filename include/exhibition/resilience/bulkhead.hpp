#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/hint.hpp"
#include "exhibition/resilience/layer.hpp"

namespace exhibition {

/// How many calls may be on their way at once, and how many wait for their turn.
struct BulkheadOptions {
  std::size_t limit = 32;  ///< calls at once; at least 1
  std::size_t queue = 0;   ///< calls that wait; more are refused
  std::chrono::nanoseconds max_wait = std::chrono::seconds{1};  ///< and refused then; not negative

  /// Errors: invalid_argument{the first field that breaks its rule}.
  [[nodiscard]] Result<void> check() const {
    using Bad = refusal::InvalidArgument;
    if (limit < 1) return Bad{"limit", "must be at least 1"};
    if (max_wait < std::chrono::nanoseconds{0}) return Bad{"max_wait", "must not be negative"};
    if (queue > 0 && max_wait == std::chrono::nanoseconds{0}) {
      return Bad{"max_wait", "must be longer than nothing where there is a queue"};
    }
    return {};
  }
};

/// What a bulkhead looks like at one moment.
struct BulkheadSnapshot {
  std::size_t inside = 0;      ///< calls on their way
  std::size_t waiting = 0;     ///< calls in the queue
  std::uint64_t admitted = 0;  ///< of all times
  std::uint64_t rejected = 0;  ///< likewise; those that waited in vain as well
  std::chrono::nanoseconds takes{
      0};  ///< how long a call is inside, of late; 0 while none has ended

  friend bool operator==(const BulkheadSnapshot&, const BulkheadSnapshot&) = default;
};

/// Keeps the calls of one dependency from taking up everything: no more than `limit` of them are on
/// their way at once. Those that wait get their turn in the order in which they came; nobody goes
/// past them, and nobody waits beyond its deadline.
/// Threads: any.
/// Source: Nygard, Release It!
class Bulkhead {
 public:
  static constexpr Layer layer = Layer::bulkhead;
  class Permit;

  /// Errors: Exception(invalid_argument{the option's name}).
  explicit Bulkhead(std::string name, BulkheadOptions options = {},
                    const MonotonicClock& clock = steady_clock())
      : name_(std::move(name)), options_(options), clock_(clock) {
    options_.check().value();
  }
  Bulkhead(const Bulkhead&) = delete;
  Bulkhead& operator=(const Bulkhead&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Lets a call in, at once or when its turn has come; not after its deadline, and none that was
  /// asked to stop while it waited.
  /// Errors: overloaded, with the time after which it would have its turn.
  [[nodiscard]] Result<Permit> acquire(const CallContext& context = {});

  /// As a part of a Pipeline.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge& judge);

  [[nodiscard]] BulkheadSnapshot snapshot() const;

 private:
  /// One who waits, on the stack of their thread.
  struct Waiter {
    enum class State : std::uint8_t { waits, has_its_turn, is_inside, is_too_late };
    Moment until;
    Moment start = {};  // of its turn
    State state = State::waits;
    Waiter* next = nullptr;
    std::condition_variable told = {};
  };

  using Lock = std::unique_lock<std::mutex>;

  /// One in the queue. It may be torn out of it: its clock throws, or its thread is cancelled.
  class InQueue {
   public:
    InQueue(Bulkhead& bulkhead, Waiter& waiter, Lock& lock) noexcept
        : bulkhead_(bulkhead), waiter_(waiter), lock_(lock) {
      bulkhead_.remember(waiter_);
    }
    ~InQueue() {
      if (!lock_.owns_lock()) lock_.lock();
      if (waiter_.state == Waiter::State::waits) bulkhead_.forget(waiter_);
      if (waiter_.state == Waiter::State::has_its_turn) {
        bulkhead_.give_up(waiter_.start, bulkhead_.clock_.now());
      }
    }
    InQueue(const InQueue&) = delete;
    InQueue& operator=(const InQueue&) = delete;

   private:
    Bulkhead& bulkhead_;
    Waiter& waiter_;
    Lock& lock_;
  };

  static double count_of(Moment moment) {
    return static_cast<double>(moment.time_since_epoch().count());
  }
  void wait(Waiter& waiter, const std::stop_token& stop, Lock& lock);
  [[nodiscard]] Error refuse(Moment now);
  void leave(Moment start) noexcept;
  void give_up(Moment start, Moment now) noexcept;
  void pass_on(Moment now) noexcept;
  void remember(Waiter& waiter) noexcept;
  void forget(Waiter& waiter) noexcept;
  Waiter& take_first() noexcept;

  std::string name_;
  BulkheadOptions options_;
  const MonotonicClock& clock_;

  mutable std::mutex mutex_;
  BulkheadSnapshot seen_;    // guarded by mutex_, as all that follows
  double starts_ = 0;        // the sum of those of the calls inside
  Waiter* first_ = nullptr;  // of those who wait
  Waiter* last_ = nullptr;
};

/// A call that is inside; it leaves when this object ends. The bulkhead outlives it.
/// Threads: one at a time.
class [[nodiscard]] Bulkhead::Permit {
 public:
  Permit(Permit&& other) noexcept
      : bulkhead_(std::exchange(other.bulkhead_, nullptr)), start_(other.start_) {}
  Permit& operator=(Permit&& other) noexcept {
    leave();
    bulkhead_ = std::exchange(other.bulkhead_, nullptr);
    start_ = other.start_;
    return *this;
  }
  ~Permit() { leave(); }

 private:
  friend Bulkhead;
  Permit(Bulkhead& bulkhead, Moment start) noexcept : bulkhead_(&bulkhead), start_(start) {}
  void leave() noexcept {
    if (auto* bulkhead = std::exchange(bulkhead_, nullptr)) bulkhead->leave(start_);
  }

  Bulkhead* bulkhead_;  // none once it has left
  Moment start_;
};

inline Result<Bulkhead::Permit> Bulkhead::acquire(const CallContext& context) {
  const Moment now = clock_.now();
  const Moment deadline = context.deadline_by(clock_);
  Waiter me{.until = std::min(deadline, later(now, options_.max_wait))};
  std::unique_lock lock(mutex_);
  if (deadline <= now) return refuse(now);
  if (seen_.inside < options_.limit && !first_) {
    ++seen_.inside;
    ++seen_.admitted;
    starts_ += count_of(now);
    return Permit(*this, now);
  }
  if (seen_.waiting >= options_.queue || me.until <= now) return refuse(now);
  using State = Waiter::State;
  const InQueue queue(*this, me, lock);
  wait(me, context.stop, lock);
  lock.lock();
  if (me.state == State::has_its_turn) {
    me.state = State::is_inside;
    return Permit(*this, me.start);
  }
  if (me.state == State::waits) forget(me);
  return refuse(clock_.now());
}

/// Until it has its turn, its time is over, or nobody wants its call any more. Gives the lock back,
/// for whoever asks it to stop takes that, and is waited for.
inline void Bulkhead::wait(Waiter& waiter, const std::stop_token& stop, Lock& lock) {
  lock.unlock();
  const std::stop_callback wake(stop, [&] {
    const std::lock_guard locked(mutex_);
    waiter.told.notify_one();
  });
  const std::lock_guard held(lock);
  while (waiter.state == Waiter::State::waits && !stop.stop_requested() &&
         clock_.now() < waiter.until) {
    clock_.wait_until(waiter.until, waiter.told, lock);
  }
}

template <class Next, class Judge>
std::invoke_result_t<Next&, const CallContext&> Bulkhead::run(const CallContext& context,
                                                              Next&& next, const Judge&) {
  const auto permit = acquire(context);
  if (!permit) return permit.error();
  return next(context);
}

inline BulkheadSnapshot Bulkhead::snapshot() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

// What follows is called with the lock held, but for `leave`, which takes it.

/// Little's law: those who are before a newcomer leave at the rate of `limit` in the time of a call,
/// which is at least how long those have been inside that are.
inline Error Bulkhead::refuse(Moment now) {
  ++seen_.rejected;
  const double before = static_cast<double>(seen_.waiting) + 1;
  const double inside = static_cast<double>(std::max<std::size_t>(seen_.inside, 1));
  const double takes =
      std::max(static_cast<double>(seen_.takes.count()), count_of(now) - starts_ / inside);
  const double wait = std::max(before * takes / static_cast<double>(options_.limit), 0.0);
  constexpr double longest = 1e12;  // ns; far beyond what a hint says
  return refusal::Overloaded{
      hint(std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(wait, longest))})};
}

inline void Bulkhead::leave(Moment start) noexcept {
  const Moment now = clock_.now();
  const auto took = std::max(now - start, std::chrono::nanoseconds{0});
  const std::lock_guard lock(mutex_);
  // The mean of about the last eight.
  seen_.takes = seen_.takes.count() == 0 ? took : seen_.takes + (took - seen_.takes) / 8;
  give_up(start, now);
}

inline void Bulkhead::give_up(Moment start, Moment now) noexcept {
  starts_ -= count_of(start);
  pass_on(now);
}

/// Gives a place to who has waited longest.
inline void Bulkhead::pass_on(Moment now) noexcept {
  while (first_) {
    Waiter& next = take_first();
    const bool is_in_time = now < next.until;
    next.state = is_in_time ? Waiter::State::has_its_turn : Waiter::State::is_too_late;
    next.start = now;
    next.told.notify_one();
    if (!is_in_time) continue;
    ++seen_.admitted;
    starts_ += count_of(now);
    return;
  }
  if (--seen_.inside == 0) starts_ = 0;  // and what rounding has left of it
}

inline void Bulkhead::remember(Waiter& waiter) noexcept {
  (first_ ? last_->next : first_) = &waiter;
  last_ = &waiter;
  ++seen_.waiting;
}

inline Bulkhead::Waiter& Bulkhead::take_first() noexcept {
  Waiter& first = *first_;
  first_ = first.next;
  --seen_.waiting;
  return first;
}

/// Takes one who goes without their turn out of the queue.
inline void Bulkhead::forget(Waiter& waiter) noexcept {
  Waiter* before = nullptr;
  for (auto* at = first_; at != &waiter; at = at->next) before = at;
  (before ? before->next : first_) = waiter.next;
  if (last_ == &waiter) last_ = before;
  --seen_.waiting;
  waiter.state = Waiter::State::is_too_late;
}

}  // namespace exhibition
