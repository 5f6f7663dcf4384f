#include "exhibition/testing/dispatcher_contract.hpp"

#include "contract/loose_dispatcher.hpp"
#include "exhibition/adapters/signals.hpp"

namespace exhibition::testing {
namespace {

struct SignalsHarness {
  static std::unique_ptr<EventDispatcher> open() { return signals::dispatcher(); }
};

struct LooseHarness {
  static std::unique_ptr<EventDispatcher> open() {
    return std::make_unique<tests::LooseDispatcher>();
  }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Signals, DispatcherContract, SignalsHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Loose, DispatcherContract, LooseHarness);

}  // namespace exhibition::testing
