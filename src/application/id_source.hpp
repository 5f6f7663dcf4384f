#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <set>

#include "exhibition/core/result.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// Hands out the ids of a storage's blocks one by one, lowest first, and takes back what was not
/// used.
/// Threads: any.
/// Errors: PortError.
class IdSource {
 public:
  explicit IdSource(Storage& storage) : storage_(storage) {}

  template <class SomeId>
  [[nodiscard]] SomeId draw() {
    return SomeId{draw(kind_of(SomeId{}))};
  }

  template <class SomeId>
  void give_back(SomeId unused) {
    give_back(kind_of(unused), unused.value());
  }

  /// Gives back the ids of a command unless its answer says that they are, or may be, in the store.
  template <class Answer, class SomeId>
  void settle(const Result<Answer>& answer, SomeId drawn) {
    const bool may_be_used =
        answer ? !is_replayed(*answer) : answer.error().code == Errc::storage_failure;
    if (!may_be_used) give_back(drawn);
  }

  /// Returns the rest of the blocks to the storage.
  void close();

 private:
  static constexpr std::int64_t block_size = 64;

  struct Pool {
    std::mutex mutex;
    std::set<std::int64_t> unused;  // guarded by mutex
  };

  static constexpr IdKind kind_of(ExhibitionId) { return IdKind::exhibition; }
  static constexpr IdKind kind_of(SessionId) { return IdKind::session; }
  static constexpr IdKind kind_of(ReservationId) { return IdKind::reservation; }
  static constexpr IdKind kind_of(VoucherId) { return IdKind::voucher; }

  template <class Answer>
  static bool is_replayed(const Answer& answer) {
    if constexpr (requires { answer.replayed; }) return answer.replayed;
    return false;
  }

  std::int64_t draw(IdKind kind);
  void give_back(IdKind kind, std::int64_t unused);

  Storage& storage_;
  std::array<Pool, 4> pools_;
};

}  // namespace exhibition
