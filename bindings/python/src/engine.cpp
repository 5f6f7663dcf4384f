#include "exhibition/engine.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "answers.hpp"
#include "bindings.hpp"
#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/memory.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "gil.hpp"
#include "open_engine.hpp"
#include "ports.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

/// An engine behind exhibition.Engine, which is written in Python.
struct CoreEngine {
  std::shared_ptr<OpenEngine> open;
};

template <class Desk, Desk& (Engine::*desk)()>
auto desk_of() {
  return [](const CoreEngine& self) { return DeskOf<Desk>(self.open, desk); };
}

/// A path as os.fsencode gives it; none for what is kept in memory.
using Path = std::optional<std::string>;

Path path_of(const std::optional<py::bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string(*bytes);
}

/// What was thrown, as an exception of Python's.
py::object exception_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const RaisedInPython& raised) {
    return py::reinterpret_borrow<py::object>(raised.exception());
  } catch (const AwayInPython& away) {
    return py::reinterpret_borrow<py::object>(away.exception());
  } catch (const Exception& refused) {
    return to_exception(refused.error());
  } catch (const PortError& failed) {
    return to_exception(refusal::StorageFailure{failed.what()});
  } catch (const std::exception& other) {
    return py::module_::import("builtins").attr("RuntimeError")(other.what());
  }
}

/// Gets what a subscriber has raised.
auto error_handler(const py::object& handler) {
  return [call = Callback(handler)](const Envelope& envelope, const std::exception_ptr& error) {
    call([&](const py::object& target) { target.attr("call")(envelope, exception_of(error)); });
  };
}

/// Answers for a catalogue elsewhere.
auto fallback_of(const py::object& handler) {
  return [call = Callback(handler)](SessionId session, const FailedCall& failed) {
    return call([&](const py::object& target) {
      py::object error = py::none();
      if (failed.error) error = to_exception(*failed.error);
      if (failed.thrown) error = exception_of(failed.thrown);
      return offer_of([&] { return target.attr("call")(session, error); });
    });
  };
}

/// A catalogue elsewhere, and what guards the calls of it.
struct Elsewhere {
  py::object port;
  BreakerOptions breaker;
  std::chrono::nanoseconds timeout{0};
  BulkheadOptions bulkhead;
  py::object fallback;
  py::object on_breaker_event;

  /// With the clock of the engine that they are for.
  void put_into(EngineOptions& options) const {
    auto& availability = options.availability;
    availability.port = make_availability(port, *options.monotonic_clock);
    availability.breaker = breaker;
    availability.timeout = timeout;
    availability.bulkhead = bulkhead;
    if (!fallback.is_none()) availability.fallback = fallback_of(fallback);
    if (on_breaker_event.is_none()) return;
    availability.on_breaker_event = [call = Callback(on_breaker_event)](const BreakerEvent& event) {
      call([&](const py::object& target) { target.attr("call")(event); });
    };
  }
};

struct Stores {
  Path path;
  Path my_page;
  bool has_my_page = false;  ///< somewhere else than beside the booking file
  Path archive;
  std::chrono::milliseconds lock_timeout{0};
  bool background_checkpoints = false;

  /// Opens them, which may take as long as lock_timeout.
  void put_into(EngineOptions& options) const {
    const sqlite::Options sqlite_options{.lock_timeout = lock_timeout,
                                         .background_checkpoints = background_checkpoints};
    if (path) options.storage = sqlite::storage(*path, sqlite_options);
    if (has_my_page) {
      options.my_pages = my_page ? sqlite::my_pages(*my_page, sqlite_options) : memory::my_pages();
    }
    if (archive) options.archive = files::archive(*archive);
  }
};

/// What open() calls the options of an engine that are called otherwise in C++.
std::string_view argument_of(std::string_view field) {
  if (field == "admission.limit") return "max_inside";
  if (field == "admission.max_delay") return "max_delay";
  if (field == "admission.refusal_lifetime") return "refusal_lifetime";
  return field;
}

std::shared_ptr<OpenEngine> open(const Stores& stores, EngineOptions options) {
  {
    const WithoutGil released;
    stores.put_into(options);
  }
  try {
    return OpenEngine::open(std::move(options));
  } catch (const Exception& refused) {
    const auto* no = std::get_if<refusal::InvalidArgument>(&refused.error().detail);
    if (!no) throw;
    throw Exception(refusal::InvalidArgument{argument_of(no->field), no->rule, no->index});
  }
}

}  // namespace

void bind_engine(py::module_& module) {
  // A thread that comes to Python when the interpreter ends would never come back.
  py::module_::import("atexit").attr("register")(py::cpp_function(&OpenEngine::close_all));

  py::class_<Elsewhere>(module, "_Elsewhere",
                        "What exhibition.open is told of a catalogue elsewhere.")
      .def(py::init([](py::object port, const BreakerOptions& breaker,
                       Named<std::chrono::nanoseconds, "availability_timeout"> timeout,
                       Named<std::size_t, "availability_limit"> limit,
                       Named<std::size_t, "availability_queue"> queue,
                       Named<std::chrono::nanoseconds, "availability_max_wait"> max_wait,
                       py::object fallback, py::object on_breaker_event) {
             return Elsewhere{std::move(port),     breaker,
                              timeout.value,       {limit.value, queue.value, max_wait.value},
                              std::move(fallback), std::move(on_breaker_event)};
           }),
           py::arg("port"), py::arg("breaker"), named<"availability_timeout">(),
           named<"availability_limit">(), named<"availability_queue">(),
           named<"availability_max_wait">(), py::arg("fallback"), py::arg("on_breaker_event"));

  py::class_<CoreEngine>(module, "_Engine", "An engine, as exhibition.Engine has it.")
      .def(py::init([](const std::optional<py::bytes>& path,
                       const std::optional<std::tuple<std::optional<py::bytes>>>& my_page,
                       const std::optional<py::bytes>& archive,
                       Named<std::chrono::milliseconds, "lock_timeout"> lock_timeout,
                       bool background_checkpoints, Named<std::chrono::milliseconds, "lease"> lease,
                       Named<std::size_t, "max_inside"> max_inside,
                       Named<std::chrono::nanoseconds, "max_delay"> max_delay,
                       Named<std::chrono::nanoseconds, "refusal_lifetime"> refusal_lifetime,
                       const py::object& clock, const py::object& monotonic_clock,
                       const py::object& random, const py::object& dispatcher,
                       const py::object& on_subscriber_error,
                       const std::optional<Elsewhere>& availability) {
             EngineOptions options;
             options.lease = lease.value;
             options.admission = {.limit = max_inside.value,
                                  .max_delay = max_delay.value,
                                  .refusal_lifetime = refusal_lifetime.value};
             options.executor = std::make_unique<HandingOn>();
             if (!clock.is_none()) options.clock = make_clock(clock);
             if (!monotonic_clock.is_none()) {
               options.monotonic_clock = make_monotonic_clock(monotonic_clock);
             }
             if (!random.is_none()) options.random = make_random_source(random);
             if (!dispatcher.is_none()) options.dispatcher = make_dispatcher(dispatcher);
             if (!on_subscriber_error.is_none()) {
               options.on_subscriber_error = error_handler(on_subscriber_error);
             }
             if (availability) availability->put_into(options);
             Stores stores{.path = path_of(path),
                           .my_page = {},
                           .has_my_page = my_page.has_value(),
                           .archive = path_of(archive),
                           .lock_timeout = lock_timeout.value,
                           .background_checkpoints = background_checkpoints};
             if (my_page) stores.my_page = path_of(std::get<0>(*my_page));
             return CoreEngine{open(stores, std::move(options))};
           }),
           py::arg("path"), py::kw_only(), py::arg("my_page"), py::arg("archive"),
           named<"lock_timeout">(), py::arg("background_checkpoints").noconvert(), named<"lease">(),
           named<"max_inside">(), named<"max_delay">(), named<"refusal_lifetime">(),
           py::arg("clock"), py::arg("monotonic_clock"), py::arg("random"), py::arg("dispatcher"),
           py::arg("on_subscriber_error"), py::arg("availability"))
      .def_property_readonly("catalogue", desk_of<Catalogue, &Engine::catalogue>())
      .def_property_readonly("bookings", desk_of<Bookings, &Engine::bookings>())
      .def_property_readonly("vouchers", desk_of<VoucherDesk, &Engine::vouchers>())
      .def_property_readonly("my_page", desk_of<MemberPages, &Engine::my_page>())
      .def_property_readonly("events", desk_of<EventFeed, &Engine::events>())
      .def("stats",
           [](const CoreEngine& self) {
             return self.open->call([](Engine& engine) { return engine.stats(); });
           })
      .def("audit",
           [](const CoreEngine& self) {
             return value_of(self.open->call([](Engine& engine) { return engine.audit(); }));
           })
      .def(
          "backup",
          [](const CoreEngine& self, const py::bytes& path) {
            const std::string name(path);
            value_of(self.open->call([&](Engine& engine) { return engine.backup(name); }));
          },
          py::arg("path"))
      .def("close", [](const CoreEngine& self) { self.open->close(); });
}

}  // namespace exhibition::python
