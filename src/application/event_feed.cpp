#include "exhibition/application/event_feed.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "context.hpp"
#include "exhibition/core/deadline.hpp"
#include "external_effect.hpp"
#include "paging.hpp"

namespace exhibition {
namespace {

constexpr const char* is_closed = "exhibition: the engine is closed";
constexpr std::chrono::milliseconds longest_slice{50};
constexpr std::chrono::milliseconds nap{10};

}  // namespace

PumpReport EventFeed::pump(const PumpBudget& budget) {
  const Gate::Pass pass(context_.gate);
  if (!pass) throw std::logic_error(is_closed);
  return context_.pump.run(budget);
}

Subscription EventFeed::subscribe(EventDispatcher::Handler handler) {
  const Gate::Pass pass(context_.gate);
  if (!pass) throw std::logic_error(is_closed);
  try {
    return context_.pump.subscribe(std::move(handler));
  } catch (const PortError& failure) {
    throw Exception(refusal::StorageFailure{failure.what()});
  }
}

Result<void> EventFeed::add(std::string name, const FollowerOptions& options,
                            std::unique_ptr<Effect> effect) {
  return at_the_desk(
      context_, [&] { return context_.pump.add(std::move(name), options, std::move(effect)); });
}

Result<void> EventFeed::follow(std::string name, const EventTypes& types,
                               std::function<void(const Delivery&)> handler,
                               FollowerOptions options) {
  if (!handler) return refusal::InvalidArgument{"handler", "must not be empty"};
  options.types = types;
  return at_the_desk(context_, [&] {
    return context_.pump.add(
        std::move(name), options,
        std::make_unique<ExternalEffect>(*context_.consumers, std::move(handler)));
  });
}

Result<void> EventFeed::relay(std::string name, std::shared_ptr<EventDispatcher> dispatcher,
                              const EventTypes& types, StartAt start) {
  if (!dispatcher) return refusal::InvalidArgument{"dispatcher", "must not be null"};
  return follow(
      std::move(name), types,
      [&pump = context_.pump, dispatcher = std::move(dispatcher)](const Delivery& delivery) {
        dispatcher->publish(delivery.envelope, [&](std::exception_ptr error) {
          pump.report_error(delivery.envelope, std::move(error));
        });
      },
      {.start = start, .on_failure = OnFailure::halt});
}

Result<RetryReport> EventFeed::retry(std::string_view follower,
                                     const std::optional<Stream>& stream) {
  return at_the_desk(context_, [&] { return context_.pump.retry(follower, stream); });
}

Result<Page<DeadLetter, Position>> EventFeed::dead_letters(
    std::string_view follower, const PageRequest<Position>& request) const {
  using Answer = Result<Page<DeadLetter, Position>>;
  return at_the_desk(context_, [&]() -> Answer {
    if (const auto checked = check(request); !checked) return checked.error();
    const auto* found = context_.pump.find(follower);
    if (!found) return refusal::NotFound{"follower"};
    return make_page(
        request,
        [&](std::size_t limit) {
          return found->dead_letters(request.after.value_or(Position{}), limit);
        },
        [](const DeadLetter& last) { return last.envelope.position; });
  });
}

Result<void> EventFeed::discard(std::string_view follower, Position dead_letter) {
  return at_the_desk(context_, [&] { return context_.pump.discard(follower, dead_letter); });
}

Result<bool> EventFeed::rebuild(std::string_view follower, const RebuildOptions& options) {
  const Gate::Pass pass(context_.gate);
  if (!pass) return refusal::Closed{};
  std::optional<std::int64_t> generation;
  while (!options.stop.stop_requested()) {
    const auto step =
        at_the_desk(context_, [&] { return context_.pump.rebuild(follower, generation); });
    if (!step) return step.error();
    if (step->is_over && !step->is_in_place) return false;
    if (options.on_progress) options.on_progress(step->progress);
    if (step->is_over) return true;
    if (step->retry_at) std::this_thread::sleep_for(nap);
  }
  return false;
}

Result<bool> EventFeed::cancel_rebuild(std::string_view follower) {
  return at_the_desk(context_, [&] { return context_.pump.cancel_rebuild(follower); });
}

Result<PruneReport> EventFeed::prune(const PruneOptions& options) {
  const Gate::Pass pass(context_.gate);
  if (!pass) return refusal::Closed{};
  auto pruning = at_the_desk(context_, [&]() -> Result<Retention::Pruning> {
    auto begun = context_.retention.begin(options);
    if (begun) context_.pump.let_all_go();
    return begun;
  });
  if (!pruning) return pruning.error();
  while (!pruning->is_over() && !options.stop.stop_requested()) {
    const auto done = at_the_desk(context_, [&] { return context_.retention.go_on(*pruning); });
    if (!done) return done.error();
    if (options.on_progress) options.on_progress(pruning->report);
  }
  return pruning->report;
}

Result<ArchiveReport> EventFeed::archive(const ArchiveOptions& options) {
  const Gate::Pass pass(context_.gate);
  if (!pass) return refusal::Closed{};
  ArchiveReport report;
  while (!options.stop.stop_requested()) {
    const auto more = at_the_desk(context_, [&] { return context_.retention.archive(report); });
    if (!more) return more.error();
    if (!*more) break;
    if (options.on_progress) options.on_progress(report);
  }
  return report;
}

Result<void> EventFeed::abandon(std::string_view follower) {
  return at_the_desk(context_, [&]() -> Result<void> {
    if (context_.pump.find(follower) || follower == Settler::name) {
      return refusal::InvalidArgument{"follower", "must not be one that this engine runs"};
    }
    const bool had_rebuild = context_.retention.abandon(Retention::mark_of_rebuild(follower));
    if (context_.retention.abandon(follower) || had_rebuild) return {};
    return refusal::NotFound{"follower"};
  });
}

Result<Position> EventFeed::head() const {
  return at_the_desk(context_, [&]() -> Result<Position> { return context_.pump.head(); });
}

Result<EventSlice> EventFeed::read(Position after, const EventTypes& types,
                                   std::size_t limit) const {
  return at_the_desk(context_, [&]() -> Result<EventSlice> {
    if (const auto checked = check(PageRequest<Position>{after, limit}); !checked) {
      return checked.error();
    }
    auto part = context_.history.read(std::max(after, Position{}), limit, types);
    if (part.missing) return *part.missing;
    return EventSlice{std::move(part.slice.events), part.slice.end};
  });
}

Result<bool> EventFeed::wait_beyond(Position after, std::chrono::milliseconds timeout) const {
  const auto until = deadline_after(timeout);
  for (;;) {
    const auto wakes = context_.worker.wakes();
    const auto end = head();
    if (!end) return end.error();
    if (*end > after) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) return false;
    context_.worker.wait_for_wake(wakes, std::min(until, now + longest_slice));
  }
}

Result<std::vector<FollowerStatus>> EventFeed::status() const {
  return at_the_desk(
      context_, [&]() -> Result<std::vector<FollowerStatus>> { return context_.pump.status(); });
}

Result<bool> EventFeed::wait_for(std::string_view follower, std::chrono::milliseconds timeout) {
  if (context_.gate.is_inside()) {
    throw std::logic_error("exhibition: wait_for was called inside a handler");
  }
  // For all the time: who closes the engine waits until this is over, and it is over then.
  const Gate::Pass pass(context_.gate);
  if (!pass) return refusal::Closed{};
  const auto until = deadline_after(timeout);
  // The desk first: what it appends is to be followed as well.
  if (follower != VoucherPolicy::name) {
    if (const auto known = status_of(follower); !known) return known.error();
    const auto desk = wait_for_head(VoucherPolicy::name, until);
    if (!desk || !*desk) return desk;
  }
  return wait_for_head(follower, until);
}

Result<FollowerStatus> EventFeed::status_of(std::string_view follower) const {
  auto status = at_the_desk(context_, [&] { return context_.pump.status_of(follower); });
  if (status && status->state == FollowerState::diverged) {
    return refusal::LogDiverged{status->position.value()};
  }
  if (status && status->state == FollowerState::halted) {
    const auto& why = *status->halted_by;
    if (why.code != Errc::storage_failure) return why;
    return refusal::StorageFailure{std::string(follower) + ": " + why.message()};
  }
  return status;
}

Result<bool> EventFeed::wait_for_head(std::string_view follower,
                                      std::chrono::steady_clock::time_point until) {
  std::optional<Position> head;
  for (;;) {
    const auto slices = context_.worker.slices();
    const auto status = status_of(follower);
    if (!status) return status.error();
    if (!head) head = status->head;
    if (status->position >= *head) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) return false;
    if (context_.worker.is_running()) {
      context_.worker.wait_for_slice(slices, until);
      continue;
    }
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    const auto report = at_the_desk(context_, [&]() -> Result<PumpReport> {
      return context_.pump.run({.max_time = std::min(rest, longest_slice)});
    });
    if (!report) return report.error();
    if (report->followed(follower) == 0) {
      // It backs off, waits, or its turn has not come: time has to pass.
      std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + nap));
    }
  }
}

void EventFeed::start() {
  const Gate::Pass pass(context_.gate);
  if (!pass) throw std::logic_error(is_closed);
  context_.worker.start();
}

void EventFeed::stop(std::chrono::milliseconds drain) {
  if (context_.gate.is_inside()) {
    context_.worker.ask_to_stop(drain);
  } else if (const Gate::Pass pass(context_.gate); pass) {
    context_.worker.stop(drain);
  }
}

}  // namespace exhibition
