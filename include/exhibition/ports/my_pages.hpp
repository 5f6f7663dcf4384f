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

namespace exhibition {

/// One transaction of the my-page store: entries, the sessions they join, and how far the log was
/// followed.
/// Errors: PortError.
/// Threads: one.
class MyPagesUnit {
 public:
  virtual ~MyPagesUnit() = default;
  [[nodiscard]] virtual Position position() const = 0;
  virtual void save_position(Position position) = 0;
  [[nodiscard]] virtual std::optional<MyPageEntry> find(ReservationId reservation) const = 0;
  /// Adds the entry or replaces it; its times are not kept, those of its session are.
  virtual void save(const MyPageEntry& entry) = 0;
  virtual void save_session(const MyPageSession& session) = 0;
};

/// The read model behind "my page", in a store of its own, never the booking store.
/// Threads: any, several at once.
class MyPages {
 public:
  virtual ~MyPages() = default;

  /// Runs `work` in one atomic and durable transaction; an exception rolls it back and is rethrown.
  /// Errors: PortError.
  virtual void transact(FunctionRef<void(MyPagesUnit&)> work) = 0;

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
