#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <type_traits>
#include <utility>

#include "callback.hpp"
#include "exhibition/engine.hpp"
#include "forks.hpp"
#include "gil.hpp"

namespace exhibition::python {

/// An engine in the hands of Python: of the process that opened it, and of no other one.
/// Threads: any.
class OpenEngine {
 public:
  /// Opens without the GIL.
  /// Errors: as Engine::open.
  static std::shared_ptr<OpenEngine> open(EngineOptions options);

  /// Gives what `call(engine)` gives, which runs without the GIL.
  /// Errors: OpenedInAnotherProcess.
  template <class Call>
  auto call(Call&& use) {
    check_process();
    auto& here = CallDepth::here();
    if (here.calls == 0) here.refusal = Held();
    const Counted inside(here.calls);
    if constexpr (std::is_void_v<std::invoke_result_t<Call&, Engine&>>) {
      without_gil([&] { use(engine_); });
      raise_interrupt();
    } else {
      auto answer = without_gil([&] { return use(engine_); });
      raise_interrupt();
      return answer;
    }
  }

  void close();
  /// Whether this process has opened it.
  [[nodiscard]] bool is_of_this_process() const noexcept { return opened_after_ == forks(); }

  /// Closes all that are open, while the interpreter can still be entered.
  static void close_all();

 private:
  explicit OpenEngine(Engine engine) : engine_(std::move(engine)) {}

  /// Closes it without the GIL; but lets it be in a process that it was not opened in, where it
  /// must touch nothing.
  static void let_go(OpenEngine* engine) noexcept;
  static void remember(const std::shared_ptr<OpenEngine>& engine);
  static void let_go_later(OpenEngine* engine) noexcept;
  static int end_leaving(void*);
  void check_process() const;
  /// What a callback of the outermost call has raised and does not concern the engine.
  static void raise_interrupt();

  template <class Call>
  static auto without_gil(Call&& call) {
    const WithoutGil released;
    return call();
  }

  Engine engine_;
  unsigned opened_after_ = forks();
};

/// A desk of an engine. It keeps the engine.
/// Threads: any.
template <class Desk>
class DeskOf {
 public:
  DeskOf(std::shared_ptr<OpenEngine> engine, Desk& (Engine::*desk)())
      : engine_(std::move(engine)), desk_(desk) {}

  /// Gives what `call(desk)` gives, a Result's value or its Error as an exception.
  template <class Call>
  auto call(Call&& use) const {
    return engine_->call([&](Engine& engine) { return use((engine.*desk_)()); });
  }
  [[nodiscard]] bool is_of_this_process() const noexcept { return engine_->is_of_this_process(); }

 private:
  std::shared_ptr<OpenEngine> engine_;
  Desk& (Engine::*desk_)();
};

}  // namespace exhibition::python
