// Boost 1.74's function template trips a false warning of g++ -O2 in whoever instantiates it.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <boost/signals2/signal.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "exhibition/adapters/signals.hpp"

namespace exhibition::signals {
namespace {

/// One handler, and whether it is running. No lock is held while it runs, or is destroyed.
/// Threads: any.
class Call {
 public:
  explicit Call(EventDispatcher::Handler handler) : handler_(std::move(handler)) {}

  void operator()(const Envelope& envelope) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      runner_ = std::this_thread::get_id();
    }
    const Running running(*this);
    handler_(envelope);
  }

  /// Waits for the handler, unless it is the handler that closes.
  void close() {
    EventDispatcher::Handler closed;
    std::unique_lock lock(mutex_);
    closed_ = true;
    if (runner_ == std::this_thread::get_id()) return;
    ended_.wait(lock, [&] { return runner_ == std::thread::id{}; });
    closed.swap(handler_);
  }

 private:
  class Running {
   public:
    explicit Running(Call& call) : call_(call) {}
    ~Running() {
      let_go_if_closed();
      const std::lock_guard lock(call_.mutex_);
      call_.runner_ = {};
      call_.ended_.notify_all();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    /// Whoever waits in `close` still waits while the handler is destroyed.
    void let_go_if_closed() {
      EventDispatcher::Handler closed;
      const std::lock_guard lock(call_.mutex_);
      if (call_.closed_) closed.swap(call_.handler_);
    }

    Call& call_;
  };

  EventDispatcher::Handler handler_;  // changed under mutex_, when it does not run
  std::mutex mutex_;
  std::condition_variable ended_;
  bool closed_ = false;     // guarded by mutex_
  std::thread::id runner_;  // guarded by mutex_; nobody's while it does not run
};

class Slot final : public Subscription::Slot {
 public:
  Slot(std::shared_ptr<Call> call, boost::signals2::connection connection)
      : call_(std::move(call)), connection_(std::move(connection)) {}

  void close() noexcept override {
    connection_.disconnect();
    call_->close();
  }

 private:
  std::shared_ptr<Call> call_;
  boost::signals2::connection connection_;
};

/// Calls every slot, whatever the others throw.
struct Isolating {
  using result_type = void;

  template <class Slots>
  void operator()(Slots first, Slots last) const {
    for (; first != last; ++first) *first;
  }
};

class Dispatcher final : public EventDispatcher {
  using Failed = FunctionRef<void(std::exception_ptr)>;

 public:
  [[nodiscard]] DispatcherCapabilities capabilities() const override {
    return {.synchronous = true, .total_order = true, .exactly_once = true};
  }

  Subscription subscribe(Handler handler) override {
    auto call = std::make_shared<Call>(std::move(handler));
    auto connection = signal_.connect([call](const Envelope& envelope, const Failed& failed) {
      try {
        (*call)(envelope);
      } catch (...) {
        failed(std::current_exception());
      }
    });
    return Subscription(std::make_unique<Slot>(std::move(call), std::move(connection)));
  }

  void publish(const Envelope& envelope, Failed failed) override { signal_(envelope, failed); }

 private:
  boost::signals2::signal<void(const Envelope&, const Failed&)> signal_;
};

}  // namespace

std::unique_ptr<EventDispatcher> dispatcher() { return std::make_unique<Dispatcher>(); }

}  // namespace exhibition::signals
