#include <algorithm>
#include <limits>
#include <utility>

#include "follower_runner.hpp"

// How a follower makes its read model anew: a second follower of the same name does, into a store
// that then takes the place of the first one's.

namespace exhibition {

Result<RebuildStep> FollowerRunner::rebuild(const Run& run,
                                            std::optional<std::int64_t>& generation) {
  const Checkpoint serving = load();
  if (generation && !next_) {
    return RebuildStep{.is_over = true, .is_in_place = serving.generation >= *generation};
  }
  if (!next_) next_ = anew();
  if (!next_) {
    return refusal::InvalidArgument{"follower",
                                    "must have a read model of its own that can be made anew"};
  }
  generation = next_->load().generation;
  if (serving.generation >= *generation) {  // it has taken its place, and then something failed
    next_->discard();
    forget_rebuild();
    return RebuildStep{.is_over = true, .is_in_place = true};
  }

  Run part = run;
  const Position until = target();
  part.until = until;
  auto progress = next_->run(part);
  if (progress.failed) {
    const bool lacks_its_past = progress.failed->code == Errc::history_truncated ||
                                progress.failed->code == Errc::log_diverged;
    if (lacks_its_past) cancel_rebuild();  // it cannot go on
    return *progress.failed;
  }
  RebuildStep step;
  if (next_->passed() >= until) step.is_over = step.is_in_place = put_in_place(run, progress);
  if (progress.failed) return *progress.failed;
  step.progress = {step.is_over ? until : next_->passed(), until};
  step.retry_at = progress.retry_at;
  if (step.is_over) {
    next_->discard();
    forget_rebuild();
  } else {
    const std::lock_guard lock(mutex_);
    rebuild_ = step.progress;
  }
  return step;
}

bool FollowerRunner::cancel_rebuild() {
  if (!next_) next_ = left_over();
  if (!next_) return false;
  const bool was_there = next_->kept().has_value();
  next_->discard();
  forget_rebuild();
  return was_there;
}

void FollowerRunner::forget_rebuild() noexcept {
  next_.reset();
  const std::lock_guard lock(mutex_);
  rebuild_ = std::nullopt;
}

/// Where the read model is that serves; beyond it events have still to have their effects. One that
/// is below the floor may never come further.
Position FollowerRunner::target() {
  const Checkpoint serving = load();
  const bool is_held = history_.holds(serving);
  return exhibition::read(storage_, [&](const ReadView& view) {
    return is_held ? std::max(serving.position, view.log().floor()) : view.log().head();
  });
}

std::optional<Checkpoint> FollowerRunner::kept() const {
  std::optional<Checkpoint> found;
  effect_->read([&](const Followers& followers) { found = followers.find(name()); });
  return found;
}

/// A follower into the store in which the read model is made anew; none when there is no such
/// thing.
std::unique_ptr<FollowerRunner> FollowerRunner::left_over() {
  auto effect = effect_->anew();
  if (!effect) return nullptr;
  auto options = options_;
  options.start = StartAt::beginning();
  return std::make_unique<FollowerRunner>(storage_, history_, random_, name(), options,
                                          std::move(effect), ledger_.length());
}

/// The same, ready to go on; none also when others are in the store that serves, who would go with
/// it.
std::unique_ptr<FollowerRunner> FollowerRunner::anew() {
  bool is_shared = false;
  effect_->read([&](const Followers& all) {
    for (const auto& other : all.names()) is_shared |= other != name();
  });
  if (is_shared) return nullptr;
  auto next = left_over();
  if (!next) return nullptr;
  const auto generation = load().generation + 1;
  auto left = next->kept();
  if (left && !next->goes_on(*left, generation)) {
    next->discard();
    next.reset();
    next = left_over();
    left.reset();
  }
  if (!left) next->begin_as(generation);
  return next;
}

bool FollowerRunner::goes_on(const Checkpoint& left, std::int64_t generation) const {
  return left.generation == generation && history_.holds(left);
}

void FollowerRunner::begin_as(std::int64_t generation) {
  effect_->transact(
      [&](Followers& followers) { followers.save(name(), {.generation = generation}); });
}

/// The rest of the way, and the change of places, while nobody else follows.
bool FollowerRunner::put_in_place(const Run& run, Progress& progress) {
  const Tenure tenure(ledger_);
  Run rest = run;
  const Position at = target();
  rest.until = at;
  rest.max_events = std::numeric_limits<std::size_t>::max();
  progress = next_->run(rest);
  if (progress.failed || next_->passed() < at) return false;
  const auto proof = proof_of(at);
  next_->effect_->take_place([&](const Followers& serving, Followers& made) {
    const auto old = serving.find(name()).value_or(Checkpoint{});
    if (!ledger_.has(old.lease)) {
      throw PortError(name() + ": another process has taken it over; make it anew once more");
    }
    auto checkpoint = made.find(name()).value_or(Checkpoint{});
    if (old.generation >= checkpoint.generation) {
      throw PortError(name() + ": another process has made it anew; look at it once more");
    }
    checkpoint.position = at;
    checkpoint.begun = at;
    checkpoint.proof = proof;
    checkpoint.lease = old.lease;
    made.save(name(), checkpoint);
  });
  begun_.reset();
  suspect_.reset();
  const std::lock_guard lock(mutex_);
  stuck_.reset();
  return true;
}

}  // namespace exhibition
