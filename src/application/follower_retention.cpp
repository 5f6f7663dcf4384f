#include <algorithm>

#include "follower_runner.hpp"

// What a follower still needs of the log.

namespace exhibition {

void FollowerRunner::introduce(Retention& retention) {
  if (effect_->is_in_booking_store()) return;
  marked_ = retention.introduce(name());
  try {
    if (*marked_ <= load().position) return;
  } catch (const PortError&) {
    return;  // its store is away, and keeps nobody else from what they do
  }
  retention.mark(name(), Position{});  // until it is known to be on the disk
  marked_ = Position{};
}

void FollowerRunner::let_go(Retention& retention, std::int64_t at_least) {
  if (effect_->is_in_booking_store()) return;
  const auto is_marked = [&](Position needed) {
    return marked_ && needed >= *marked_ && needed.value() - marked_->value() < at_least;
  };
  if (is_marked(passed())) return;  // without having asked its store
  const auto checkpoint = load();
  const Position needed = checkpoint.position;
  if (is_marked(needed)) return;
  // What it has followed of another log says nothing of this one.
  if (!history_.holds(checkpoint)) return;
  Position kept;
  // What a power cut takes back must not have been forgotten.
  effect_->transact_durably([&](Followers& followers) {
    const auto known = followers.find(name());
    if (!known) return;
    followers.save(name(), *known);
    kept = std::min(needed, known->position);
  });
  retention.mark(name(), kept);
  marked_ = kept;
}

void FollowerRunner::let_all_go(Retention& retention) {
  if (passed() > load().position) {
    try {
      keep_passed();
    } catch (const Overtaken&) {
      ledger_.lose();
    }
    ledger_.release();
  }
  if (!effect_->is_in_booking_store()) marked_ = retention.marked(name());  // others may abandon it
  let_go(retention, 1);
}

}  // namespace exhibition
