#include "id_source.hpp"

#include <cstddef>

namespace exhibition {

std::int64_t IdSource::draw(IdKind kind) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  const std::lock_guard lock(pool.mutex);
  if (pool.unused.empty()) {
    const IdBlock block = storage_.draw_ids(kind, block_size);
    for (std::int64_t i = 0; i < block.count; ++i) pool.unused.insert(block.first + i);
  }
  return pool.unused.extract(pool.unused.begin()).value();
}

void IdSource::give_back(IdKind kind, std::int64_t unused) {
  Pool& pool = pools_[static_cast<std::size_t>(kind)];
  const std::lock_guard lock(pool.mutex);
  pool.unused.insert(unused);
}

void IdSource::close() {
  for (std::size_t kind = 0; kind < pools_.size(); ++kind) {
    auto& unused = pools_[kind].unused;
    if (unused.empty()) continue;
    // Only what was handed out last can be returned: the run of ids at the end.
    const std::int64_t end = *unused.rbegin() + 1;
    std::int64_t first = end;
    while (unused.contains(first - 1)) --first;
    unused.clear();
    storage_.return_ids(static_cast<IdKind>(kind), {first, end - first});
  }
}

}  // namespace exhibition
