#pragma once

#include <exception>
#include <string>

#include "exhibition/core/error.hpp"
#include "exhibition/core/result.hpp"

namespace exhibition {

/// What an exception says.
[[nodiscard]] inline std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    const char* text = thrown.what();
    return text ? text : "an exception that says nothing";
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

/// What an exception comes to at the boundary: the error that it carries, or a failing store.
[[nodiscard]] inline Error error_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Exception& failure) {
    return failure.error();
  } catch (...) {
    return refusal::StorageFailure{text_of(error)};
  }
}

/// Throws a failing store on, inside the boundary.
inline void expect(const Result<void>& outcome) {
  if (!outcome) throw PortError(outcome.error().message());
}

}  // namespace exhibition
