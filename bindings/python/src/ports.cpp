#include "ports.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <utility>

#include "bindings.hpp"
#include "callback.hpp"
#include "casters.hpp"
#include "errors.hpp"
#include "exhibition/testing/manual_clock.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "gil.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using testing::ManualClock;
using testing::ManualMonotonicClock;

/// Of the random bits of an engine, which owns its source of them.
struct Seed {
  std::uint64_t seed = 0;
};

/// What a port of Python has given, as what it should be.
/// Errors: TypeError, InvalidArgument, naming the method.
template <class T, Name method>
T answer_of(const py::object& given) {
  T answer = initial<T>();
  try {
    if (load(given, answer)) return answer;
  } catch (const BadValue& bad) {
    throw Exception(refusal::InvalidArgument{method.text, bad.rule});
  }
  throw py::type_error(std::string(method.text) + " gave a " + Py_TYPE(given.ptr())->tp_name);
}

class PythonClock final : public Clock {
 public:
  explicit PythonClock(const py::object& clock) : clock_(clock) {}
  [[nodiscard]] Instant now() const override {
    return clock_([](const py::object& clock) {
      return answer_of<Instant, "Clock.now">(clock.attr("call").attr("now")());
    });
  }

 private:
  Callback clock_;
};

class PythonRandomSource final : public RandomSource {
 public:
  explicit PythonRandomSource(const py::object& random) : random_(random) {}
  [[nodiscard]] std::uint64_t bits() override {
    return random_([](const py::object& random) {
      return answer_of<std::uint64_t, "RandomSource.bits">(random.attr("call").attr("bits")());
    });
  }

 private:
  Callback random_;
};

class PythonAvailability final : public Availability {
 public:
  PythonAvailability(const py::object& availability, const MonotonicClock& clock)
      : availability_(availability), clock_(clock) {}

  Result<Offer> offer(SessionId session, Moment deadline) override {
    const auto left = std::max(deadline - clock_.now(), std::chrono::nanoseconds{0});
    return availability_([&](const py::object& availability) {
      return offer_of([&] { return availability.attr("call").attr("offer")(session, left); });
    });
  }

 private:
  Callback availability_;
  const MonotonicClock& clock_;
};

/// A subscription at a dispatcher of Python, whose handler may be called until this is closed.
class PythonSlot final : public Subscription::Slot {
 public:
  explicit PythonSlot(py::object place) : place_(std::move(place)) {}
  void close() noexcept override {
    if (is_closed_.exchange(true) || is_ending()) return;
    const WithGil gil;
    try {
      place_.get().attr("close")();
    } catch (py::error_already_set& raised) {
      raised.discard_as_unraisable("EventDispatcher");
    }
  }

 private:
  Held place_;
  std::atomic<bool> is_closed_ = false;
};

class PythonDispatcher final : public EventDispatcher {
 public:
  explicit PythonDispatcher(const py::object& dispatcher) : dispatcher_(dispatcher) {}

  [[nodiscard]] DispatcherCapabilities capabilities() const override {
    return dispatcher_([](const py::object& dispatcher) {
      return dispatcher.attr("call").attr("capabilities").cast<DispatcherCapabilities>();
    });
  }

  Subscription subscribe(Handler handler) override {
    return dispatcher_([&](const py::object& dispatcher) {
      const auto handle = py::cpp_function(
          [handler = std::move(handler)](const Envelope& envelope) {
            const WithoutGil released;
            handler(envelope);
          },
          py::arg("envelope"));
      return Subscription(
          std::make_unique<PythonSlot>(dispatcher.attr("call").attr("subscribe")(handle)));
    });
  }

  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    dispatcher_([&](const py::object& dispatcher) {
      const py::cpp_function tell([&](const py::object& exception) {
        auto error = std::make_exception_ptr(RaisedInPython(exception));
        const WithoutGil released;
        failed(std::move(error));
      });
      // Who keeps it for later has something that ends with this call.
      py::module_::import("exhibition._ports")
          .attr("publish")(dispatcher.attr("call"), envelope, tell);
    });
  }

 private:
  Callback dispatcher_;
};

}  // namespace

std::unique_ptr<Clock> make_clock(const py::object& clock) {
  if (py::isinstance<ManualClock>(clock)) return clock.cast<const ManualClock&>().handle();
  return std::make_unique<PythonClock>(clock);
}

std::unique_ptr<MonotonicClock> make_monotonic_clock(const py::object& clock) {
  return clock.cast<const ManualMonotonicClock&>().handle();
}

std::unique_ptr<RandomSource> make_random_source(const py::object& random) {
  if (py::isinstance<Seed>(random)) {
    return std::make_unique<SeededRandom>(random.cast<const Seed&>().seed);
  }
  return std::make_unique<PythonRandomSource>(random);
}

std::unique_ptr<EventDispatcher> make_dispatcher(const py::object& dispatcher) {
  return std::make_unique<PythonDispatcher>(dispatcher);
}

Offer to_offer(const py::object& given) { return answer_of<Offer, "Availability.offer">(given); }

std::unique_ptr<Availability> make_availability(const py::object& availability,
                                                const MonotonicClock& clock) {
  return std::make_unique<PythonAvailability>(availability, clock);
}

void bind_ports(py::module_& module) {
  bind_value<DispatcherCapabilities>(
      module, "DispatcherCapabilities",
      "What a dispatcher promises beyond the order of each stream and at least once.",
      optional<"synchronous">(&DispatcherCapabilities::synchronous,
                              "When publish returns, its thread has run every handler."),
      optional<"total_order">(&DispatcherCapabilities::total_order,
                              "Events of all streams come in the order of their publication."),
      optional<"exactly_once">(&DispatcherCapabilities::exactly_once,
                               "No handler gets an event twice."));
  py::class_<ManualClock>(
      module, "ManualClock",
      R"(A clock that stands still until it is told to move, in either direction: for tests and
demonstrations.

Threads: any.)")
      .def(py::init([](Named<Instant, "now"> now) { return ManualClock(now.value); }),
           named<"now">())
      .def("now", &ManualClock::now, "The time that it shows.")
      .def(
          "set", [](ManualClock& self, Named<Instant, "now"> now) { self.set(now.value); },
          named<"now">(), "Shows another time.")
      .def(
          "advance",
          [](ManualClock& self, Named<std::chrono::milliseconds, "by"> by) {
            self.advance(by.value);
          },
          named<"by">(), "Moves it on; back, if it is negative.");
  py::class_<ManualMonotonicClock>(
      module, "ManualMonotonicClock",
      R"(A clock of the time that passes, which passes when it is told to: for tests.

Threads: any.)")
      .def(py::init<>())
      .def(
          "advance",
          [](ManualMonotonicClock& self, Named<std::chrono::nanoseconds, "by"> by) {
            self.advance(by.value);
          },
          named<"by">(), "Lets time pass.");
  py::class_<Seed>(
      module, "SeededRandom",
      R"(The same bits for the same seed, on every platform: for tests and demonstrations, never for
secrets. Each engine that it is given to begins with the first ones.)")
      .def(py::init([](Named<std::uint64_t, "seed"> seed) { return Seed{seed.value}; }),
           named<"seed">());
}

}  // namespace exhibition::python
