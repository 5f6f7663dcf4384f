#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

#include "callback.hpp"
#include "errors.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/ports/availability.hpp"
#include "exhibition/ports/event_dispatcher.hpp"

/// The ports of an engine that are written in Python: see exhibition/_ports.py. What is made here
/// only knows of the object, which the engine's Python side keeps.

namespace exhibition::python {

/// Errors: TypeError for an object without the port's methods.
/// Threads: with the GIL.
std::unique_ptr<Clock> make_clock(const pybind11::object& clock);
std::unique_ptr<MonotonicClock> make_monotonic_clock(const pybind11::object& clock);
std::unique_ptr<RandomSource> make_random_source(const pybind11::object& random);
std::unique_ptr<EventDispatcher> make_dispatcher(const pybind11::object& dispatcher);
/// `clock` is the engine's, by which deadlines are meant; it outlives what this gives.
std::unique_ptr<Availability> make_availability(const pybind11::object& availability,
                                                const MonotonicClock& clock);

/// Errors: TypeError for what is no Offer.
Offer to_offer(const pybind11::object& given);

/// What `offer()` gives, or says against it by raising an exhibition.Error, which is then what the
/// call of Python's raises.
template <class Call>
Result<Offer> offer_of(Call&& offer) {
  try {
    return to_offer(offer());
  } catch (const pybind11::error_already_set& raised) {
    auto error = to_error(raised.value());
    if (!error) throw;
    CallDepth::here().refusal = RaisedInPython(raised).held();
    return *std::move(error);
  }
}

}  // namespace exhibition::python
