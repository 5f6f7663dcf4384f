#pragma once

#include <cstddef>

#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// My page as a follower of the log: entries and position are one transaction of the my-page store,
/// and the position is read in it, so that nothing is applied twice. An empty store is made anew
/// from the log.
/// Threads: one at a time.
/// Errors: PortError.
class MyPageProjection {
 public:
  MyPageProjection(const Storage& storage, MyPages& pages) : storage_(storage), pages_(pages) {}

  static constexpr std::string_view name = "my-page";

  /// Follows the log up to `until`, at most `at_most` events, and gives their number.
  std::size_t run(Position until, std::size_t at_most);

 private:
  std::size_t follow(MyPagesUnit& unit, Position until, std::size_t at_most) const;

  const Storage& storage_;
  MyPages& pages_;
};

}  // namespace exhibition
