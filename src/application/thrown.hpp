#pragma once

#include <exception>

#include "exhibition/core/error.hpp"
#include "exhibition/core/exception_text.hpp"
#include "exhibition/core/result.hpp"

namespace exhibition {

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
