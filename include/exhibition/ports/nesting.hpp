#pragma once

#include <stdexcept>

namespace exhibition {

/// Marks that this thread is inside a unit or a read of a store, for as long as it lives; a second
/// one of the same store on the same thread throws std::logic_error instead of waiting for itself.
/// For adapters.
/// Threads: each has marks of its own.
class NestingGuard {
 public:
  explicit NestingGuard(const void* store) : store_(store), outer_(innermost()) {
    for (const auto* guard = outer_; guard != nullptr; guard = guard->outer_) {
      if (guard->store_ == store) {
        throw std::logic_error(
            "exhibition: a unit of work or a read was begun inside another of the same storage");
      }
    }
    innermost() = this;
  }
  ~NestingGuard() { innermost() = outer_; }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;

 private:
  static const NestingGuard*& innermost() {
    thread_local const NestingGuard* guard = nullptr;
    return guard;
  }

  const void* store_;
  const NestingGuard* outer_;
};

}  // namespace exhibition
