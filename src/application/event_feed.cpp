#include "exhibition/application/event_feed.hpp"

#include <stdexcept>
#include <utility>

#include "context.hpp"

namespace exhibition {
namespace {

constexpr const char* is_closed = "exhibition: the engine is closed";

}  // namespace

PumpReport EventFeed::pump(const PumpBudget& budget) {
  const Gate::Pass pass(context_.gate);
  if (!pass) throw std::logic_error(is_closed);
  return context_.pump.run(budget);
}

Subscription EventFeed::subscribe(EventDispatcher::Handler handler) {
  const Gate::Pass pass(context_.gate);
  if (!pass) throw std::logic_error(is_closed);
  try {
    return context_.pump.subscribe(std::move(handler));
  } catch (const PortError& failure) {
    throw Exception(refusal::StorageFailure{failure.what()});
  }
}

}  // namespace exhibition
