#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace exhibition {

/// A number that names one thing of one kind; ids of different kinds never mix.
/// Ids that the library hands out are 1 or more; a default-constructed id names nothing.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t value) : value_(value) {}

  [[nodiscard]] constexpr std::int64_t value() const { return value_; }

  friend constexpr bool operator==(const Id&, const Id&) = default;
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  std::int64_t value_ = 0;
};

template <class Tag>
std::string to_string(Id<Tag> id) {
  return std::to_string(id.value());
}

}  // namespace exhibition

template <class Tag>
struct std::hash<exhibition::Id<Tag>> {
  std::size_t operator()(exhibition::Id<Tag> id) const noexcept {
    return std::hash<std::int64_t>{}(id.value());
  }
};
