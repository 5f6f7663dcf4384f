#include "pump.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

namespace exhibition {
namespace {

constexpr std::size_t slice = 256;

/// Runs one part of a pump; a store that fails ends this part and no other.
template <class Part>
void attempt(PumpReport& report, std::string_view name, Part part) {
  try {
    part();
  } catch (const PortError& failure) {
    report.failures.push_back({std::string(name), refusal::StorageFailure{failure.what()}});
  } catch (const Exception& failure) {
    report.failures.push_back({std::string(name), failure.error()});
  }
}

}  // namespace

/// The right to run, taken in turn; not granted to a thread that has it already.
class Pump::Turn {
 public:
  explicit Turn(Pump& pump) : pump_(pump) {
    std::unique_lock lock(pump_.mutex_);
    if (pump_.runner_ == std::this_thread::get_id()) return;
    pump_.turn_ended_.wait(lock, [&] { return pump_.runner_ == std::thread::id{}; });
    pump_.runner_ = std::this_thread::get_id();
    granted_ = true;
  }
  ~Turn() {
    if (!granted_) return;
    const std::lock_guard lock(pump_.mutex_);
    pump_.runner_ = {};
    pump_.turn_ended_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  explicit operator bool() const { return granted_; }

 private:
  Pump& pump_;
  bool granted_ = false;
};

PumpReport Pump::run(const PumpBudget& budget) {
  PumpReport report;
  const Turn turn(*this);
  if (!turn) {
    report.inside_handler = true;
    return report;
  }
  const Instant now = clock_.now();
  const std::size_t most = budget.max_events;
  attempt(report, "holds", [&] { report.settled += settler_.settle_holds(now, most); });
  attempt(report, "closings", [&] { report.settled += settler_.settle_closings(now, most); });
  attempt(report, VoucherPolicy::name, [&] { report.vouchers = vouchers_.run(now, head(), most); });
  attempt(report, MyPageProjection::name, [&] { report.my_page = my_page_.run(head(), most); });
  attempt(report, "subscriptions", [&] { deliver(head(), most, report); });
  report.more = !report.failures.empty() || most <= std::max({report.settled, report.vouchers,
                                                              report.my_page, report.delivered});
  return report;
}

Position Pump::head() const {
  return read(storage_, [](const ReadView& view) { return view.log().head(); });
}

Subscription Pump::subscribe(EventDispatcher::Handler handler) {
  {
    const std::lock_guard lock(mutex_);
    if (!delivered_) delivered_ = head();
  }
  // The head is read once the handler has its place, so that no later event passes it by; until
  // then it gets none.
  const auto start = std::make_shared<std::atomic<std::int64_t>>(INT64_MAX);
  auto subscription =
      dispatcher_.subscribe([start, handler = std::move(handler)](const Envelope& envelope) {
        if (envelope.position.value() > start->load()) handler(envelope);
      });
  start->store(head().value());
  return subscription;
}

void Pump::deliver(Position until, std::size_t at_most, PumpReport& report) {
  for (;;) {
    std::optional<Position> after;
    {
      const std::lock_guard lock(mutex_);
      after = delivered_;
    }
    if (!after || *after >= until || report.delivered >= at_most) return;
    const auto events = read(storage_, [&](const ReadView& view) {
      return view.log().read(*after, std::min(slice, at_most - report.delivered));
    });
    for (const auto& envelope : events) {
      if (envelope.position > until) return;
      {
        // Before the handlers run: each event is given once, whatever they do.
        const std::lock_guard lock(mutex_);
        delivered_ = envelope.position;
      }
      ++report.delivered;
      dispatcher_.publish(envelope, [&](std::exception_ptr error) {
        ++report.subscriber_errors;
        report_error(envelope, std::move(error));
      });
    }
    if (events.empty()) return;
  }
}

void Pump::report_error(const Envelope& envelope, std::exception_ptr error) const noexcept {
  if (!on_subscriber_error_) return;
  try {
    on_subscriber_error_(envelope, std::move(error));
  } catch (
      ...) {  // NOLINT(bugprone-empty-catch): the report of an error has nowhere to report its own
  }
}

}  // namespace exhibition
