#pragma once

#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"

namespace exhibition::python {

/// A list of the library as an iterator of Python, which fetches page after page.
/// Threads: one at a time.
template <class T, class Cursor>
class Paged {
 public:
  using Fetch = std::function<Result<Page<T, Cursor>>(const PageRequest<Cursor>&)>;

  Paged(Fetch fetch, std::optional<Cursor> after, std::optional<std::size_t> limit)
      : fetch_(std::move(fetch)), after_(std::move(after)), left_(limit) {}

  /// Errors: ValueError while another thread waits for a page.
  T next() {
    if (is_fetching_) throw pybind11::value_error("the iterator is being used by another thread");
    if (at_ == page_.size()) fetch();
    return std::move(page_[at_++]);
  }

 private:
  void fetch() {
    constexpr std::size_t most = 200;
    const auto wanted = std::min(most, left_.value_or(most));
    if (is_over_ || wanted == 0) throw pybind11::stop_iteration();
    auto page = fetch_page(wanted);
    is_over_ = !page.next;
    after_ = std::move(page.next);
    page_ = std::move(page.items);
    at_ = 0;
    if (left_) *left_ -= page_.size();
    if (page_.empty()) throw pybind11::stop_iteration();
  }

  /// Without the GIL, so that others may come meanwhile.
  Page<T, Cursor> fetch_page(std::size_t wanted) {
    is_fetching_ = true;
    struct Fetched {
      bool& is_fetching;
      ~Fetched() { is_fetching = false; }
    } const fetched{is_fetching_};
    return value_of(fetch_({after_, wanted}));
  }

  Fetch fetch_;
  std::optional<Cursor> after_;
  std::optional<std::size_t> left_;
  std::vector<T> page_;
  std::size_t at_ = 0;
  bool is_over_ = false;
  bool is_fetching_ = false;
};

template <class T, class Cursor>
void bind_paged(pybind11::module_& module, const char* name) {
  using Pages = Paged<T, Cursor>;
  pybind11::class_<Pages>(module, name, "Gives one after the other, fetching page after page.")
      .def("__iter__", [](Pages& self) -> Pages& { return self; })
      .def("__next__", &Pages::next);
}

}  // namespace exhibition::python
