#pragma once

#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "exhibition/core/result.hpp"

namespace exhibition {

/// Gets the answer of an asynchronous command, once, on the engine's executor. An empty one is told
/// nothing.
template <class T>
using Completion = std::function<void(Result<T>)>;

/// A command that begins when a coroutine awaits it, which goes on with the answer on the engine's
/// executor:
///
///     const ReserveRequest request{.session = session, .member = "seokwon"};
///     const auto reserved = co_await museum.bookings().reserve_async(request);
///
/// The request has a name there because GCC 12 destroys twice what is made with braces inside a
/// co_await. A coroutine that is destroyed while it waits, on the executor, is not resumed; the
/// command is carried out all the same.
template <class T>
class [[nodiscard]] Awaited {
 public:
  explicit Awaited(std::function<void(Completion<T>)> begin) : begin_(std::move(begin)) {}
  ~Awaited() { shared_->waiting = std::coroutine_handle<>(); }
  Awaited(const Awaited&) = delete;
  Awaited& operator=(const Awaited&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> waiting) {
    shared_->waiting = waiting;
    // The coroutine may have ended, and this with it, before `begin` returns.
    const auto begin = std::move(begin_);
    begin([shared = shared_](Result<T> answer) {
      shared->answer = std::move(answer);
      if (const auto handle = shared->waiting.exchange({})) handle.resume();
    });
  }

  [[nodiscard]] Result<T> await_resume() { return *std::move(shared_->answer); }

 private:
  struct Shared {
    std::atomic<std::coroutine_handle<>> waiting = std::coroutine_handle<>();
    std::optional<Result<T>> answer;
  };

  std::function<void(Completion<T>)> begin_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace exhibition
