#pragma once

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

  /// Runs `work()` in a transaction, which is committed and durable when it gives true and rolled
  /// back when it gives false or throws.
  /// Errors: PortError when it cannot be begun or committed.
  template <class Work>
  void transact(Work work) {
    const std::lock_guard turn(mutex_);
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

 private:
  StoreFile& store_;
  std::mutex mutex_;
  Statement begin_;
  Statement commit_;
};

}  // namespace exhibition::sqlite
