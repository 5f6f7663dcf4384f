#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <ostream>
#include <type_traits>
#include <utility>

#include "exhibition/core/result.hpp"
#include "exhibition/resilience/verdict.hpp"

namespace exhibition {

template <class Given>
struct AsResult {
  static_assert(!std::is_reference_v<Given>, "a call gives a value, a Result or nothing");
  static_assert(!std::convertible_to<Given, Error>, "a call that gives an Error gives a Result");
  using type = Result<Given>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
};

/// What calling `Call` comes to: its Result, or a Result of what it gives.
template <class Call, class... Arguments>
using AnswerOf =
    typename AsResult<std::remove_cv_t<std::invoke_result_t<Call&, Arguments...>>>::type;

/// What `judge` says of an exception.
template <class Judge>
[[nodiscard]] Verdict verdict_of_thrown(const Judge& judge, const std::exception* thrown) noexcept {
  if constexpr (requires { judge.thrown(thrown); }) {
    try {
      return judge.thrown(thrown);
    } catch (...) {
      return Verdict::failure;
    }
  } else {
    return Verdict::failure;
  }
}

/// What `judge` says of an answer; `Given` is what the call itself gives.
template <class Given, class Judge, class Answer>
[[nodiscard]] Verdict verdict_of_answer(const Judge& judge, const Answer& answer) noexcept {
  try {
    if constexpr (std::same_as<Answer, Given>) {
      return judge(answer);
    } else {
      return judge(*answer);
    }
  } catch (...) {
    return Verdict::failure;  // a judge that throws has not said that all is well
  }
}

/// Gives what `call()` gives. What it throws is for `caught(thrown)` to answer, null being no
/// std::exception, or to let go on with `throw;`. The end of a cancelled thread goes on by itself.
template <class Call, class Caught>
std::invoke_result_t<Call&> call_or(Call&& call, Caught&& caught) {
  try {
    return std::invoke(call);
  }
#ifdef __GLIBCXX__  // whose streams declare it
  catch (__cxxabiv1::__forced_unwind&) {
    throw;
  }
#endif
  catch (const std::exception& thrown) {
    return caught(&thrown);
  } catch (...) {
    return caught(nullptr);
  }
}

/// Calls `call()`, has `judge` judge it, and tells `done(verdict)` before it passes on what came of
/// it: a Result as it is, anything else in one, an exception unchanged. `done` is not told when the
/// thread is cancelled, which says nothing of the callee.
template <class Call, class Judge, class Done>
AnswerOf<Call> call_and_judge(Call&& call, const Judge& judge, Done&& done) {
  using Given = std::remove_cv_t<std::invoke_result_t<Call&>>;
  return call_or(
      [&]() -> AnswerOf<Call> {
        if constexpr (std::is_void_v<Given>) {
          std::invoke(call);
          done(Verdict::success);
          return {};
        } else {
          AnswerOf<Call> answer = std::invoke(call);
          done(verdict_of_answer<Given>(judge, answer));
          return answer;
        }
      },
      [&](const std::exception* thrown) -> AnswerOf<Call> {
        done(verdict_of_thrown(judge, thrown));
        throw;
      });
}

}  // namespace exhibition
