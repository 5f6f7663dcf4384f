#include "transaction.hpp"

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <variant>
#include <vector>

#include "bindings.hpp"
#include "casters.hpp"
#include "gil.hpp"

namespace exhibition::python {
namespace {

namespace py = pybind11;
using sqlite::Value;

Value to_value(py::handle object) {
  if (object.is_none()) return {};
  if (std::int64_t number = 0; load_whole_number(object, number, "must fit in 64 bits"))
    return number;
  if (PyFloat_Check(object.ptr()) != 0) return object.cast<double>();
  if (std::string text; load_text(object, text)) return text;
  if (PyObject_CheckBuffer(object.ptr()) != 0) {
    const auto bytes = py::bytes(py::reinterpret_borrow<py::object>(object));
    const std::string_view view(bytes);
    std::vector<std::byte> blob(view.size());
    if (!blob.empty()) std::memcpy(blob.data(), view.data(), view.size());
    return blob;
  }
  throw py::type_error("a parameter is None, an int, a float, a str or bytes, not " +
                       std::string(Py_TYPE(object.ptr())->tp_name));
}

std::vector<Value> to_values(const LentTransaction::Parameters& parameters) {
  const bool has_order =
      !py::isinstance<py::str>(parameters) && !py::isinstance<py::bytes>(parameters) &&
      !py::isinstance<py::anyset>(parameters) && !py::hasattr(parameters, "keys");
  if (!has_order) {
    throw py::type_error(
        std::string("parameters are a list or a tuple, in the order of ?1, ?2, ..., "
                    "not a ") +
        Py_TYPE(parameters.ptr())->tp_name);
  }
  std::vector<Value> values;
  for (const auto& each : parameters) values.push_back(to_value(each));
  return values;
}

py::object to_object(const Value& value) {
  struct {
    py::object operator()(std::monostate) const { return py::none(); }
    py::object operator()(std::int64_t number) const { return py::int_(number); }
    py::object operator()(double number) const { return py::float_(number); }
    py::object operator()(const std::string& text) const { return py::str(text); }
    py::object operator()(const std::vector<std::byte>& blob) const {
      return py::bytes(reinterpret_cast<const char*>(blob.data()), blob.size());
    }
  } const each;
  return std::visit(each, value);
}

}  // namespace

std::int64_t LentTransaction::execute(const std::string& sql, const Parameters& parameters) {
  const auto values = to_values(parameters);
  auto& transaction = this->transaction();
  const WithoutGil released;
  return transaction.execute(sql, values);
}

LentTransaction::Rows LentTransaction::query(const std::string& sql, const Parameters& parameters) {
  const auto values = to_values(parameters);
  auto& transaction = this->transaction();
  const auto rows = [&] {
    const WithoutGil released;
    return transaction.query(sql, values);
  }();
  Rows all;
  for (const auto& row : rows) {
    py::tuple columns(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) columns[i] = to_object(row[i]);
    all.append(std::move(columns));
  }
  return all;
}

sqlite::Transaction& LentTransaction::transaction() const {
  if (transaction_ == nullptr) {
    throw std::runtime_error("the transaction ended when the handler returned that it was lent to");
  }
  if (thread_ != std::this_thread::get_id()) {
    throw std::runtime_error("a transaction is of the thread that runs the handler");
  }
  return *transaction_;
}

void bind_transaction(py::module_& module) {
  py::class_<LentTransaction>(module, "Transaction",
                              R"(The transaction of a projection file that a handler writes through.

It is begun before the handler runs and committed after it; what the handler raises rolls it back.

Threads: the one that runs the handler, and until that returns.)")
      .def(
          "execute", &LentTransaction::execute, py::arg("sql"), py::arg("parameters") = py::tuple(),
          R"(Runs one statement with its parameters ?1, ?2, ... and gives the number of rows that it
changed. It is compiled once and kept.

Errors: StatementError; StorageFailure.)")
      .def("query", &LentTransaction::query, py::arg("sql"), py::arg("parameters") = py::tuple(),
           R"(The rows of one statement, each a tuple.

Errors: StatementError; StorageFailure.)");
}

}  // namespace exhibition::python
