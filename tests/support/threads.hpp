#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace exhibition::tests {

/// Runs `body(number)` on so many threads, all let off at once, and waits for all of them.
inline void at_once(std::size_t count, const std::function<void(std::size_t)>& body) {
  std::atomic<bool> start = false;
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.wait(false);
      body(i);
    });
  }
  start = true;
  start.notify_all();
  for (auto& thread : threads) thread.join();
}

}  // namespace exhibition::tests
