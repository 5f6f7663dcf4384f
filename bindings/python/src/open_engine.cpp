#include "open_engine.hpp"

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "held.hpp"

namespace exhibition::python {
namespace {

std::atomic<unsigned> forks_so_far = 0;

/// Engines that are open, and some that were. Never destroyed.
struct Known {
  std::mutex mutex;
  std::vector<std::weak_ptr<OpenEngine>> engines;  // guarded by mutex
};

Known& known() {
  static auto* const engines = new Known;
  return *engines;
}

/// Engines that Python has let go of inside a callback, where none can end. Never destroyed.
struct Leaving {
  std::mutex mutex;
  std::vector<OpenEngine*> engines;  // guarded by mutex
};

Leaving& leaving() {
  static auto* const engines = new Leaving;
  return *engines;
}

}  // namespace

unsigned forks() noexcept {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { ++forks_so_far; });
  static_cast<void>(registered);
  return forks_so_far;
}

std::shared_ptr<OpenEngine> OpenEngine::open(EngineOptions options) {
  const pybind11::gil_scoped_release released;
  auto engine = Engine::open(std::move(options)).value();
  const std::shared_ptr<OpenEngine> opened(new OpenEngine(std::move(engine)), &let_go);
  remember(opened);
  return opened;
}

void OpenEngine::remember(const std::shared_ptr<OpenEngine>& engine) {
  const std::lock_guard lock(known().mutex);
  std::erase_if(known().engines, [](const auto& other) { return other.expired(); });
  known().engines.push_back(engine);
}

void OpenEngine::close_all() {
  std::vector<std::weak_ptr<OpenEngine>> engines;
  {
    const std::lock_guard lock(known().mutex);
    engines.swap(known().engines);
  }
  for (const auto& weak : engines) {
    const auto engine = weak.lock();
    if (engine && engine->opened_after_ == forks()) engine->close();
  }
  end_leaving(nullptr);
}

/// The interpreter's main thread ends it, when it is in no callback itself.
void OpenEngine::let_go_later(OpenEngine* engine) noexcept {
  engine->engine_.close();  // which only marks it, in a callback of its own
  {
    const std::lock_guard lock(leaving().mutex);
    leaving().engines.push_back(engine);
  }
  Py_AddPendingCall(&end_leaving, nullptr);
}

int OpenEngine::end_leaving(void*) {
  std::vector<OpenEngine*> engines;
  {
    const std::lock_guard lock(leaving().mutex);
    engines.swap(leaving().engines);
  }
  for (auto* engine : engines) let_go(engine);
  return 0;
}

void OpenEngine::close() {
  call([](Engine& engine) { engine.close(); });
}

void OpenEngine::let_go(OpenEngine* engine) noexcept {
  if (engine->opened_after_ != forks() || is_ending()) return;
  if (CallDepth::here().callbacks > 0) return let_go_later(engine);
  if (PyGILState_Check() == 0) {
    delete engine;
    return;
  }
  const pybind11::gil_scoped_release released;
  delete engine;
}

void OpenEngine::raise_interrupt() {
  auto& here = CallDepth::here();
  if (here.calls > 1 || !here.interrupt) return;
  const Held interrupt = std::exchange(here.interrupt, Held());
  raise(interrupt.get());
  throw pybind11::error_already_set();
}

void OpenEngine::check_process() const {
  if (opened_after_ == forks()) return;
  const auto error = pybind11::module_::import("exhibition._errors").attr("OpenedInAnotherProcess");
  pybind11::set_error(error,
                      "the engine was opened before this process was forked: open it here anew");
  throw pybind11::error_already_set();
}

}  // namespace exhibition::python
