#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/ports/thread_executor.hpp"

namespace exhibition::sqlite {

/// Where a caller sleeps. It belongs to the queue, so that who wakes the caller touches nothing of
/// what may be gone by then.
struct SleepingPlace {
  std::atomic<std::uint32_t> wakings = 0;
  SleepingPlace* next = nullptr;
};

/// A unit on its way to a commit: on the stack of a caller who waits for it, or submitted and the
/// queue's own.
struct QueuedUnit {
  enum class Kind : bool { awaited, submitted };
  QueuedUnit(Work& asked, Kind what) : work(asked), kind(what) {}

  Work& work;
  Result<void> outcome;
  std::exception_ptr thrown;  ///< by `work`: there is no outcome then
  Kind kind;
  bool leads = false;                ///< its caller is woken to lead
  SleepingPlace* sleeper = nullptr;  ///< its caller, unless that is awake
  QueuedUnit* next = nullptr;
};

/// Units in the order in which they came, linked to each other: a list allocates nothing.
class UnitList {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] QueuedUnit* first() const { return first_; }

  void push_back(QueuedUnit& unit) {
    (last_ ? last_->next : first_) = &unit;
    last_ = &unit;
    ++size_;
  }

  QueuedUnit* pop_front() {
    auto* const unit = first_;
    if (!unit) return nullptr;
    first_ = std::exchange(unit->next, nullptr);
    if (!first_) last_ = nullptr;
    --size_;
    return unit;
  }

 private:
  QueuedUnit* first_ = nullptr;
  QueuedUnit* last_ = nullptr;
  std::size_t size_ = 0;
};

/// What became of units that were to be committed together.
struct Batch {
  UnitList ran;   ///< each has its outcome, and a success is durable
  UnitList left;  ///< there was no time for them
};

/// Has units that are asked for at once committed together. A caller who finds nobody at it leads:
/// runs the units of all who wait, its own first, and wakes them; the first of those who came
/// meanwhile leads next. So there is no thread but the callers', and one who is alone goes straight
/// through. Where what was submitted comes first, a thread leads that begins with the first submit.
/// Threads: any.
/// Source: group commit: DeWitt et al., Implementation Techniques for Main Memory Database Systems,
/// 1984.
class CommitQueue {
 public:
  /// Waits for the store, then asks for the units, and runs at least the first; throws nothing.
  using Commit = std::function<Batch(FunctionRef<UnitList()> take)>;

  explicit CommitQueue(Commit commit) : commit_(std::move(commit)) {}
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  /// Blocks until the unit is durable or refused, and then has `work.done` called; rethrows what
  /// `work` has thrown.
  void transact(Work& work);

  /// Waits for nothing; `work.done` is called for whatever becomes of it.
  void submit(Work& work);

 private:
  void join(QueuedUnit& unit);
  void lead(std::unique_lock<std::mutex>& lock);
  void hand_over(QueuedUnit& next);
  void lead_for_submitted();
  void settle(UnitList ran);
  SleepingPlace& take_place();
  void give_back(SleepingPlace& place);

  Commit commit_;
  std::mutex mutex_;
  std::condition_variable company_;
  UnitList waiting_;        // guarded by mutex_, as all that follows
  std::size_t lately_ = 0;  // units at once, when the last batch ended
  bool has_leader_ = false;
  std::vector<std::unique_ptr<SleepingPlace>> places_;
  SleepingPlace* free_places_ = nullptr;
  ThreadExecutor submitter_;  // ends first, and with it all that was submitted
};

}  // namespace exhibition::sqlite
