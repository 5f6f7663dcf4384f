#pragma once

#include <exception>
#include <string>

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

}  // namespace exhibition
