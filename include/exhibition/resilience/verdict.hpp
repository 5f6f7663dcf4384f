#pragma once

#include <cstdint>
#include <exception>
#include <string_view>
#include <variant>

#include "exhibition/core/error.hpp"
#include "exhibition/core/result.hpp"

namespace exhibition {

/// What a call that has ended says about whom it called.
enum class Verdict : std::uint8_t {
  success,  ///< it answers, be it "no": not found and sold out are answers
  failure,  ///< it does not
  ignored,  ///< nothing: it was not asked, or the caller has given up
};

[[nodiscard]] constexpr std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::success: return "success";
    case Verdict::failure: return "failure";
    case Verdict::ignored: return "ignored";
  }
  return "unknown";
}

/// How errors are judged where nobody says otherwise: a store that fails and a timeout are failures,
/// a refusal by another policy or of a bad argument says nothing, every other "no" is an answer.
[[nodiscard]] constexpr Verdict verdict_of(Errc code) {
  switch (code) {
    case Errc::storage_failure:
    case Errc::timeout: return Verdict::failure;
    case Errc::invalid_argument:
    case Errc::closed:
    case Errc::overloaded:
    case Errc::circuit_open: return Verdict::ignored;
    default: return Verdict::success;
  }
}

/// The same; a timeout says nothing of a callee that was not asked in time.
[[nodiscard]] inline Verdict verdict_of(const Error& error) {
  const auto* timeout = std::get_if<refusal::Timeout>(&error.detail);
  return timeout && !timeout->callee_was_late ? Verdict::ignored : verdict_of(error.code);
}

/// Whether a policy has refused, and the callee was not asked.
[[nodiscard]] inline bool is_refusal(const Error& error) {
  const auto* timeout = std::get_if<refusal::Timeout>(&error.detail);
  return error.code == Errc::overloaded || error.code == Errc::circuit_open ||
         (timeout && !timeout->callee_was_late);
}

/// The same of what was thrown; null is no std::exception.
[[nodiscard]] inline bool is_refusal(const std::exception* thrown) {
  const auto* with_error = dynamic_cast<const Exception*>(thrown);
  return with_error && is_refusal(with_error->error());
}

/// Judges what a call gave: an Error by its code, be it given or thrown in an Exception; everything
/// else that is thrown is a failure, and everything else that is given a success. A judge of one's
/// own may be any function of that kind; with a member `thrown(const std::exception*)` it judges
/// exceptions as well, null being one that is no std::exception. Without it, and where a judge
/// throws, the call has failed.
struct JudgeByError {
  template <class T>
  [[nodiscard]] Verdict operator()(const T&) const noexcept {
    return Verdict::success;
  }
  template <class T>
  [[nodiscard]] Verdict operator()(const Result<T>& result) const noexcept {
    return result ? Verdict::success : verdict_of(result.error());
  }
  [[nodiscard]] Verdict thrown(const std::exception* thrown) const noexcept {
    const auto* refused = dynamic_cast<const Exception*>(thrown);
    return refused ? verdict_of(refused->error()) : Verdict::failure;
  }
};

}  // namespace exhibition
