#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
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
#include "exhibition/resilience/verdict.hpp"
#include "exhibition/resilience/worker_pool.hpp"

namespace exhibition {

/// A Timeout whose caller leaves at the deadline, for calls that do not look at theirs: they are made
/// on a thread of a pool. One that was left is asked to stop by CallContext::stop, runs on, and what
/// it gives is dropped. So the call must own, or share, whatever it uses: it is copied for each
/// attempt, and may outlive its caller. Declare the pool after the policies inside this one, so that
/// it ends before them.
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
    if (inner.is_over()) return timeout_.not_asked();
    std::stop_source abandon;
    inner.stop = abandon.get_token();
    auto call = std::make_shared<Call<std::decay_t<Next>, Answer>>(std::forward<Next>(next), inner);
    const std::stop_callback pass_on(context.stop, [&] { call->leave(abandon); });
    if (!pool_.try_start(call)) return refusal::Overloaded{hint(timeout_.span())};
    const LeaveAtTheEnd left{*call, abandon};
    auto answer = call->wait();
    if (answer) return *std::move(answer);
    const bool was_waited_for = !context.stop.stop_requested();
    return call->has_begun() && was_waited_for ? timeout_.missed() : timeout_.not_asked();
  }

 private:
  /// Shared by the caller and the thread that makes the call. It runs, has answered, and is done
  /// once its thread is free; or its caller leaves while it runs, and it lets go of what it gets.
  template <class Next, class Answer>
  class Call final : public WorkerPool::Task {
   public:
    template <class N>
    Call(N&& next, CallContext context)
        : next_(std::forward<N>(next)), context_(std::move(context)) {
      context_.beginning = &beginning_;
    }

    void run() noexcept override {
      std::optional<Answer> answer;
      std::exception_ptr thrown;
      bool is_refused = false;
      if (!context_.is_over()) {
        try {
          answer.emplace((*next_)(context_));
          is_refused = !*answer && is_refusal(answer->error());
        } catch (const std::exception& exception) {
          is_refused = is_refusal(&exception);
          thrown = std::current_exception();
        } catch (...) {
          thrown = std::current_exception();
        }
      }
      next_.reset();  // what it owns ends before its caller goes on
      const bool is_late = !is_refused && context_.clock->now() > context_.deadline;
      const std::lock_guard lock(mutex_);
      if (state_ == State::left) return;
      state_ = State::answered;
      if (is_late) return;
      answer_.swap(answer);
      thrown_.swap(thrown);
    }

    void done() noexcept override {
      const std::lock_guard lock(mutex_);
      if (state_ == State::answered) state_ = State::done;
      changed_.notify_one();
    }

    /// None when it is not there in time.
    std::optional<Answer> wait() {
      std::unique_lock lock(mutex_);
      while (state_ == State::runs && !context_.is_expired()) {
        context_.clock->wait_until(context_.deadline, changed_, lock);
      }
      // Its thread is about to be free.
      changed_.wait(lock, [&] { return state_ != State::answered; });
      if (state_ != State::done) return std::nullopt;
      if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
      return std::exchange(answer_, std::nullopt);
    }

    /// Its caller waits no longer.
    void leave(std::stop_source& abandon) {
      {
        const std::lock_guard lock(mutex_);
        if (state_ != State::runs) return;
        state_ = State::left;
      }
      abandon.request_stop();
      changed_.notify_one();
    }

    /// Whether it was made; if not, it never is.
    [[nodiscard]] bool has_begun() { return !beginning_.give_up(); }

   private:
    enum class State : std::uint8_t { runs, answered, done, left };

    std::optional<Next> next_;
    CallContext context_;
    Beginning beginning_;
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::runs;     // guarded by mutex_
    std::optional<Answer> answer_;  // for the caller once it is done, as what follows
    std::exception_ptr thrown_;
  };

  /// However the caller leaves: its clock may throw, its thread be cancelled.
  template <class Left>
  struct LeaveAtTheEnd {
    Left& call;
    std::stop_source& abandon;
    ~LeaveAtTheEnd() { call.leave(abandon); }
  };
  template <class Left>
  LeaveAtTheEnd(Left&, std::stop_source&) -> LeaveAtTheEnd<Left>;

  Timeout timeout_;
  WorkerPool& pool_;
};

}  // namespace exhibition
