#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>

#include "follower_ledger.hpp"

namespace exhibition {

/// Makes a follower's lease longer while its handler runs, however long it takes.
class LeaseRenewal {
 public:
  /// None when there is no thread to be had: the lease then ends when it ends.
  [[nodiscard]] static std::unique_ptr<LeaseRenewal> of(FollowerLedger& ledger) {
    try {
      return std::make_unique<LeaseRenewal>(ledger);
    } catch (const std::system_error&) {
      return nullptr;
    }
  }

  explicit LeaseRenewal(FollowerLedger& ledger)
      : ledger_(ledger), thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto is_over = [&] { return stop.stop_requested(); };
    while (!changed_.wait_for(lock, stop, ledger_.length() / 3, is_over)) {
      try {
        ledger_.renew();
      } catch (...) {  // NOLINT(bugprone-empty-catch): the next write shows what it comes to
      }
    }
  }

  FollowerLedger& ledger_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // the last: it ends before the others
};

}  // namespace exhibition
