#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/my_page.hpp"
#include "exhibition/ports/projection_store.hpp"

namespace exhibition {

/// One transaction of the my-page store: entries, and the sessions they join.
/// Errors: PortError.
/// Threads: one.
class MyPagesUnit {
 public:
  virtual ~MyPagesUnit() = default;
  [[nodiscard]] virtual std::optional<MyPageEntry> find(ReservationId reservation) const = 0;
  /// Adds the entry or replaces it; its times are not kept, those of its session are.
  virtual void save(const MyPageEntry& entry) = 0;
  virtual void save_session(const MyPageSession& session) = 0;
};

/// The read model behind "my page", in a store of its own, never the booking store.
/// Threads: any, several at once.
class MyPages : public ProjectionStore<MyPagesUnit> {
 public:
  /// Entries of the member, in the order of their reservations.
  /// Errors: PortError.
  [[nodiscard]] virtual std::vector<MyPageEntry> of(std::string_view member, ReservationId after,
                                                    std::size_t limit) const = 0;

  /// Entries of everyone, in the order of their reservations.
  /// Errors: PortError.
  [[nodiscard]] virtual std::vector<MyPageEntry> list(ReservationId after,
                                                      std::size_t limit) const = 0;

  /// Copies the store, as it is at one instant, beside the copy of the booking file that will be at
  /// `booking_copy`; gives the file that was made, or none when the store keeps nothing in files.
  /// Errors: invalid_argument{path} when something is there; storage_failure.
  virtual Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const = 0;
};

}  // namespace exhibition
