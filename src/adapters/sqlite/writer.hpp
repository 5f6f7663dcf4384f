#pragma once

#include <sqlite3.h>

#include <mutex>
#include <utility>

#include "statement.hpp"
#include "store_file.hpp"

namespace exhibition::sqlite {

/// The writing connection's turns: one thread of one process at a time.
/// Threads: any.
class Writer {
 public:
  explicit Writer(StoreFile& store)
      : store_(store),
        begin_(store.writer(), "BEGIN IMMEDIATE"),
        commit_(store.writer(), "COMMIT") {}

  /// Runs `work()` in a transaction, which is committed, as durably as the store is, when it gives
  /// true and rolled back when it gives false or throws.
  /// Errors: PortError when it cannot be begun or committed.
  template <class Work>
  void transact(Work work) {
    const std::lock_guard turn(mutex_);
    run(work);
  }

  /// The same in a store whose commits are not durable: this one is, and those before it are then.
  template <class Work>
  void transact_durably(Work work) {
    const std::lock_guard turn(mutex_);
    const Synchronized synchronized(store_);
    run(work);
  }

  /// Runs `work()` while nobody else writes, in no transaction.
  /// Errors: PortError when the lock is not to be had; what `work` throws.
  template <class Work>
  void exclusively(Work work) {
    const std::lock_guard turn(mutex_);
    const auto held = store_.lock();
    work();
  }

 private:
  /// Durability::full for a while.
  class Synchronized {
   public:
    explicit Synchronized(StoreFile& store) : store_(store) {
      store_.writer().execute(synchronous(Durability::full));
    }
    ~Synchronized() {
      sqlite3_exec(store_.writer().handle(), synchronous(store_.durability()), nullptr, nullptr,
                   nullptr);
    }
    Synchronized(const Synchronized&) = delete;
    Synchronized& operator=(const Synchronized&) = delete;

   private:
    StoreFile& store_;
  };

  template <class Work>
  void run(Work& work) {
    const auto held = store_.lock();
    begin_.run();
    try {
      if (work()) {
        commit_.run();
      } else {
        store_.writer().roll_back();
      }
    } catch (...) {
      store_.writer().roll_back();
      throw;
    }
  }

  StoreFile& store_;
  std::mutex mutex_;
  Statement begin_;
  Statement commit_;
};

}  // namespace exhibition::sqlite
