#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <string>
#include <thread>

#include "exhibition/adapters/sqlite/transaction.hpp"

namespace exhibition::python {

/// The transaction of a projection file, for as long as the handler runs that it was lent to.
/// Threads: the one that runs the handler; others get a RuntimeError.
class LentTransaction {
 public:
  explicit LentTransaction(sqlite::Transaction& transaction) : transaction_(&transaction) {}

  using Parameters = pybind11::typing::Iterable<pybind11::object>;
  using Rows =
      pybind11::typing::List<pybind11::typing::Tuple<pybind11::object, pybind11::ellipsis>>;

  std::int64_t execute(const std::string& sql, const Parameters& parameters);
  Rows query(const std::string& sql, const Parameters& parameters);

  /// What Python has kept of it is of no use from now on.
  void end() noexcept { transaction_ = nullptr; }

 private:
  sqlite::Transaction& transaction() const;

  sqlite::Transaction* transaction_;  // none once the handler has returned
  std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace exhibition::python
