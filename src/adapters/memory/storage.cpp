#include <array>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "exhibition/adapters/memory.hpp"
#include "exhibition/core/exception_text.hpp"
#include "exhibition/ports/nesting.hpp"
#include "exhibition/ports/thread_executor.hpp"
#include "repositories.hpp"
#include "tables.hpp"

namespace exhibition::memory {
namespace {

/// 32 hexadecimal digits.
std::string new_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (int i = 0; i < 32; ++i) id += digits[random() % digits.size()];
  return id;
}

/// Two copies of the tables: units change one while reads see the other, and a commit swaps them,
/// so that reads never wait for a unit that is running. Threads: any.
class MemoryStorage final : public Storage {
 public:
  MemoryStorage() {
    copies_[0].log_id = new_id();
    copies_[1].log_id = copies_[0].log_id;
  }

  void transact(Work& work) override { work.done(run(work)); }

  void submit(Work& work) override {
    { const NestingGuard outside(this); }
    submitter_.post([this, &work] {
      Result<void> outcome;
      try {
        outcome = run(work);
      } catch (...) {
        outcome = refusal::StorageFailure{text_of(std::current_exception())};
      }
      work.done(std::move(outcome));
    });
  }

  void read(FunctionRef<void(const ReadView&)> reader) const override {
    const NestingGuard guard(this);
    const std::size_t front = enter_front();
    const Leave leave{locks_[front]};
    MemoryUnit view({const_cast<Tables&>(copies_[front]), nullptr});
    reader(view.unit());
  }

  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    const NestingGuard guard(this);
    const std::lock_guard lock(writer_);
    std::int64_t& next = next_ids_[static_cast<std::size_t>(kind)];
    return {std::exchange(next, next + count), count};
  }

  void return_ids(IdKind kind, IdBlock unused) override {
    const NestingGuard guard(this);
    const std::lock_guard lock(writer_);
    std::int64_t& next = next_ids_[static_cast<std::size_t>(kind)];
    if (unused.first + unused.count == next) next = unused.first;
  }

  [[nodiscard]] const Peers& peers() const override { return peers_; }

  [[nodiscard]] Result<std::unique_ptr<MyPages>> my_pages() override { return memory::my_pages(); }

  [[nodiscard]] Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    return memory::consumer_store();
  }

  Result<void> backup(const std::filesystem::path&) const override {
    return refusal::InvalidArgument{"path", "the memory storage keeps nothing in files"};
  }

 private:
  struct Leave {
    std::shared_mutex& lock;
    ~Leave() { lock.unlock_shared(); }
  };

  /// The copy that reads see, held against change.
  std::size_t enter_front() const {
    for (;;) {
      const std::size_t front = front_.load();
      locks_[front].lock_shared();
      if (front == front_.load()) return front;
      locks_[front].unlock_shared();
    }
  }

  Result<void> run(Work& work) {
    const NestingGuard guard(this);
    const std::lock_guard lock(writer_);
    const std::size_t front = front_.load();
    const std::size_t back = 1 - front;
    Touched touched;
    MemoryUnit unit({copies_[back], &touched});
    try {
      if (auto outcome = work.run(unit.unit()); !outcome) {
        copy_touched(copies_[front], copies_[back], touched);
        return outcome;
      }
    } catch (const PortError& failure) {
      copy_touched(copies_[front], copies_[back], touched);
      return refusal::StorageFailure{failure.what()};
    } catch (...) {
      copy_touched(copies_[front], copies_[back], touched);
      throw;
    }
    front_.store(back);
    const std::lock_guard readers_have_left(locks_[front]);
    copy_touched(copies_[back], copies_[front], touched);
    return {};
  }

  NoPeers peers_;
  std::mutex writer_;
  std::array<Tables, 2> copies_;  // the back one is guarded by writer_
  mutable std::array<std::shared_mutex, 2> locks_;
  std::atomic<std::size_t> front_ = 0;
  std::array<std::int64_t, 4> next_ids_ = {1, 1, 1, 1};  // guarded by writer_
  ThreadExecutor submitter_;                             // ends first
};

}  // namespace

Result<std::unique_ptr<Storage>> storage() {
  return std::unique_ptr<Storage>(std::make_unique<MemoryStorage>());
}

}  // namespace exhibition::memory
