#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "exhibition/core/result.hpp"
#include "exhibition/resilience/call_context.hpp"
#include "exhibition/resilience/hint.hpp"
#include "exhibition/resilience/judged_call.hpp"
#include "exhibition/resilience/layer.hpp"
#include "exhibition/resilience/verdict.hpp"

namespace exhibition {

/// Why a Fallback is asked: the Error that was given, or what was thrown; neither, when a judge took
/// a value for a failure. It is good as long as the fallback runs.
struct FailedCall {
  const Error* error = nullptr;
  std::exception_ptr thrown = nullptr;
};

/// Answers for a call that failed, was not done in time or was refused by a policy. What the callee
/// answers, be it "no", is passed on.
/// Threads: any, if `handler` may be called by several at once.
template <std::invocable<const FailedCall&> Handler>
class Fallback {
 public:
  static constexpr Layer layer = Layer::fallback;

  /// `handler(failed)` gives the answer, or nothing where the call gives nothing; what it throws is
  /// thrown.
  explicit Fallback(Handler handler) : handler_(std::move(handler)) {}

  /// As a part of a Pipeline.
  template <class Next, class Judge>
  std::invoke_result_t<Next&, const CallContext&> run(const CallContext& context, Next&& next,
                                                      const Judge& judge) {
    using Answer = std::invoke_result_t<Next&, const CallContext&>;
    std::exception_ptr kept;
    auto answer = call_or([&]() -> std::optional<Answer> { return next(context); },
                          [&](const std::exception* thrown) -> std::optional<Answer> {
                            const auto verdict = verdict_of_thrown(judge, thrown);
                            if (verdict != Verdict::failure && !is_refusal(thrown)) throw;
                            kept = std::current_exception();
                            return std::nullopt;
                          });
    if (!answer) return answer_of<Answer>(FailedCall{.thrown = kept});
    const Error* error = *answer ? nullptr : &answer->error();
    const bool is_failure = verdict_of_answer<Answer>(judge, *answer) == Verdict::failure;
    if (!is_failure && !(error && is_refusal(*error))) return *std::move(answer);
    return answer_of<Answer>(FailedCall{.error = error});
  }

 private:
  template <class Answer>
  Answer answer_of(const FailedCall& failed) {
    if constexpr (std::is_void_v<std::invoke_result_t<Handler&, const FailedCall&>>) {
      std::invoke(handler_, failed);
      return {};
    } else {
      return std::invoke(handler_, failed);
    }
  }

  Handler handler_;
};

/// Has the caller's judge judge what reaches a policy: what the callee gave. What the policies
/// inside gave instead speaks for itself. A callee's own `overloaded` cannot be told from theirs.
template <class Given, class Judge>
struct JudgeOfAnswers {
  Judge judge;

  template <class T>
  [[nodiscard]] Verdict operator()(const Result<T>& answer) const noexcept {
    const bool is_given = std::same_as<Given, Result<T>>;
    if (!answer &&
        (!is_given || answer.error().code == Errc::timeout || is_refusal(answer.error()))) {
      return verdict_of(answer.error());
    }
    if constexpr (std::is_void_v<Given>) {
      return Verdict::success;
    } else {
      return verdict_of_answer<Given>(judge, answer);
    }
  }
  [[nodiscard]] Verdict thrown(const std::exception* thrown) const noexcept {
    return verdict_of_thrown(judge, thrown);
  }
};

/// Policies around a call, the outermost first; they must come in the order of Layer, or it does not
/// compile. It holds none of them: their owner keeps them for as long as it is used.
///
///     Pipeline guard(fallback, retry, breaker, timeout, bulkhead);
///     const auto offer = guard.run([&](const CallContext& context) { return ask(context); });
///
/// Threads: any.
template <Policy... Policies>
requires(sizeof...(Policies) > 0 && is_in_order({Policies::layer...})) class Pipeline {
 public:
  explicit Pipeline(Policies&... policies) : policies_(&policies...) {}

  /// Calls `call(context)`, or `call()`, with the deadline that the policies leave it. A Result is
  /// passed on, anything else comes in one; an exception is passed on unchanged. `judge` is asked
  /// what the callee's answer says of it: see JudgeByError. Around a WorkerTimeout both are copied.
  /// Errors: overloaded, circuit_open, timeout; those of the call.
  template <class Call, class Judge = JudgeByError>
  auto run(Call&& call, const CallContext& context = {}, const Judge& judge = {}) const {
    using Given = GivenBy<Call>;
    if constexpr (detaches_any) {
      static_assert(std::copy_constructible<std::decay_t<Call>>,
                    "a call inside a WorkerTimeout may outlive its caller, and is copied for it");
      return run_from<0>(policies_, call, context,
                         JudgeOfAnswers<Given, std::decay_t<Judge>>{judge});
    } else {
      return run_from<0>(policies_, call, context, JudgeOfAnswers<Given, const Judge&>{judge});
    }
  }

 private:
  using Pointers = std::tuple<Policies*...>;

  template <class P>
  static constexpr bool detaches = requires {
    requires P::detaches;
  };
  static constexpr bool detaches_any = (detaches<Policies> || ...);

  template <class Call>
  static decltype(auto) make(Call& call, const CallContext& context) {
    if constexpr (std::invocable<Call&, const CallContext&>) {
      return std::invoke(call, context);
    } else {
      return std::invoke(call);
    }
  }

  template <class Call>
  using GivenBy =
      std::remove_cv_t<decltype(make(std::declval<Call&>(), std::declval<const CallContext&>()))>;

  /// With what is inside the policies before number `At`.
  template <std::size_t At, class Call, class Judge>
  static auto run_from(const Pointers& policies, Call& call, const CallContext& context,
                       const Judge& judge) {
    if constexpr (At == sizeof...(Policies)) {
      using Given = GivenBy<Call>;
      using Answer = typename AsResult<Given>::type;
      // Whoever has waited in vain for a place, or for a thread, asks no more.
      if (context.is_over() || (context.beginning && !context.beginning->begin())) {
        return Answer(Error(refusal::Timeout{hint({}), false}));
      }
      if constexpr (std::is_void_v<Given>) {
        make(call, context);
        return Answer();
      } else {
        return Answer(make(call, context));
      }
    } else if constexpr (detaches<std::tuple_element_t<At, std::tuple<Policies...>>>) {
      auto copy = [policies, call, judge](const CallContext& inner) mutable {
        return run_from<At + 1>(policies, call, inner, judge);
      };
      return std::get<At>(policies)->run(context, std::move(copy), judge);
    } else {
      const auto next = [&](const CallContext& inner) {
        return run_from<At + 1>(policies, call, inner, judge);
      };
      return std::get<At>(policies)->run(context, next, judge);
    }
  }

  Pointers policies_;
};

}  // namespace exhibition
