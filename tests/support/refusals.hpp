#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <ostream>
#include <string_view>
#include <variant>

#include "exhibition/core/result.hpp"

/// What a test says of an answer.

namespace exhibition {

inline void PrintTo(Errc code, std::ostream* out) { *out << to_string(code); }

namespace tests {

/// Whether the answer is this very refusal, with its facts.
template <class T>
[[nodiscard]] ::testing::AssertionResult is_refused(const Result<T>& answer,
                                                    const Error& expected) {
  if (answer) return ::testing::AssertionFailure() << "it was done; expected was: " << expected;
  if (answer.error() == expected) return ::testing::AssertionSuccess() << "it was refused";
  return ::testing::AssertionFailure()
         << "refused as: " << answer.error() << "; expected was: " << expected;
}

/// Whether the answer is invalid_argument naming the field, and the element of a list that it is
/// in. Its words are free.
template <class T>
[[nodiscard]] ::testing::AssertionResult is_invalid(
    const Result<T>& answer, std::string_view field,
    std::optional<std::size_t> index = std::nullopt) {
  if (answer) return ::testing::AssertionFailure() << "it was done; " << field << " is invalid";
  const auto* found = std::get_if<refusal::InvalidArgument>(&answer.error().detail);
  if (found != nullptr && found->field == field && found->index == index && !found->rule.empty()) {
    return ::testing::AssertionSuccess() << "it was refused";
  }
  return ::testing::AssertionFailure()
         << "refused as: " << answer.error() << "; expected was an invalid " << field;
}

/// Whether it was done; if not, why not.
template <class T>
[[nodiscard]] ::testing::AssertionResult is_done(const Result<T>& answer) {
  if (answer) return ::testing::AssertionSuccess() << "it was done";
  return ::testing::AssertionFailure() << "refused as: " << answer.error();
}

}  // namespace tests
}  // namespace exhibition
