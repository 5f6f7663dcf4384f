#include "pump.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "deadline.hpp"
#include "thrown.hpp"

namespace exhibition {
namespace {

constexpr std::size_t delivered_at_once = 256;

/// What failed may be well again then.
constexpr std::chrono::milliseconds pause_after_failure{200};

/// Runs one part of a pump; whatever a port throws ends this part and no other. False when it did.
template <class Part>
bool attempt(PumpReport& report, std::string_view name, Part part) {
  try {
    part();
    return true;
  } catch (...) {
    report.failures.push_back({std::string(name), error_of(std::current_exception())});
  }
  return false;
}

void come_back(PumpReport& report, Instant at) {
  if (!report.retry_at || at < *report.retry_at) report.retry_at = at;
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
  Instant now;
  if (!attempt(report, "clock", [&] { now = clock_.now(); })) return report;
  const std::size_t most = budget.max_events;
  const auto ends_at = deadline_after(budget.max_time);
  const auto run_part = [&](std::string_view name, auto part) {
    if (!attempt(report, name, part)) come_back(report, now + pause_after_failure);
  };
  run_part("holds", [&] { report.settled += settler_.settle_holds(now, most); });
  run_part("closings", [&] { report.settled += settler_.settle_closings(now, most); });
  for (auto* follower : followers()) {
    const auto progress = follower->run({.now = now, .max_events = most, .ends_at = ends_at});
    report.followers.push_back({follower->name(), progress.followed});
    report.more |= progress.more;
    if (progress.retry_at) come_back(report, *progress.retry_at);
    if (progress.failed) report.failures.push_back({follower->name(), *progress.failed});
  }
  run_part("subscriptions", [&] { deliver(head(), most, report); });
  report.more |= most <= std::max(report.settled, report.delivered);
  return report;
}

std::vector<FollowerRunner*> Pump::followers() const {
  const std::lock_guard lock(mutex_);
  std::vector<FollowerRunner*> all;
  for (const auto& follower : followers_) all.push_back(follower.get());
  return all;
}

Result<void> Pump::add(std::string name, const FollowerOptions& options,
                       std::unique_ptr<Effect> effect) {
  if (name.empty() || name.size() > 64 || !is_utf8(name)) {
    return refusal::InvalidArgument{"name", "must be 1 to 64 bytes of UTF-8"};
  }
  if (options.batch < 1) return refusal::InvalidArgument{"batch", "must be at least 1"};
  if (find(name)) return refusal::InvalidArgument{"name", "must not be another follower's"};
  auto follower = std::make_unique<FollowerRunner>(storage_, random_, std::move(name), options,
                                                   std::move(effect));
  if (const auto begun = follower->begin(); !begun) return begun.error();
  const std::lock_guard lock(mutex_);
  followers_.push_back(std::move(follower));
  return {};
}

Result<RetryReport> Pump::retry(std::string_view name, const std::optional<Stream>& stream) {
  const Turn turn(*this);
  if (!turn) throw std::logic_error("exhibition: retry was called inside a handler");
  auto* follower = find(name);
  if (!follower) return refusal::NotFound{"follower"};
  return follower->retry(stream, clock_.now());
}

Result<void> Pump::discard(std::string_view name, Position dead_letter) {
  const Turn turn(*this);
  if (!turn) throw std::logic_error("exhibition: discard was called inside a handler");
  auto* follower = find(name);
  if (!follower) return refusal::NotFound{"follower"};
  if (!follower->discard(dead_letter)) return refusal::NotFound{"dead letter", dead_letter.value()};
  return {};
}

std::vector<FollowerStatus> Pump::status() const {
  std::vector<FollowerStatus> all;
  for (const auto* follower : followers()) all.push_back(follower->status(clock_.now()));
  return all;
}

Result<FollowerStatus> Pump::status_of(std::string_view name) const {
  const auto* follower = find(name);
  if (!follower) return refusal::NotFound{"follower"};
  return follower->status(clock_.now());
}

FollowerRunner* Pump::find(std::string_view name) const {
  for (auto* follower : followers()) {
    if (follower->name() == name) return follower;
  }
  return nullptr;
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
      return view.log().read(*after, std::min(delivered_at_once, at_most - report.delivered));
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
