#include "exhibition/engine.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "bindings.hpp"
#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/memory.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "open_engine.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using Shared = std::shared_ptr<OpenEngine>;
using Path = std::string;  // as os.fsencode gives it

std::shared_ptr<OpenEngine> open(const std::optional<std::string>& path,
                                 const std::chrono::milliseconds& lock_timeout) {
  EngineOptions options;
  if (path) options.storage = sqlite::storage(*path, {.lock_timeout = lock_timeout});
  return OpenEngine::open(std::move(options));
}

/// An engine behind exhibition.Engine, which is written in Python.
struct CoreEngine {
  Shared open;
};

template <class Desk, Desk& (Engine::*desk)()>
auto desk_of() {
  return [](const CoreEngine& self) { return DeskOf<Desk>(self.open, desk); };
}

}  // namespace

void bind_engine(py::module_& module) {
  // A thread that comes to Python when the interpreter ends would never come back.
  py::module_::import("atexit").attr("register")(py::cpp_function(&OpenEngine::close_all));
  py::class_<CoreEngine>(module, "Engine", "An engine, as exhibition.Engine has it.")
      .def(py::init([](const std::optional<py::bytes>& path,
                       Named<std::chrono::milliseconds, "lock_timeout"> lock_timeout) {
             std::optional<std::string> name;
             if (path) name = std::string(*path);
             return CoreEngine{open(name, lock_timeout.value)};
           }),
           py::arg("path"), py::kw_only(), named<"lock_timeout">())
      .def_property_readonly("catalogue", desk_of<Catalogue, &Engine::catalogue>())
      .def_property_readonly("bookings", desk_of<Bookings, &Engine::bookings>())
      .def_property_readonly("vouchers", desk_of<VoucherDesk, &Engine::vouchers>())
      .def_property_readonly("my_page", desk_of<MemberPages, &Engine::my_page>())
      .def_property_readonly("events", desk_of<EventFeed, &Engine::events>())
      .def("close", [](const CoreEngine& self) { self.open->close(); });
}

}  // namespace exhibition::python
