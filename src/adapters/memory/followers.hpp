#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/ports/followers.hpp"

namespace exhibition::memory {

/// What one follower keeps.
struct FollowerState {
  std::optional<Checkpoint> checkpoint;
  std::map<Position, DeadLetter> dead_letters;
};

using FollowerStates = std::map<std::string, FollowerState, std::less<>>;

/// Followers over a copy of their states; notes whose it changes, where somebody wants to know.
class MemoryFollowers final : public Followers {
 public:
  explicit MemoryFollowers(FollowerStates& states, std::vector<std::string>* touched = nullptr)
      : states_(states), touched_(touched) {}

  [[nodiscard]] std::vector<std::string> names() const override;
  [[nodiscard]] std::optional<Checkpoint> find(std::string_view follower) const override;
  void save(std::string_view follower, const Checkpoint& checkpoint) override;
  void forget(std::string_view follower) override;
  [[nodiscard]] std::vector<DeadLetter> dead_letters(std::string_view follower, Position after,
                                                     std::size_t limit) const override;
  [[nodiscard]] std::vector<DeadLetter> dead_letters_of(std::string_view follower,
                                                        const Stream& stream,
                                                        std::size_t limit) const override;
  [[nodiscard]] std::int64_t count_dead_letters(std::string_view follower) const override;
  void park(std::string_view follower, const DeadLetter& letter) override;
  void remove(std::string_view follower, Position dead_letter) override;

 private:
  [[nodiscard]] const FollowerState& state_of(std::string_view follower) const;
  [[nodiscard]] FollowerState& touch(std::string_view follower);

  FollowerStates& states_;
  std::vector<std::string>* touched_;
};

}  // namespace exhibition::memory
