#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace exhibition {

/// The largest page that a list gives.
inline constexpr std::size_t max_page_limit = 1000;

/// Which part of a list is wanted: what follows the element that `after` points at, at most `limit`
/// of it.
template <class Cursor>
struct PageRequest {
  std::optional<Cursor> after = std::nullopt;
  std::size_t limit = 50;
};

/// A part of a list, in the list's order. `next` is what to ask after for the following part; none
/// at the end.
template <class T, class Cursor>
struct Page {
  std::vector<T> items;
  std::optional<Cursor> next = std::nullopt;

  [[nodiscard]] auto begin() const { return items.begin(); }
  [[nodiscard]] auto end() const { return items.end(); }

  friend bool operator==(const Page&, const Page&) = default;
};

}  // namespace exhibition
