#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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

  /// The row that is kept, or else that `read()` gives.
  template <class Read>
  [[nodiscard]] std::optional<Entity> find(std::int64_t id, Read read) {
    if (const auto kept = rows_.find(id); kept != rows_.end()) return kept->second;
    std::optional<Entity> found = read();
    if (found) keep(*found);
    return found;
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
