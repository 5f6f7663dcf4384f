#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "exhibition/exhibition.hpp"
#include "exhibition/testing/manual_clock.hpp"
#include "exhibition/testing/temporary_folder.hpp"
#include "support/refusals.hpp"

/// A museum to experiment on: an engine over one of the library's storages, with a clock that the
/// test moves.

namespace exhibition::tests {

using namespace std::chrono_literals;

enum class StorageKind : std::uint8_t { memory, sqlite };

[[nodiscard]] std::string to_string(StorageKind kind);
inline void PrintTo(StorageKind kind, std::ostream* out) { *out << to_string(kind); }

/// The storages that this build has.
[[nodiscard]] std::vector<StorageKind> storage_kinds();

using testing::TemporaryFolder;

/// What the clock shows when a museum opens: 2026-09-01T08:00:00.000Z.
inline constexpr Instant morning =
    std::chrono::sys_days{std::chrono::year{2026} / std::chrono::September / 1} + 8h;

/// When the session of `register_one` takes place.
inline constexpr Instant ten = morning + 2h;
inline constexpr Instant eleven = morning + 3h;

/// One exhibition with one session.
struct Shown {
  ExhibitionId exhibition;
  SessionId session;
};

/// The museum. Its stores outlive its engine: whatever they are, it can be closed and opened again.
class Museum {
 public:
  explicit Museum(StorageKind kind, std::uint64_t seed = 7);

  testing::ManualClock clock{morning};

  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] Catalogue& catalogue() { return engine_->catalogue(); }
  [[nodiscard]] Bookings& bookings() { return engine_->bookings(); }
  [[nodiscard]] VoucherDesk& vouchers() { return engine_->vouchers(); }
  [[nodiscard]] MemberPages& my_page() { return engine_->my_page(); }
  [[nodiscard]] EventFeed& events() { return engine_->events(); }

  /// The stores of the open engine, for looking behind the desks.
  [[nodiscard]] Storage& storage() { return *storage_; }
  [[nodiscard]] MyPages& pages() { return *pages_; }

  /// Where the booking file is; only SQLite has one.
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "museum.db"; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  /// Options for one more engine on the same storage, with a clock of this museum; change them at
  /// will.
  [[nodiscard]] EngineOptions options();

  /// Ends the engine.
  void close() { engine_.reset(); }
  /// Opens the storage anew, with the engine that `options` make if given.
  void reopen();
  void reopen(EngineOptions options);

  /// "Monet", a gallery, from ten to eleven.
  Shown register_one(std::optional<std::uint32_t> capacity = 10, const BookingRules& rules = {});
  /// A reservation that is expected to be taken.
  Reservation reserve(SessionId session, const std::string& member = "seokwon",
                      std::uint32_t places = 1);
  /// The same, held.
  Reservation hold(SessionId session, const std::string& member = "seokwon",
                   std::uint32_t places = 1, std::optional<std::chrono::milliseconds> length = {});

  /// Pumps until nothing is left; a failure fails the test. Gives the sums.
  PumpReport pump_all();

  /// Pumps, and gives the reservation's active voucher, which is expected to be there.
  Voucher voucher_of(ReservationId reservation);

  /// What is stored, without anything that time has done to it.
  [[nodiscard]] Session stored(SessionId id);
  [[nodiscard]] Reservation stored(ReservationId id);

  /// Everything that has happened, from the log itself.
  [[nodiscard]] std::vector<Envelope> log();
  /// The types of the events after the first `known` ones.
  [[nodiscard]] std::vector<std::string> happened_after(std::size_t known);

 private:
  StorageKind kind_;
  std::uint64_t seed_;
  TemporaryFolder folder_;
  std::shared_ptr<Storage> kept_;        // what the memory storage is lent from
  std::shared_ptr<MyPages> kept_pages_;  // what its pages are lent from
  Storage* storage_ = nullptr;           // the engine's
  MyPages* pages_ = nullptr;             // the engine's
  std::optional<Engine> engine_;
};

/// A test that runs once on each storage:
///
///     class Reserving : public OnEachStorage {};
///     INSTANTIATE_TEST_SUITE_P(On, Reserving, each_storage(), storage_name);
class OnEachStorage : public ::testing::TestWithParam<StorageKind> {
 protected:
  Museum museum{GetParam()};
};

[[nodiscard]] inline auto each_storage() { return ::testing::ValuesIn(storage_kinds()); }

inline constexpr auto storage_name = [](const ::testing::TestParamInfo<StorageKind>& info) {
  return to_string(info.param);
};

}  // namespace exhibition::tests
