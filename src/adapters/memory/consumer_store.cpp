#include <mutex>
#include <utility>

#include "exhibition/adapters/memory.hpp"
#include "followers.hpp"

namespace exhibition::memory {
namespace {

/// Threads: any.
class MemoryConsumerStore final : public ConsumerStore {
 public:
  void transact(FunctionRef<void(Followers&)> work) override {
    const std::lock_guard lock(mutex_);
    FollowerStates changed = states_;
    MemoryFollowers followers(changed);
    work(followers);
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
  mutable std::mutex mutex_;
  FollowerStates states_;  // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<ConsumerStore>> consumer_store() {
  return std::unique_ptr<ConsumerStore>(std::make_unique<MemoryConsumerStore>());
}

}  // namespace exhibition::memory
