#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>

#include "exhibition/ports/executor.hpp"

namespace exhibition {

/// Counts the calls that are inside an engine, so that closing waits for them. From inside a call,
/// closing marks only, and the last call to leave finishes.
/// Threads: any.
class Gate {
 public:
  explicit Gate(std::function<void()> finish) : finish_(std::move(finish)) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// The stay of a call that goes on when its caller has left. It ends on a thread of a store, which
  /// cannot finish: that is done by `others`, which end before the gate.
  class Stay {
   public:
    Stay(Gate& gate, Executor& others) : gate_(gate), others_(others), admitted_(gate.enter()) {}
    ~Stay() {
      if (admitted_) gate_.leave_to(others_);
    }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

    explicit operator bool() const { return admitted_; }

   private:
    friend class Gate;
    Gate& gate_;
    Executor& others_;
    bool admitted_;
  };

  /// One call's stay inside; false when the gate was closed before it came.
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate), outer_(innermost()), admitted_(gate.enter()) {
      innermost() = this;
    }
    /// Of a part of a call that was let in already.
    explicit Pass(const Stay& stay) : Pass(stay.gate_, Part{}) {}
    ~Pass() {
      innermost() = outer_;
      if (admitted_ && counts_) gate_.leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    explicit operator bool() const { return admitted_; }

   private:
    friend class Gate;
    struct Part {};
    Pass(Gate& gate, Part) : gate_(gate), outer_(innermost()), admitted_(true), counts_(false) {
      innermost() = this;
    }
    static const Pass*& innermost() {
      thread_local const Pass* pass = nullptr;
      return pass;
    }

    Gate& gate_;
    const Pass* outer_;
    bool admitted_;
    bool counts_ = true;
  };

  /// Whether the calling thread is inside.
  [[nodiscard]] bool is_inside() const {
    for (const auto* pass = Pass::innermost(); pass != nullptr; pass = pass->outer_) {
      if (&pass->gate_ == this && pass->admitted_) return true;
    }
    return false;
  }

  /// Lets nobody else in; unless the calling thread is inside, waits until everything is finished.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    if (is_inside()) return;
    ++closing_;
    changed_.wait(lock, [&] { return inside_ == 0; });
    --closing_;
    finish(lock);
    changed_.wait(lock, [&] { return finished_; });
  }

 private:
  bool enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
  }

  void leave() {
    std::unique_lock lock(mutex_);
    leave_others_to_finish();
    if (closed_ && inside_ == 0 && closing_ == 0) finish(lock);
  }

  /// The last one stays until one of the others has come to leave in its place.
  void leave_to(Executor& others) {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_ || inside_ > 1 || closing_ > 0) {
        leave_others_to_finish();
        return;
      }
    }
    others.post([this] { leave(); });
  }

  void leave_others_to_finish() {
    if (--inside_ == 0) changed_.notify_all();
  }

  void finish(std::unique_lock<std::mutex>& lock) {
    if (std::exchange(finishing_, true)) return;
    lock.unlock();
    {
      // What it destroys is the host's, and may call close() once more.
      const Pass inside(*this, Pass::Part{});
      finish_();
    }
    lock.lock();
    finished_ = true;
    changed_.notify_all();
  }

  std::function<void()> finish_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;   // guarded by mutex_, as all that follows
  std::size_t closing_ = 0;  // who waits for those inside
  bool closed_ = false;
  bool finishing_ = false;
  bool finished_ = false;
};

}  // namespace exhibition
