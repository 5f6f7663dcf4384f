#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/layer.hpp"
#include "exhibition/resilience/timeout.hpp"
#include "exhibition/resilience/worker_pool.hpp"

namespace exhibition {

/// A Timeout whose caller leaves at the deadline, for calls that do not look at theirs: they are made
/// on a thread of a pool. One that was left is asked to stop by CallContext::stop, runs on, and what
/// it gives is dropped. So the call must own, or share, whatever it uses: it is copied for each
/// attempt, and may outlive its caller.
/// Threads: any.
class WorkerTimeout {
 public:
  static constexpr Layer layer = Layer::timeout;
  /// Tells a Pipeline that what goes on inside this may outlive the caller.
  static constexpr bool detaches = true;

  /// The pool and the policies inside this one outlive every call.
  /// Errors: as Timeout.
  WorkerTimeout(std::chrono::nanoseconds span, WorkerPool& pool,
                const MonotonicClock& clock = steady_clock())
      : timeout_(span, clock), pool_(pool) {}

  /// As a part of a Pipeline. What the call throws in time is thrown here.
  /// Errors: timeout; overloaded when all threads are busy.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge&) const {
    using Answer = std::invoke_result_t<Next&, const CallContext&>;
    CallContext inner = timeout_.begin(context);
    if (inner.is_expired()) return timeout_.missed();
    std::stop_source abandon;
    inner.stop = abandon.get_token();
    const std::stop_callback pass_on(context.stop, [&] { abandon.request_stop(); });
    auto call = std::make_shared<Call<std::decay_t<Next>, Answer>>(std::forward<Next>(next), inner);
    if (!pool_.try_start(call)) return refusal::Overloaded{hint(timeout_.span())};
    auto answer = call->wait();
    if (answer) return *std::move(answer);
    abandon.request_stop();
    return timeout_.missed();
  }

 private:
  /// Shared by the caller and the thread that makes the call.
  template <class Next, class Answer>
  class Call final : public WorkerPool::Task {
   public:
    template <class N>
    Call(N&& next, CallContext context)
        : next_(std::forward<N>(next)), context_(std::move(context)) {}

    void run() noexcept override {
      try {
        answer_.emplace((*next_)(context_));
      } catch (...) {
        thrown_ = std::current_exception();
      }
      next_.reset();  // what it owns ends before its caller goes on
    }

    void done() noexcept override {
      const std::lock_guard lock(mutex_);
      is_done_ = true;
      done_.notify_one();
    }

    /// None when it is not there in time.
    std::optional<Answer> wait() {
      std::unique_lock lock(mutex_);
      while (!is_done_ && !context_.is_expired()) {
        context_.clock->wait_until(context_.deadline, done_, lock);
      }
      if (!is_done_) return std::nullopt;
      if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
      return std::exchange(answer_, std::nullopt);
    }

   private:
    std::optional<Next> next_;
    CallContext context_;
    std::optional<Answer> answer_;  // for the caller once it is done, as what follows
    std::exception_ptr thrown_;
    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;  // guarded by mutex_
  };

  Timeout timeout_;
  WorkerPool& pool_;
};

}  // namespace exhibition
