#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace exhibition::sqlite {

/// Rows that a connection has read or written, so that they need not be read again. Whoever has it
/// keep them has it forget them when somebody else may have written, or after a rollback.
/// Threads: its connection's.
template <class Entity>
class KeptRows {
 public:
  void begin() { keeps_ = true; }
  void forget() { rows_.clear(); }

  [[nodiscard]] const Entity* find(std::int64_t id) const {
    const auto found = rows_.find(id);
    return found == rows_.end() ? nullptr : &found->second;
  }

  void keep(const Entity& row) {
    if (!keeps_) return;
    if (rows_.size() >= most) rows_.clear();
    rows_.insert_or_assign(row.id.value(), row);
  }

 private:
  static constexpr std::size_t most = 1024;

  bool keeps_ = false;
  std::unordered_map<std::int64_t, Entity> rows_;
};

}  // namespace exhibition::sqlite
