#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/ports/storage.hpp"

/// What the parts of the storage contract share. Include exhibition/testing/storage_contract.hpp.

namespace exhibition::testing {

/// A storage of the harness, on a new and empty store for each test.
template <class Harness>
class StorageContract : public ::testing::Test {
 public:
  StorageContract() : storage_(harness.open().value()) {}

  [[nodiscard]] Storage& storage() { return *storage_; }

  /// Closes the storage, so that `harness.open()` opens it again.
  void close() { storage_.reset(); }
  void reopen() {
    close();
    storage_ = harness.open().value();
  }

 protected:
  Harness harness;

 private:
  std::unique_ptr<Storage> storage_;
};

namespace contract {

/// Runs `change(unit)` in a unit that is expected to commit.
template <class Change>
void commit(Storage& storage, Change change) {
  const auto outcome = transact(storage, [&](UnitOfWork& unit) -> Result<void> {
    change(unit);
    return {};
  });
  EXPECT_TRUE(outcome.has_value()) << outcome.error();
}

/// Checks by `look(view)` what a unit sees of its own changes, then, once they are committed, what
/// a read sees.
template <class Change, class Look>
void commit_and_look(Storage& storage, Change change, Look look) {
  commit(storage, [&](UnitOfWork& unit) {
    change(unit);
    look(std::as_const(unit));
  });
  storage.read([&](const ReadView& view) { look(view); });
}

/// Keeps how far a follower is, and nothing else of it.
inline void save_position(Followers& followers, std::string_view name, Position position) {
  followers.save(name, {.position = position, .begun = position});
}

inline Position position_of(const Followers& followers, std::string_view name) {
  return followers.find(name).value_or(Checkpoint{}).position;
}

/// How long one thread waits for another before the test fails, so that a storage that makes them
/// wait for each other does not stop the suite.
inline constexpr std::chrono::seconds patience{20};

/// Asks until `condition()` is true; whether it was before patience ended.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// A gate that one thread waits at until another opens it.
class Latch {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
  }
  /// Whether it was opened before patience ended; if not, the test has failed.
  bool wait() {
    std::unique_lock lock(mutex_);
    const bool was_opened = opened_.wait_for(lock, patience, [this] { return is_open_; });
    EXPECT_TRUE(was_opened) << "waited in vain for another thread";
    return was_opened;
  }
  [[nodiscard]] bool is_open() const {
    const std::lock_guard lock(mutex_);
    return is_open_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

/// Opens the gate at the end of its scope, however that is left.
class OpenAtTheEnd {
 public:
  explicit OpenAtTheEnd(Latch& latch) : latch_(latch) {}
  ~OpenAtTheEnd() { latch_.open(); }
  OpenAtTheEnd(const OpenAtTheEnd&) = delete;
  OpenAtTheEnd& operator=(const OpenAtTheEnd&) = delete;

 private:
  Latch& latch_;
};

/// A thread that is waited for at the end of its scope. What it throws fails the test.
class TestThread {
 public:
  template <class Body>
  explicit TestThread(Body body)
      : thread_([body = std::move(body)]() mutable {
          try {
            body();
          } catch (const std::exception& failure) {
            ADD_FAILURE() << "a thread threw: " << failure.what();
          } catch (...) {
            ADD_FAILURE() << "a thread threw something";
          }
        }) {}
  ~TestThread() { join(); }
  TestThread(const TestThread&) = delete;
  TestThread& operator=(const TestThread&) = delete;

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
};

/// Runs `body(number)` on so many threads at once, and waits for all of them.
template <class Body>
void on_threads(std::size_t count, Body body) {
  Latch start;
  std::vector<std::unique_ptr<TestThread>> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.push_back(std::make_unique<TestThread>([&, i] {
      if (start.wait()) body(i);
    }));
  }
  start.open();
}

/// The ids of the elements, to compare with an expected order.
template <class T>
auto ids_of(const std::vector<T>& elements) {
  std::vector<std::int64_t> ids;
  for (const auto& element : elements) ids.push_back(element.id.value());
  return ids;
}

using Ids = std::vector<std::int64_t>;

}  // namespace contract
}  // namespace exhibition::testing
