// Dispatchers that break their contract: what the suite has to find out. Each is named after what
// it does, and ctest expects one test of it to fail.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "exhibition/adapters/signals.hpp"
#include "exhibition/testing/dispatcher_contract.hpp"

namespace exhibition::testing {
namespace {

/// The library's own, with one thing made different.
class Broken : public EventDispatcher {
 public:
  [[nodiscard]] DispatcherCapabilities capabilities() const override {
    return inside_->capabilities();
  }
  Subscription subscribe(Handler handler) override {
    return inside_->subscribe(std::move(handler));
  }
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    inside_->publish(envelope, failed);
  }

 private:
  std::unique_ptr<EventDispatcher> inside_ = signals::dispatcher();
};

class Repeating final : public Broken {
 public:
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    Broken::publish(envelope, failed);
    Broken::publish(envelope, failed);
  }
};

class Swapping final : public Broken {
 public:
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)> failed) override {
    const auto before = std::exchange(kept_, std::nullopt);
    if (!before && envelope.position.value() % 7 == 0) {
      kept_ = envelope;
      return;
    }
    Broken::publish(envelope, failed);
    if (before) Broken::publish(*before, failed);
  }

 private:
  std::optional<Envelope> kept_;
};

class Silent final : public Broken {
 public:
  void publish(const Envelope& envelope, FunctionRef<void(std::exception_ptr)>) override {
    Broken::publish(envelope, [](std::exception_ptr) {});
  }
};

/// Closing lets no later event in, but waits for nobody and lets go of nothing.
class Hasty final : public Broken {
 public:
  Subscription subscribe(Handler handler) override {
    auto closed = std::make_shared<std::atomic<bool>>(false);
    auto inside =
        Broken::subscribe([closed, handler = std::move(handler)](const Envelope& envelope) {
          if (!*closed) handler(envelope);
        });
    kept_.push_back(std::move(inside));
    return Subscription(std::make_unique<Slot>(std::move(closed)));
  }

 private:
  class Slot final : public Subscription::Slot {
   public:
    explicit Slot(std::shared_ptr<std::atomic<bool>> closed) : closed_(std::move(closed)) {}
    void close() noexcept override { *closed_ = true; }

   private:
    std::shared_ptr<std::atomic<bool>> closed_;
  };

  std::vector<Subscription> kept_;
};

template <class Dispatcher>
struct Harness {
  static std::unique_ptr<EventDispatcher> open() { return std::make_unique<Dispatcher>(); }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Repeating, DispatcherContract, Harness<Repeating>);
INSTANTIATE_TYPED_TEST_SUITE_P(Swapping, DispatcherContract, Harness<Swapping>);
INSTANTIATE_TYPED_TEST_SUITE_P(Silent, DispatcherContract, Harness<Silent>);
INSTANTIATE_TYPED_TEST_SUITE_P(Hasty, DispatcherContract, Harness<Hasty>);

}  // namespace exhibition::testing
