#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"

namespace exhibition {

/// Errors: invalid_argument{limit}.
template <class Cursor>
Result<void> check(const PageRequest<Cursor>& page) {
  if (page.limit < 1 || page.limit > max_page_limit) {
    return refusal::InvalidArgument{"limit", "must be 1 to 1,000"};
  }
  return {};
}

/// The page that is asked for: `fetch(n)` gives up to n elements, and one more than the page holds
/// tells that there is a next one, after the cursor of the page's last element.
template <class Cursor, class Fetch, class CursorOf>
auto make_page(const PageRequest<Cursor>& request, Fetch fetch, CursorOf cursor_of) {
  auto items = fetch(request.limit + 1);
  Page<typename decltype(items)::value_type, Cursor> page;
  if (items.size() > request.limit) {
    items.resize(request.limit);
    page.next = cursor_of(items.back());
  }
  page.items = std::move(items);
  return page;
}

}  // namespace exhibition
