#pragma once

#include <pybind11/pybind11.h>

/// The parts of the module, in the order in which each knows those before it.

namespace exhibition::python {

void bind_values(pybind11::module_& module);
void bind_events(pybind11::module_& module);
void bind_ports(pybind11::module_& module);
void bind_resilience(pybind11::module_& module);
void bind_reports(pybind11::module_& module);
void bind_transaction(pybind11::module_& module);
void bind_feed(pybind11::module_& module);
void bind_catalogue(pybind11::module_& module);
void bind_answers(pybind11::module_& module);
void bind_bookings(pybind11::module_& module);
void bind_vouchers(pybind11::module_& module);
void bind_my_page(pybind11::module_& module);
void bind_engine(pybind11::module_& module);

}  // namespace exhibition::python
