#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exhibition/ports/followers.hpp"
#include "statement.hpp"

namespace exhibition::sqlite {

/// Followers in the tables that `follower_tables` makes; the same in every file that has them.
class SqliteFollowers final : public Followers {
 public:
  explicit SqliteFollowers(Database& database);
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
  const Database& database_;
  mutable Statement names_, find_, list_, list_of_, count_;
  Statement save_, park_, forget_, remove_;
};

}  // namespace exhibition::sqlite
