#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "exhibition/domain/envelope.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// A policy's way through the log. What it has passed without effect is remembered here and saved
/// only now and then, so that events which do not concern it cost no commit; after a restart they
/// are passed again.
/// Threads: one at a time.
class LogReader {
 public:
  LogReader(const Storage& storage, std::string_view follower)
      : storage_(storage), follower_(follower) {}

  /// What follows, at most `limit` events; none at the end of the log.
  [[nodiscard]] std::vector<Envelope> next(std::size_t limit) {
    return read(storage_, [&](const ReadView& view) {
      saved_ = view.followers().position(follower_);
      passed_ = std::max(passed_, saved_);
      return view.log().read(passed_, limit);
    });
  }

  [[nodiscard]] Position passed() const { return passed_; }

  void pass(Position position) { passed_ = std::max(passed_, position); }

  /// Whether so much was passed since the last save that a restart would take long.
  [[nodiscard]] bool is_save_due() const {
    return passed_.value() - saved_.value() >= save_interval;
  }

  /// Saves the position with what the unit writes, unless another engine is ahead.
  void save(UnitOfWork& unit, Position position) const {
    if (unit.followers().position(follower_) < position) {
      unit.followers().save_position(follower_, position);
    }
  }

 private:
  static constexpr std::int64_t save_interval = 1024;

  const Storage& storage_;
  std::string_view follower_;
  Position saved_;
  Position passed_;
};

}  // namespace exhibition
