#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bindings.hpp"
#include "callback.hpp"
#include "exhibition/resilience/bulkhead.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/resilience/rate_limiter.hpp"
#include "exhibition/resilience/retry.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "gil.hpp"
#include "value.hpp"

/// What exhibition/_resilience.py is made of: the policies' decisions are C++'s, the calls Python's.

namespace exhibition::python {
namespace {

using testing::ManualMonotonicClock;
using Clock = std::optional<ManualMonotonicClock>;
using Seconds = std::chrono::nanoseconds;

/// A policy with the clock that it goes by, which the host's clock moves if it gave one.
template <class Policy>
class Clocked {
 public:
  template <class... Arguments>
  explicit Clocked(Clock clock, Arguments&&... arguments)
      : clock_(std::move(clock)),
        policy_(std::forward<Arguments>(arguments)...,
                clock_ ? static_cast<const MonotonicClock&>(*clock_) : steady_clock()) {}
  [[nodiscard]] Policy& operator*() { return policy_; }
  [[nodiscard]] Policy* operator->() { return &policy_; }

 private:
  Clock clock_;
  Policy policy_;
};

using Breaker = Clocked<CircuitBreaker>;
using Room = Clocked<Bulkhead>;
using Limiter = Clocked<RateLimiter>;

/// A permit, which keeps the policy that it is of.
template <class Policy, class Permit>
struct Permitted {
  std::shared_ptr<Policy> policy;
  std::optional<Permit> permit;
};
using BreakerPermit = Permitted<Breaker, CircuitBreaker::Permit>;
using Place = Permitted<Room, Bulkhead::Permit>;

void bind_breaker(py::module_& module) {
  py::class_<BreakerPermit>(module, "_BreakerPermit")
      .def(
          "finish",
          [](BreakerPermit& self, Verdict verdict) {
            if (self.permit) self.permit->finish(verdict);
          },
          py::arg("verdict"))
      .def("succeed",
           [](BreakerPermit& self) {
             if (self.permit) self.permit->finish(Verdict::success);
           })
      .def(
          "open_for",
          [](BreakerPermit& self, std::chrono::nanoseconds span) {
            if (self.permit) self.permit->open_for(span);
          },
          py::arg("span"));
  py::class_<Breaker, std::shared_ptr<Breaker>>(module, "_CircuitBreaker")
      .def(py::init([](Named<std::string, "name"> name, const BreakerOptions& options,
                       const Clock& clock) {
             return std::make_shared<Breaker>(clock, std::move(name.value), options);
           }),
           named<"name">(), py::arg("options"), py::arg("clock"))
      .def("acquire",
           [](const std::shared_ptr<Breaker>& self) {
             return BreakerPermit{self, value_of((*self)->acquire())};
           })
      .def("snapshot", [](Breaker& self) { return self->snapshot(); })
      .def(
          "listen",
          [](Breaker& self, const py::object& listener) {
            self->listen([call = Callback(listener)](const BreakerEvent& event) {
              call([&](const py::object& target) { target.attr("call")(event); });
            });
          },
          py::arg("listener"))
      .def("force_open", [](Breaker& self) { self->force_open(); })
      .def("disable", [](Breaker& self) { self->disable(); })
      .def("only_measure", [](Breaker& self) { self->only_measure(); })
      .def("reset", [](Breaker& self) { self->reset(); });
}

void bind_bulkhead(py::module_& module) {
  py::class_<Place>(module, "_Place").def("leave", [](Place& self) { self.permit.reset(); });
  py::class_<Room, std::shared_ptr<Room>>(module, "_Bulkhead")
      .def(py::init([](Named<std::string, "name"> name, Named<std::size_t, "limit"> limit,
                       Named<std::size_t, "queue"> queue, Named<Seconds, "max_wait"> max_wait,
                       const Clock& clock) {
             return std::make_shared<Room>(
                 clock, std::move(name.value),
                 BulkheadOptions{limit.value, queue.value, max_wait.value});
           }),
           named<"name">(), named<"limit">(), named<"queue">(), named<"max_wait">(),
           py::arg("clock"))
      .def(
          "acquire",
          [](const std::shared_ptr<Room>& self, Named<std::optional<Seconds>, "left"> left) {
            CallContext context;
            if (left.value) context.deadline = later(steady_now(), *left.value);
            return Place{self, value_of([&] {
                           const WithoutGil released;  // it may have to wait for its turn
                           return (*self)->acquire(context);
                         }())};
          },
          named<"left">())
      .def("snapshot", [](Room& self) { return self->snapshot(); });
}

void bind_rate_limiter(py::module_& module) {
  py::class_<Limiter>(module, "_RateLimiter")
      .def(py::init([](Named<std::string, "name"> name, Named<std::uint32_t, "calls"> calls,
                       Named<Seconds, "per"> per,
                       Named<std::optional<std::uint32_t>, "burst"> burst, const Clock& clock) {
             return std::make_unique<Limiter>(
                 clock, std::move(name.value),
                 RateLimiterOptions{calls.value, per.value, burst.value});
           }),
           named<"name">(), named<"calls">(), named<"per">(), named<"burst">(), py::arg("clock"))
      .def("acquire", [](Limiter& self) { value_of(self->acquire()); });
}

void bind_retry(py::module_& module) {
  py::class_<Retry>(module, "_Retry")
      .def(py::init([](Named<std::size_t, "attempts"> attempts, Named<Seconds, "backoff"> backoff,
                       Named<double, "factor"> factor, Named<Seconds, "max_backoff"> max_backoff,
                       Named<Seconds, "max_wait"> max_wait, Named<double, "jitter"> jitter,
                       Named<std::size_t, "budget"> budget) {
             return std::make_unique<Retry>(RetryOptions{
                 .attempts = attempts.value,
                 .backoff = backoff.value,
                 .factor = factor.value,
                 .max_backoff = max_backoff.value,
                 .max_wait = max_wait.value,
                 .jitter = jitter.value,
                 .budget = budget.value,
             });
           }),
           named<"attempts">(), named<"backoff">(), named<"factor">(), named<"max_backoff">(),
           named<"max_wait">(), named<"jitter">(), named<"budget">())
      .def(
          "pause_after",
          [](Retry& self, Named<std::size_t, "attempt"> attempt, Verdict verdict,
             const py::object& raised, Named<std::optional<Seconds>, "left"> left) {
            const auto error = to_error(raised);
            return self.pause_after(attempt.value, verdict, error ? &*error : nullptr,
                                    left.value.value_or(Seconds::max()));
          },
          named<"attempt">(), py::arg("verdict"), py::arg("raised"), named<"left">());
}

void bind_snapshots(py::module_& module) {
  bind_value<Tally>(module, "Tally", "Calls that were judged, and how many of them were bad.",
                    optional<"calls">(&Tally::calls), optional<"failures">(&Tally::failures),
                    optional<"slow">(&Tally::slow));
  bind_value<BreakerSnapshot>(
      module, "BreakerSnapshot",
      "What a circuit breaker looks like at one moment; looking changes nothing.",
      optional<"state">(&BreakerSnapshot::state),
      optional<"tally">(&BreakerSnapshot::tally,
                        "Of the window; of the probes while it is half open."),
      optional<"rejected">(&BreakerSnapshot::rejected,
                           "Calls that were not let through, of all times."),
      optional<"ignored">(&BreakerSnapshot::ignored, "Verdicts that said nothing."),
      optional<"late">(&BreakerSnapshot::late,
                       "Verdicts on calls of an earlier state, which count for nothing."),
      optional<"thrown">(&BreakerSnapshot::thrown, "Exceptions of listeners."),
      optional<"retry_after">(&BreakerSnapshot::retry_after, "While it lets none through."));
  bind_value<BulkheadSnapshot>(
      module, "BulkheadSnapshot", "What a bulkhead looks like at one moment.",
      optional<"inside">(&BulkheadSnapshot::inside, "Calls on their way."),
      optional<"waiting">(&BulkheadSnapshot::waiting, "Calls in the queue."),
      optional<"admitted">(&BulkheadSnapshot::admitted, "Of all times."),
      optional<"rejected">(&BulkheadSnapshot::rejected,
                           "Likewise; those that waited in vain as well."),
      optional<"takes">(&BulkheadSnapshot::takes,
                        "How long a call is inside, of late; 0 while none has ended."));
  bind_value<BreakerEvent>(
      module, "BreakerEvent", "What a circuit breaker tells its listeners.",
      optional<"kind">(&BreakerEvent::kind), optional<"from_state">(&BreakerEvent::from),
      optional<"to_state">(&BreakerEvent::to),
      optional<"number">(&BreakerEvent::number, "Of this event, counted from 1."),
      optional<"tally">(&BreakerEvent::tally, "What was known when it happened."));
}

}  // namespace

void bind_resilience(py::module_& module) {
  bind_snapshots(module);
  bind_value<BreakerOptions>(
      module, "BreakerOptions",
      R"(When a circuit breaker opens, for how long, and how it finds out whether it may close.

Units: rates in percent of the calls that were judged.)",
      optional<"failure_rate">(&BreakerOptions::failure_rate, "Opens at it; above 0, at most 100."),
      optional<"slow_rate">(&BreakerOptions::slow_rate,
                            "Opens at it; likewise; of no effect without slow_after."),
      optional<"slow_after">(&BreakerOptions::slow_after, "A longer call is slow; 0: none is."),
      optional<"window">(&BreakerOptions::window, "Calls that count; at most 1 hour."),
      optional<"buckets">(&BreakerOptions::buckets, "Of the window; 1 to 64."),
      optional<"count_window">(&BreakerOptions::count_window,
                               "The last so many calls count instead; at most 65,535."),
      optional<"minimum_calls">(&BreakerOptions::minimum_calls,
                                "Before that many, no rate opens it; at least 1."),
      optional<"consecutive_failures">(&BreakerOptions::consecutive_failures,
                                       "So many in a row open it as well; 0: none do."),
      optional<"open_for">(&BreakerOptions::open_for, "At first."),
      optional<"open_factor">(&BreakerOptions::open_factor,
                              "Each time it was too short; 1 to 100."),
      optional<"open_cap">(&BreakerOptions::open_cap, "At last; at least open_for."),
      optional<"probes">(&BreakerOptions::probes,
                         "Calls that are let through to find out; 1 to 64."),
      optional<"decide_early">(&BreakerOptions::decide_early,
                               "As soon as the rest of them cannot change it."),
      optional<"probe_lease">(&BreakerOptions::probe_lease, "A longer probe is a failure."),
      optional<"min_retry_after">(&BreakerOptions::min_retry_after, "While it finds out."));
  bind_breaker(module);
  bind_bulkhead(module);
  bind_rate_limiter(module);
  bind_retry(module);
  module.def(
      "_verdict_of",
      [](const py::object& raised) -> std::optional<Verdict> {
        const auto error = to_error(raised);
        if (!error) return std::nullopt;
        return verdict_of(*error);
      },
      py::arg("raised"), "How an exception of the library is judged; None for any other.");
}

}  // namespace exhibition::python
