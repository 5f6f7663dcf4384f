#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace exhibition {

template <class Signature>
class FunctionRef;

/// What `Ref`, a FunctionRef<R(Args...)>, can refer to.
template <class F, class Ref, class R, class... Args>
concept Referable =
    !std::same_as<std::remove_cvref_t<F>, Ref> && std::is_object_v<std::remove_reference_t<F>> &&
    std::is_invocable_r_v<R, F&, Args...>;

/// A callable object that someone else keeps alive: what a function takes when it calls back before it
/// returns.
/// Threads: as the callable it refers to.
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <Referable<FunctionRef, R, Args...> F>
  FunctionRef(F&& callable) noexcept  // NOLINT(google-explicit-constructor): it stands for F
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* callable_pointer, Args... args) -> R {
          auto& target = *static_cast<std::remove_reference_t<F>*>(callable_pointer);
          return std::invoke(target, std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(callable_, std::forward<Args>(args)...); }

 private:
  void* callable_;
  R (*call_)(void*, Args...);
};

}  // namespace exhibition
