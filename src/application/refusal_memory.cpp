#include "refusal_memory.hpp"

#include <utility>

namespace exhibition {
namespace {

/// What the domain says to the request, as far as it can be known; an error is what a unit would say.
Result<void> decide(const Glimpse& seen, const ReserveRequest& request, Instant now) {
  if (seen.exhibition.rules.max_places_per_member > 0) return {};  // who has how many places?
  if (const auto hold = check_hold(request, seen.exhibition); !hold) return hold;
  const auto party = seen.session.check_party(seen.exhibition, request.places, now);
  if (!party || !seen.due) return party;
  const auto taken = seen.session.reserve_places(request.places, *seen.due);
  if (!taken) return taken.error();
  return {};
}

}  // namespace

std::optional<Error> RefusalMemory::refusal(const ReserveRequest& request, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto* seen = find(request.session);
  if (!seen || now < seen->at || now >= seen->until) return std::nullopt;
  const auto decision = decide(*seen, request, now);
  if (decision) return std::nullopt;
  ++refusals_;
  return decision.error();
}

std::uint64_t RefusalMemory::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

const Glimpse* RefusalMemory::find(SessionId session) {
  const auto found = kept_.find(session.value());
  if (found == kept_.end()) return nullptr;
  const auto& kept = found->second;
  if (kept.count == releases_->count(session) && clock_.now() - kept.since < lifetime_) {
    return &kept.glimpse;
  }
  kept_.erase(found);
  return nullptr;
}

void RefusalMemory::keep(Glimpse glimpse, std::uint64_t count) {
  if (lifetime_ <= std::chrono::nanoseconds{0}) return;
  const auto session = glimpse.session.id;
  const Moment since = clock_.now();
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= most) kept_.clear();
  kept_.insert_or_assign(session.value(), Kept{std::move(glimpse), count, since});
}

}  // namespace exhibition
