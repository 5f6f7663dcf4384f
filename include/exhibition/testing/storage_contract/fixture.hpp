#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
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

/// A gate that one thread waits at until another opens it.
class Latch {
 public:
  void open() {
    opened_ = true;
    opened_.notify_all();
  }
  void wait() const { opened_.wait(false); }
  [[nodiscard]] bool is_open() const { return opened_; }

 private:
  std::atomic<bool> opened_ = false;
};

/// Runs `body(number)` on so many threads at once, and waits for all of them.
template <class Body>
void on_threads(std::size_t count, Body body) {
  Latch start;
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.wait();
      body(i);
    });
  }
  start.open();
  for (auto& thread : threads) thread.join();
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
