#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
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

  /// None where that would wait for the storage.
  template <class SomeId>
  [[nodiscard]] std::optional<SomeId> try_draw() {
    const auto drawn = try_draw(kind_of(SomeId{}));
    if (!drawn) return std::nullopt;
    return SomeId{*drawn};
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
  /// Each block is a commit: a store that is busy gets longer ones, and after a crash longer gaps.
  static constexpr std::int64_t shortest_block = 64;
  static constexpr std::int64_t longest_block = 4096;

  struct Pool {
    std::mutex mutex;
    std::condition_variable changed;
    std::int64_t next = 0;  // guarded by mutex, as all that follows; up to `end` they are unused
    std::int64_t end = 0;
    std::set<std::int64_t> given_back;
    std::int64_t block = shortest_block;
    bool is_drawing = false;
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
  std::optional<std::int64_t> try_draw(IdKind kind);
  static std::optional<std::int64_t> take(Pool& pool);
  static void end_drawing(Pool& pool);
  void give_back(IdKind kind, std::int64_t unused);

  Storage& storage_;
  std::array<Pool, 4> pools_;
};

}  // namespace exhibition
