#include "commit_queue.hpp"

#include <chrono>

#include "exhibition/core/exception_text.hpp"

namespace exhibition::sqlite {
namespace {

using namespace std::chrono_literals;

/// Callers whom a batch has woken are back within it, if they come back at once. Without the wait
/// they would fall into two halves, each waiting for the other's commit.
constexpr auto patience = 100us;

void wake(SleepingPlace& sleeper) {
  sleeper.wakings.fetch_add(1, std::memory_order_release);
  sleeper.wakings.notify_one();
}

void finish(std::unique_ptr<QueuedUnit> submitted) {
  if (submitted->thrown) submitted->outcome = refusal::StorageFailure{text_of(submitted->thrown)};
  submitted->work.done(std::move(submitted->outcome));
}

}  // namespace

void CommitQueue::transact(Work& work) {
  QueuedUnit unit(work, QueuedUnit::Kind::awaited);
  std::unique_lock lock(mutex_);
  if (std::exchange(has_leader_, true)) {
    auto& place = take_place();
    unit.sleeper = &place;
    join(unit);
    const auto wakings = place.wakings.load(std::memory_order_relaxed);
    lock.unlock();
    place.wakings.wait(wakings, std::memory_order_acquire);
    if (unit.leads) {
      lock.lock();
      unit.sleeper = nullptr;
      give_back(place);
      lead(lock);
    }
  } else {
    waiting_.push_back(unit);
    lead(lock);
  }
  if (unit.thrown) std::rethrow_exception(unit.thrown);
}

void CommitQueue::submit(Work& work) {
  auto unit = std::make_unique<QueuedUnit>(work, QueuedUnit::Kind::submitted);
  std::unique_lock lock(mutex_);
  join(*unit.release());
  if (std::exchange(has_leader_, true)) return;
  lock.unlock();
  lead_for_submitted();
}

void CommitQueue::join(QueuedUnit& unit) {
  waiting_.push_back(unit);
  if (waiting_.size() == lately_) company_.notify_one();
}

void CommitQueue::lead(std::unique_lock<std::mutex>& lock) {
  if (lately_ > 1) {
    company_.wait_for(lock, patience, [this] { return waiting_.size() >= lately_; });
  }
  lock.unlock();
  Batch batch = commit_([this] {
    const std::lock_guard again(mutex_);
    return std::exchange(waiting_, {});
  });

  lock.lock();
  while (auto* const late = waiting_.pop_front()) batch.left.push_back(*late);
  waiting_ = batch.left;
  lately_ = batch.ran.size() + waiting_.size();
  auto* const next = waiting_.first();
  has_leader_ = next != nullptr;
  lock.unlock();

  if (next) hand_over(*next);
  settle(batch.ran);
}

void CommitQueue::hand_over(QueuedUnit& next) {
  if (next.kind == QueuedUnit::Kind::submitted) return lead_for_submitted();
  next.leads = true;
  wake(*next.sleeper);
}

void CommitQueue::lead_for_submitted() {
  submitter_.post([this] {
    std::unique_lock lock(mutex_);
    lead(lock);
  });
}

/// What `done` does may come back to this queue: nothing is held.
void CommitQueue::settle(UnitList ran) {
  SleepingPlace* woken = nullptr;
  while (auto* const unit = ran.pop_front()) {
    if (unit->kind == QueuedUnit::Kind::submitted) {
      finish(std::unique_ptr<QueuedUnit>(unit));
      continue;
    }
    if (!unit->thrown) unit->work.done(std::move(unit->outcome));
    auto* const place = unit->sleeper;
    if (!place) continue;  // the leader's own
    wake(*place);
    place->next = woken;
    woken = place;
  }
  if (!woken) return;
  const std::lock_guard lock(mutex_);
  while (woken) give_back(*std::exchange(woken, woken->next));
}

SleepingPlace& CommitQueue::take_place() {
  if (free_places_) {
    auto& place = *free_places_;
    free_places_ = place.next;
    return place;
  }
  return *places_.emplace_back(std::make_unique<SleepingPlace>());
}

void CommitQueue::give_back(SleepingPlace& place) {
  place.next = free_places_;
  free_places_ = &place;
}

}  // namespace exhibition::sqlite
