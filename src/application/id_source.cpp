#include "id_source.hpp"

#include <algorithm>
#include <cstddef>

namespace exhibition {

std::int64_t IdSource::draw(IdKind kind) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  const std::lock_guard lock(pool.mutex);
  if (!pool.given_back.empty()) return pool.given_back.extract(pool.given_back.begin()).value();
  if (pool.next == pool.end) {
    const IdBlock block = storage_.draw_ids(kind, pool.block);
    pool.next = block.first;
    pool.end = block.first + block.count;
    pool.block = std::min(2 * pool.block, longest_block);
  }
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
