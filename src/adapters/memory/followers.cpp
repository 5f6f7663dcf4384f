#include "followers.hpp"

namespace exhibition::memory {

const FollowerState& MemoryFollowers::state_of(std::string_view follower) const {
  static const FollowerState nothing;
  const auto found = states_.find(follower);
  return found == states_.end() ? nothing : found->second;
}

FollowerState& MemoryFollowers::touch(std::string_view follower) {
  if (touched_) touched_->emplace_back(follower);
  return states_[std::string(follower)];
}

std::vector<std::string> MemoryFollowers::names() const {
  std::vector<std::string> found;
  for (const auto& [name, state] : states_) {
    if (state.checkpoint) found.push_back(name);
  }
  return found;
}

std::optional<Checkpoint> MemoryFollowers::find(std::string_view follower) const {
  return state_of(follower).checkpoint;
}

void MemoryFollowers::save(std::string_view follower, const Checkpoint& checkpoint) {
  touch(follower).checkpoint = checkpoint;
}

void MemoryFollowers::forget(std::string_view follower) { touch(follower).checkpoint.reset(); }

std::vector<DeadLetter> MemoryFollowers::dead_letters(std::string_view follower, Position after,
                                                      std::size_t limit) const {
  std::vector<DeadLetter> found;
  const auto& letters = state_of(follower).dead_letters;
  for (auto row = letters.upper_bound(after); row != letters.end() && found.size() < limit; ++row) {
    found.push_back(row->second);
  }
  return found;
}

std::vector<DeadLetter> MemoryFollowers::dead_letters_of(std::string_view follower,
                                                         const Stream& stream,
                                                         std::size_t limit) const {
  std::vector<DeadLetter> found;
  for (const auto& [position, letter] : state_of(follower).dead_letters) {
    if (found.size() == limit) break;
    if (letter.envelope.stream == stream) found.push_back(letter);
  }
  return found;
}

std::int64_t MemoryFollowers::count_dead_letters(std::string_view follower) const {
  return static_cast<std::int64_t>(state_of(follower).dead_letters.size());
}

void MemoryFollowers::park(std::string_view follower, const DeadLetter& letter) {
  touch(follower).dead_letters.insert_or_assign(letter.envelope.position, letter);
}

void MemoryFollowers::remove(std::string_view follower, Position dead_letter) {
  touch(follower).dead_letters.erase(dead_letter);
}

}  // namespace exhibition::memory
