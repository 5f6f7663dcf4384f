#include "exhibition/adapters/memory.hpp"
#include "exhibition/testing/storage_contract.hpp"

namespace exhibition::testing {
namespace {

struct MemoryHarness {
  static constexpr bool durable = false;
  static constexpr bool several = false;
  static constexpr bool files = false;

  static Result<std::unique_ptr<Storage>> open() { return memory::storage(); }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StorageContract, MemoryHarness);

}  // namespace exhibition::testing
