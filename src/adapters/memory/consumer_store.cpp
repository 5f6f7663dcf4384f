#include <mutex>
#include <utility>

#include "exhibition/adapters/memory.hpp"
#include "exhibition/ports/nesting.hpp"
#include "followers.hpp"

namespace exhibition::memory {
namespace {

/// Threads: any.
class MemoryConsumerStore final : public ConsumerStore {
 public:
  void transact(FunctionRef<void(Followers&)> work) override {
    const NestingGuard nesting(this);
    const std::lock_guard turn(writer_);
    FollowerStates changed = states_;
    MemoryFollowers followers(changed);
    work(followers);
    const std::lock_guard lock(mutex_);
    states_ = std::move(changed);
  }

  void read(FunctionRef<void(const Followers&)> reader) const override {
    const std::lock_guard lock(mutex_);
    reader(MemoryFollowers(const_cast<FollowerStates&>(states_)));
  }

  Result<std::optional<std::filesystem::path>> backup(const std::filesystem::path&) const override {
    return std::optional<std::filesystem::path>();
  }

 private:
  std::mutex writer_;
  mutable std::mutex mutex_;
  FollowerStates states_;  // written under writer_ and mutex_, read under either
};

}  // namespace

Result<std::unique_ptr<ConsumerStore>> consumer_store() {
  return std::unique_ptr<ConsumerStore>(std::make_unique<MemoryConsumerStore>());
}

}  // namespace exhibition::memory
