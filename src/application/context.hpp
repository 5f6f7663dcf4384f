#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "exhibition/core/clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"
#include "gate.hpp"
#include "id_source.hpp"
#include "pump.hpp"

namespace exhibition {

/// What the desks of one engine share. The stores end when the gate is closed.
struct Context {
  Context(std::unique_ptr<Storage> bookings, std::unique_ptr<MyPages> pages,
          std::unique_ptr<Clock> time, std::unique_ptr<RandomSource> bits,
          std::unique_ptr<EventDispatcher> handlers, Pump::OnError on_subscriber_error)
      : storage(std::move(bookings)),
        my_pages(std::move(pages)),
        clock(std::move(time)),
        random(std::move(bits)),
        dispatcher(std::move(handlers)),
        ids(*storage),
        pump(*storage, *my_pages, ids, *clock, *random, *dispatcher,
             std::move(on_subscriber_error)),
        gate([this] { finish(); }) {}

  std::unique_ptr<Storage> storage;
  std::unique_ptr<MyPages> my_pages;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<RandomSource> random;
  std::unique_ptr<EventDispatcher> dispatcher;
  IdSource ids;
  Pump pump;
  Gate gate;

 private:
  /// What a failing store keeps of the ids is a gap, no more.
  void finish() noexcept {
    try {
      ids.close();
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
    my_pages.reset();
    storage.reset();
  }
};

/// The boundary of the library: runs `call` inside the engine's gate and turns a failing store into
/// an Error.
template <class Call>
std::invoke_result_t<Call&> at_the_desk(Context& context, Call call) {
  const Gate::Pass pass(context.gate);
  if (!pass) return refusal::Closed{};
  try {
    return call();
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition
