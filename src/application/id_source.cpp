#include "id_source.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace exhibition {

/// Nobody holds the mutex who waits for the storage: those whom its threads tell of a unit's end give
/// ids back.
std::int64_t IdSource::draw(IdKind kind) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  std::unique_lock lock(pool.mutex);
  for (;;) {
    if (const auto left = take(pool)) return *left;
    if (!std::exchange(pool.is_drawing, true)) break;
    pool.changed.wait(lock, [&] { return !pool.is_drawing; });
  }
  const std::int64_t count = pool.block;
  lock.unlock();
  IdBlock block;
  try {
    block = storage_.draw_ids(kind, count);
  } catch (...) {
    lock.lock();
    end_drawing(pool);
    throw;
  }
  lock.lock();
  pool.next = block.first;
  pool.end = block.first + block.count;
  pool.block = std::min(2 * pool.block, longest_block);
  end_drawing(pool);
  return pool.next++;
}

void IdSource::end_drawing(Pool& pool) {
  pool.is_drawing = false;
  pool.changed.notify_all();
}

std::optional<std::int64_t> IdSource::try_draw(IdKind kind) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  const std::lock_guard lock(pool.mutex);
  return take(pool);
}

std::optional<std::int64_t> IdSource::take(Pool& pool) {
  if (!pool.given_back.empty()) return pool.given_back.extract(pool.given_back.begin()).value();
  if (pool.next == pool.end) return std::nullopt;
  return pool.next++;
}

void IdSource::give_back(IdKind kind, std::int64_t unused) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  const std::lock_guard lock(pool.mutex);
  pool.given_back.insert(unused);
}

void IdSource::close() {
  for (std::size_t kind = 0; kind < pools_.size(); ++kind) {
    Pool& pool = pools_[kind];
    // Only what was handed out last can be returned: the run of ids at the end.
    std::int64_t first = pool.next;
    while (pool.given_back.contains(first - 1)) --first;
    if (first < pool.end) {
      storage_.return_ids(static_cast<IdKind>(kind), {first, pool.end - first});
    }
    pool.given_back.clear();
    pool.next = pool.end;
  }
}

}  // namespace exhibition
