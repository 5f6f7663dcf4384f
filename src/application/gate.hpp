#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>

namespace exhibition {

/// Counts the calls that are inside an engine, so that closing waits for them. From inside a call,
/// closing marks only, and the last call to leave finishes.
/// Threads: any.
class Gate {
 public:
  explicit Gate(std::function<void()> finish) : finish_(std::move(finish)) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// One call's stay inside; false when the gate was closed before it came.
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate), outer_(innermost()), admitted_(gate.enter()) {
      innermost() = this;
    }
    ~Pass() {
      innermost() = outer_;
      if (admitted_ && !finishes_) gate_.leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    explicit operator bool() const { return admitted_; }

   private:
    friend class Gate;
    struct Finishing {};
    Pass(Gate& gate, Finishing)
        : gate_(gate), outer_(innermost()), admitted_(true), finishes_(true) {
      innermost() = this;
    }
    static const Pass*& innermost() {
      thread_local const Pass* pass = nullptr;
      return pass;
    }

    Gate& gate_;
    const Pass* outer_;
    bool admitted_;
    bool finishes_ = false;
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
    finish_when_empty(lock);
    finished_changed_.wait(lock, [&] { return finished_; });
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
    --inside_;
    if (closed_) finish_when_empty(lock);
  }

  void finish_when_empty(std::unique_lock<std::mutex>& lock) {
    if (inside_ > 0 || finishing_) return;
    finishing_ = true;
    lock.unlock();
    {
      // What it destroys is the host's, and may call close() once more.
      const Pass inside(*this, Pass::Finishing{});
      finish_();
    }
    lock.lock();
    finished_ = true;
    finished_changed_.notify_all();
  }

  std::function<void()> finish_;
  std::mutex mutex_;
  std::condition_variable finished_changed_;
  std::size_t inside_ = 0;  // guarded by mutex_
  bool closed_ = false;     // guarded by mutex_
  bool finishing_ = false;  // guarded by mutex_
  bool finished_ = false;   // guarded by mutex_
};

}  // namespace exhibition
