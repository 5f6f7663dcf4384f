#include "pump.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

#include "exhibition/core/deadline.hpp"
#include "thrown.hpp"

namespace exhibition {
namespace {

constexpr std::size_t delivered_at_once = 256;

/// What a report calls the parts of a pump that are no followers.
constexpr std::array<std::string_view, 6> other_parts{
    "clock", "holds", "closings", "subscriptions", Settler::name, Retention::archive_name};

/// For so long, or so many events, others wait for a rebuild; then they come first.
constexpr std::chrono::milliseconds longest_part{50};
constexpr std::size_t rebuilt_at_once = 1000;

/// Takes that mark when the rebuild is over, or could not begin.
class MarkOfRebuild {
 public:
  MarkOfRebuild(Retention& retention, const FollowerRunner& follower)
      : retention_(retention), follower_(follower) {}
  ~MarkOfRebuild() {
    if (follower_.is_rebuilding()) return;
    try {
      retention_.abandon(Retention::mark_of_rebuild(follower_.name()));
    } catch (const PortError&) {  // NOLINT(bugprone-empty-catch): it is there for cancel_rebuild
    }
  }
  MarkOfRebuild(const MarkOfRebuild&) = delete;
  MarkOfRebuild& operator=(const MarkOfRebuild&) = delete;

 private:
  Retention& retention_;
  const FollowerRunner& follower_;
};

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

/// The right to run, taken in turn. A thread that has it already gets it no second time.
class Pump::Turn {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  explicit Turn(Pump& pump, Deadline until = Deadline::max()) : pump_(pump) {
    std::unique_lock lock(pump_.mutex_);
    is_inside_ = pump_.runner_ == std::this_thread::get_id();
    if (is_inside_) return;
    pump_.waiting_.push_back(this);
    const auto is_next = [&] {
      return pump_.runner_ == std::thread::id{} && pump_.waiting_.front() == this;
    };
    granted_ = pump_.turn_changed_.wait_until(lock, until, is_next);
    std::erase(pump_.waiting_, this);
    if (granted_) {
      pump_.runner_ = std::this_thread::get_id();
    } else {
      pump_.turn_changed_.notify_all();  // another may be the next one now
    }
  }
  ~Turn() {
    if (!granted_) return;
    const std::lock_guard lock(pump_.mutex_);
    pump_.runner_ = {};
    pump_.turn_changed_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  explicit operator bool() const { return granted_; }
  [[nodiscard]] bool is_inside() const { return is_inside_; }

 private:
  Pump& pump_;
  bool is_inside_ = false;
  bool granted_ = false;
};

PumpReport Pump::run(const PumpBudget& budget) {
  PumpReport report;
  const auto ends_at = deadline_after(budget.max_time);
  const Turn turn(*this, ends_at);
  if (!turn) {
    report.inside_handler = turn.is_inside();
    report.more = !turn.is_inside();
    return report;
  }
  Instant now;
  if (!attempt(report, "clock", [&] { now = clock_.now(); })) return report;
  const std::size_t most = budget.max_events;
  const bool is_endless = ends_at == Turn::Deadline::max();
  const Run run{.now = now, .max_events = most, .ends_at = ends_at};
  const auto run_part = [&](std::string_view name, auto part) {
    if (!attempt(report, name, part)) come_back(report, now + pause_after_failure);
  };
  run_part("holds", [&] { report.settled += settler_.settle_holds(now, most); });
  run_part("closings", [&] { report.settled += settler_.settle_closings(now, most); });
  const auto all = followers();
  auto parts_left = static_cast<std::int64_t>(all.size()) + 1;  // and the subscriptions
  for (auto* follower : all) {
    // Each has its share of what is left, and what it does not need goes to the others.
    const auto begins_at = std::chrono::steady_clock::now();
    const auto share = std::max(ends_at - begins_at, Turn::Deadline::duration{}) / parts_left--;
    const auto progress = follower->run(
        {.now = now, .max_events = most, .ends_at = is_endless ? ends_at : begins_at + share});
    report.followers.push_back({follower->name(), progress.followed});
    if (!progress.failed) {
      run_part(follower->name(), [&] { follower->let_go(retention_, Retention::marked_every); });
    }
    report.more |= progress.more;
    if (progress.retry_at) come_back(report, *progress.retry_at);
    if (progress.failed) report.failures.push_back({follower->name(), *progress.failed});
  }
  run_part("subscriptions", [&] { deliver(run, report); });
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
  if (std::find(other_parts.begin(), other_parts.end(), name) != other_parts.end() ||
      name.starts_with(Retention::rebuild_of)) {
    return refusal::InvalidArgument{"name", "must not be that of another part of a pump"};
  }
  if (options.batch < 1) return refusal::InvalidArgument{"batch", "must be at least 1"};
  const refusal::InvalidArgument is_taken{"name", "must not be another follower's"};
  if (find(name)) return is_taken;
  auto follower = std::make_unique<FollowerRunner>(storage_, history_, random_, std::move(name),
                                                   options, std::move(effect), lease_);
  // First of all: where it begins is to be there still when it does.
  const bool is_new = !retention_.marked(follower->name());
  follower->introduce(retention_);
  if (const auto begun = follower->begin(); !begun) {
    if (is_new) retention_.abandon(follower->name());
    return begun.error();
  }
  const std::lock_guard lock(mutex_);
  for (const auto& known : followers_) {
    if (known->name() == follower->name()) return is_taken;
  }
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
  if (!follower->discard(dead_letter, clock_.now())) {
    return refusal::NotFound{"dead letter", dead_letter.value()};
  }
  return {};
}

Result<RebuildStep> Pump::rebuild(std::string_view name, std::optional<std::int64_t>& generation) {
  const Turn turn(*this);
  if (!turn) throw std::logic_error("exhibition: rebuild was called inside a handler");
  auto* follower = find(name);
  if (!follower) return refusal::NotFound{"follower"};
  retention_.mark(Retention::mark_of_rebuild(name), Position{});
  const MarkOfRebuild mark(retention_, *follower);
  return follower->rebuild({.now = clock_.now(),
                            .max_events = rebuilt_at_once,
                            .ends_at = std::chrono::steady_clock::now() + longest_part},
                           generation);
}

Result<bool> Pump::cancel_rebuild(std::string_view name) {
  const Turn turn(*this);
  if (!turn) throw std::logic_error("exhibition: cancel_rebuild was called inside a handler");
  auto* follower = find(name);
  if (!follower) return refusal::NotFound{"follower"};
  retention_.abandon(Retention::mark_of_rebuild(name));
  return follower->cancel_rebuild();
}

void Pump::let_all_go() {
  const Turn turn(*this);
  if (!turn) throw std::logic_error("exhibition: prune was called inside a handler");
  PumpReport failures;  // whoever fails is named by what comes of it: nothing that it needs is gone
  attempt(failures, Settler::name, [&] {
    settler_.settle_closings(clock_.now(), 1);  // follows as far as there is nothing to settle
    settler_.keep();
  });
  for (auto* follower : followers()) {
    attempt(failures, follower->name(), [&] { follower->let_all_go(retention_); });
  }
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

void Pump::deliver(const Run& run, PumpReport& report) {
  const Position until = head();
  for (;;) {
    std::optional<Position> after;
    {
      const std::lock_guard lock(mutex_);
      after = delivered_;
    }
    if (!after || *after >= until || report.delivered >= run.max_events) return;
    const auto events = read(storage_, [&](const ReadView& view) {
      return view.log().read(*after,
                             std::min(delivered_at_once, run.max_events - report.delivered));
    });
    if (events.empty()) return;
    for (const auto& envelope : events) {
      if (envelope.position > until) return;
      if (report.delivered > 0 && std::chrono::steady_clock::now() >= run.ends_at) {
        report.more = true;
        return;
      }
      publish(envelope, report);
    }
  }
}

void Pump::publish(const Envelope& envelope, PumpReport& report) {
  std::optional<Position> before;
  {
    // Before the handlers run: each event is given once, whatever they do.
    const std::lock_guard lock(mutex_);
    before = std::exchange(delivered_, envelope.position);
  }
  try {
    dispatcher_.publish(envelope, [&](std::exception_ptr error) {
      ++report.subscriber_errors;
      report_error(envelope, std::move(error));
    });
  } catch (const PortError&) {
    // The dispatcher is away, and has not taken it.
    const std::lock_guard lock(mutex_);
    delivered_ = before;
    throw;
  }
  ++report.delivered;
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
