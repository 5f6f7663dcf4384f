#pragma once

#include <cassert>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "exhibition/core/error.hpp"

namespace exhibition {

template <class T>
class Result;

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

/// What a Result<T> takes for its value. Another Result is no bool, though it can be asked like one.
template <class U, class T>
concept ValueOf = !std::same_as<std::remove_cvref_t<U>, Result<T>> &&
                  std::constructible_from<T, U> && !std::convertible_to<U, Error> &&
                  !(std::same_as<std::remove_cv_t<T>, bool> && is_result<std::remove_cvref_t<U>>);

/// What an operation comes to: a value, or the Error that says why there is none. The member names
/// are those of std::expected; value() of an error throws Exception.
/// Threads: a value.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <ValueOf<T> U = T>
  explicit(!std::convertible_to<U, T>)
      Result(U&& value)  // NOLINT(google-explicit-constructor): a value is a result
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  template <std::convertible_to<Error> E>
  Result(E&& error)  // NOLINT(google-explicit-constructor): an error is a result
      : state_(std::in_place_index<1>, std::forward<E>(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const T& operator*() const& { return *std::get_if<0>(&state_); }
  [[nodiscard]] T& operator*() & { return *std::get_if<0>(&state_); }
  [[nodiscard]] T operator*() && { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] const T* operator->() const { return std::get_if<0>(&state_); }
  [[nodiscard]] T* operator->() { return std::get_if<0>(&state_); }

  const T& value() const& {
    if (!has_value()) throw Exception(error());
    return **this;
  }
  T& value() & {
    if (!has_value()) throw Exception(error());
    return **this;
  }
  /// By value, so that `for (auto& x : f().value())` is safe.
  T value() && {
    if (!has_value()) throw Exception(error());
    return *std::move(*this);
  }

  [[nodiscard]] const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error& error() {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

  template <class U>
  [[nodiscard]] T value_or(U&& otherwise) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
  }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::variant<T, Error> state_;
};

/// Done, or the Error that says why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;

  template <std::convertible_to<Error> E>
  Result(E&& error)  // NOLINT(google-explicit-constructor): an error is a result
      : state_(std::in_place_index<1>, std::forward<E>(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  void value() const {
    if (!has_value()) throw Exception(error());
  }

  [[nodiscard]] const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace exhibition
