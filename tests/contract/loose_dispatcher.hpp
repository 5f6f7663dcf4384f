#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "exhibition/adapters/signals.hpp"
#include "exhibition/ports/event_dispatcher.hpp"

namespace exhibition::tests {

/// A dispatcher that claims no capability: a thread of its own delivers what has gathered, stream by
/// stream, and some of it twice.
/// Threads: as the port says.
class LooseDispatcher final : public EventDispatcher {
 public:
  LooseDispatcher() : thread_([this] { run(); }) {}
  ~LooseDispatcher() override {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  [[nodiscard]] DispatcherCapabilities capabilities() const override { return {}; }

  /// At the thread's next delivery a handler would get what was published before it came.
  Subscription subscribe(Handler handler) override {
    Position head;
    {
      const std::lock_guard lock(mutex_);
      head = head_;
    }
    return handlers_->subscribe([head, handler = std::move(handler)](const Envelope& envelope) {
      if (envelope.position > head) handler(envelope);
    });
  }

  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)>) override {
    {
      const std::lock_guard lock(mutex_);
      gathered_.push_back(envelope);
      head_ = envelope.position;
    }
    changed_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::vector<Envelope> events;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return is_over_ || !gathered_.empty(); });
        if (is_over_) return;
        events.swap(gathered_);
      }
      std::stable_sort(events.begin(), events.end(), [](const Envelope& a, const Envelope& b) {
        return a.stream.id > b.stream.id;
      });
      for (const auto& envelope : events) deliver(envelope);
    }
  }

  void deliver(const Envelope& envelope) {
    const int times = envelope.position.value() % 3 == 0 ? 2 : 1;
    for (int i = 0; i < times; ++i) handlers_->publish(envelope, [](std::exception_ptr) {});
  }

  std::unique_ptr<EventDispatcher> handlers_ = signals::dispatcher();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Envelope> gathered_;  // guarded by mutex_
  Position head_;                   // guarded by mutex_
  bool is_over_ = false;            // guarded by mutex_
  std::thread thread_;              // last, for it uses the others
};

}  // namespace exhibition::tests
