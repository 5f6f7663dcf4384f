#include <pybind11/pybind11.h>

#include <string>

#include "bindings.hpp"
#include "errors.hpp"
#include "exhibition/version.hpp"

PYBIND11_MODULE(_core, module) {
  using namespace exhibition;
  module.doc() = "What is compiled of the package: see help(exhibition).";
  module.attr("__version__") = std::string(version);
  python::register_exceptions();
  python::bind_values(module);
  python::bind_events(module);
  python::bind_ports(module);
  python::bind_resilience(module);
  python::bind_reports(module);
  python::bind_transaction(module);
  python::bind_feed(module);
  python::bind_catalogue(module);
  python::bind_bookings(module);
  python::bind_vouchers(module);
  python::bind_my_page(module);
  python::bind_engine(module);
}
