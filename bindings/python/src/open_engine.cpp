#include "open_engine.hpp"

#include <mutex>
#include <vector>

#include "held.hpp"

namespace exhibition::python {
namespace {

/// What all threads share; guarded by shared_mutex(). Never destroyed.
struct Engines {
  std::vector<std::weak_ptr<OpenEngine>> open;  ///< and some that were
  std::vector<OpenEngine*>
      leaving;  ///< that Python has let go of in a callback, where none can end
};

Engines& engines() {
  static auto* const shared = new Engines;
  return *shared;
}

}  // namespace

std::shared_ptr<OpenEngine> OpenEngine::open(EngineOptions options) {
  const WithoutGil released;
  auto engine = Engine::open(std::move(options)).value();
  const std::shared_ptr<OpenEngine> opened(new OpenEngine(std::move(engine)), &let_go);
  remember(opened);
  return opened;
}

void OpenEngine::remember(const std::shared_ptr<OpenEngine>& engine) {
  const std::lock_guard lock(shared_mutex());
  std::erase_if(engines().open, [](const auto& other) { return other.expired(); });
  engines().open.push_back(engine);
}

void OpenEngine::close_all() {
  std::vector<std::weak_ptr<OpenEngine>> open;
  {
    const std::lock_guard lock(shared_mutex());
    open.swap(engines().open);
  }
  for (const auto& weak : open) {
    const auto engine = weak.lock();
    if (engine && engine->is_of_this_process()) engine->close();
  }
  end_leaving(nullptr);
}

/// The interpreter's main thread ends it, when it is in no callback itself.
void OpenEngine::let_go_later(OpenEngine* engine) noexcept {
  engine->engine_.close();  // which only marks it, in a callback of its own
  {
    const std::lock_guard lock(shared_mutex());
    engines().leaving.push_back(engine);
  }
  Py_AddPendingCall(&end_leaving, nullptr);
}

int OpenEngine::end_leaving(void*) {
  std::vector<OpenEngine*> leaving;
  {
    const std::lock_guard lock(shared_mutex());
    leaving.swap(engines().leaving);
  }
  for (auto* engine : leaving) let_go(engine);
  return 0;
}

void OpenEngine::close() {
  call([](Engine& engine) { engine.close(); });
}

void OpenEngine::let_go(OpenEngine* engine) noexcept {
  if (!engine->is_of_this_process() || is_ending()) return;
  if (CallDepth::here().callbacks > 0) return let_go_later(engine);
  if (PyGILState_Check() == 0) {
    delete engine;
    return;
  }
  const WithoutGil released;
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
  if (is_of_this_process()) return;
  const auto error = pybind11::module_::import("exhibition._errors").attr("OpenedInAnotherProcess");
  pybind11::set_error(error,
                      "the engine was opened before this process was forked: open it here anew");
  throw pybind11::error_already_set();
}

}  // namespace exhibition::python
