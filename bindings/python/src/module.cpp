#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <string>

#include "bindings.hpp"
#include "errors.hpp"
#include "exhibition/version.hpp"

namespace exhibition::python {
namespace {

namespace py = pybind11;

/// What `tp_new` was: pybind11's own, which all bound classes have.
newfunc make = nullptr;

PyObject* make_to_be_complete(PyTypeObject* type, PyObject* arguments, PyObject* keywords) {
  return make(type, arguments, keywords);
}

/// Has nobody make what is not complete: objects come from calling a class or from an engine, and not
/// from `__new__` alone, which is what pickle does as well.
void seal(py::type type) {
  auto& tp_new = reinterpret_cast<PyTypeObject*>(type.ptr())->tp_new;
  if (!make) make = tp_new;
  tp_new = &make_to_be_complete;
  if (type.attr("__dict__").contains("__reduce__")) return;
  const auto why = py::str(type.attr("__name__")).cast<std::string>() + " cannot be pickled";
  type.attr("__reduce__") =
      py::cpp_function([why](const py::object&) -> py::typing::NoReturn { throw py::type_error(why); },
                       py::name("__reduce__"), py::is_method(type));
}

void seal_all(const py::module_& module) {
  for (const auto& [name, member] : py::reinterpret_borrow<py::dict>(module.attr("__dict__"))) {
    if (PyType_Check(member.ptr()) != 0 &&
        member.attr("__module__").equal(module.attr("__name__"))) {
      seal(py::reinterpret_borrow<py::type>(member));
    }
  }
}

}  // namespace
}  // namespace exhibition::python

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
  python::bind_answers(module);
  python::bind_bookings(module);
  python::bind_vouchers(module);
  python::bind_my_page(module);
  python::bind_engine(module);
  python::seal_all(module);
}
