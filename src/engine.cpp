#include "exhibition/engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <system_error>
#include <utility>

#include "application/audit.hpp"
#include "application/context.hpp"

namespace exhibition {

namespace {

/// Files that were copied, and are removed again unless they are kept.
class Copies {
 public:
  Copies() = default;
  ~Copies() {
    std::error_code ignored;
    for (const auto& file : files_) std::filesystem::remove(file, ignored);
  }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;

  void add(std::filesystem::path file) { files_.push_back(std::move(file)); }
  void keep() noexcept { files_.clear(); }

 private:
  std::vector<std::filesystem::path> files_;
};

/// Side files first, so that no follower is ahead of the log that it follows.
Result<void> copy_all(const Context& context, const std::filesystem::path& path, Copies& copies) {
  const auto pages = context.my_pages->backup(path);
  if (!pages) return pages.error();
  if (*pages) copies.add(**pages);
  const auto consumers = context.consumers->backup(path);
  if (!consumers) return consumers.error();
  if (*consumers) copies.add(**consumers);
  const auto copied = context.storage->backup(path);
  if (copied) copies.add(path);
  return copied;
}

Position floor_of(const Storage& storage) {
  return read(storage, [](const ReadView& view) { return view.log().floor(); });
}

Result<void> check_limits(const EngineOptions& options) {
  const auto& availability = options.availability;
  for (const auto& checked :
       {options.admission.check(), availability.breaker.check(), availability.bulkhead.check()}) {
    if (!checked) return checked;
  }
  if (availability.timeout <= std::chrono::nanoseconds{0}) {
    return refusal::InvalidArgument{"timeout", "must be longer than nothing"};
  }
  if (options.lease < FollowerLedger::shortest_lease ||
      options.lease > FollowerLedger::longest_lease) {
    return refusal::InvalidArgument{"lease", "must be 100 ms to 10 min"};
  }
  return {};
}

/// As many as may ask a catalogue elsewhere at once, and one to hear that it is too many.
std::size_t threads_that_ask(const AvailabilityOptions& catalogue) {
  constexpr std::size_t most = 1024;
  if (!catalogue.port) return 1;
  return std::min(most, catalogue.bulkhead.limit) + std::min(most, catalogue.bulkhead.queue) + 1;
}

}  // namespace

struct Engine::State {
  State(EngineOptions options, std::unique_ptr<Storage> opened, std::unique_ptr<MyPages> pages,
        std::unique_ptr<ConsumerStore> consumers, std::size_t helping_threads)
      : context(std::move(opened), std::move(pages), std::move(consumers),
                std::move(options.availability), options.admission, std::move(options.clock),
                std::move(options.monotonic_clock), std::move(options.random),
                std::move(options.dispatcher), *std::move(options.archive),
                std::move(options.executor), helping_threads, options.lease,
                std::move(options.on_subscriber_error)) {
    context.open();
  }

  Context context;
  Catalogue catalogue{context};
  Bookings bookings{context};
  VoucherDesk vouchers{context};
  MemberPages my_page{context};
  EventFeed events{context};
};

Result<Engine> Engine::open(EngineOptions options) {
  if (!options.storage) return options.storage.error();
  if (!options.my_pages) return options.my_pages.error();
  if (!options.archive) return options.archive.error();
  constexpr std::string_view is_null = "must not be null";
  if (!*options.storage) return refusal::InvalidArgument{"storage", is_null};
  if (!options.clock) return refusal::InvalidArgument{"clock", is_null};
  if (!options.monotonic_clock) return refusal::InvalidArgument{"monotonic_clock", is_null};
  if (!options.random) return refusal::InvalidArgument{"random", is_null};
  if (!options.dispatcher) return refusal::InvalidArgument{"dispatcher", is_null};
  if (!options.executor) return refusal::InvalidArgument{"executor", is_null};
  if (const auto checked = check_limits(options); !checked) return checked.error();
  auto storage = *std::move(options.storage);
  auto pages = *std::move(options.my_pages);
  if (!pages) {
    auto opened = storage->my_pages();
    if (!opened) return opened.error();
    pages = *std::move(opened);
  }
  auto consumers = storage->consumer_store();
  if (!consumers) return consumers.error();
  const std::size_t helping_threads = threads_that_ask(options.availability);
  try {
    return Engine(std::make_unique<State>(std::move(options), std::move(storage), std::move(pages),
                                          *std::move(consumers), helping_threads));
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Engine(Engine&& other) noexcept = default;

Engine& Engine::operator=(Engine&& other) noexcept {
  Engine closing(std::move(*this));
  state_ = std::move(other.state_);
  return *this;
}

Engine::~Engine() {
  if (!state_) return;
  if (state_->context.gate.is_inside()) {
    std::cerr
        << "exhibition: an engine was destroyed from inside one of its handlers; close() it there, "
           "and destroy it when the outermost call has returned\n";
    std::abort();
  }
  close();
}

Catalogue& Engine::catalogue() { return state_->catalogue; }
Bookings& Engine::bookings() { return state_->bookings; }
VoucherDesk& Engine::vouchers() { return state_->vouchers; }
MemberPages& Engine::my_page() { return state_->my_page; }
EventFeed& Engine::events() { return state_->events; }

void Engine::close() {
  // Inside a handler the worker may be waiting for this very call to end.
  events().stop(std::chrono::milliseconds{0});
  state_->context.gate.close();
}

EngineStats Engine::stats() const {
  EngineStats seen{state_->context.admission.stats(), state_->context.catalogue.stats()};
  seen.admission.remembered = state_->context.refusals.refusals();
  return seen;
}

Result<std::vector<AuditFinding>> Engine::audit() const {
  Context& context = state_->context;
  return at_the_desk(context, [&]() -> Result<std::vector<AuditFinding>> {
    const Instant now = context.clock->now();
    return read(*context.storage,
                [&](const ReadView& view) { return exhibition::audit(view, now); });
  });
}

Result<void> Engine::backup(const std::filesystem::path& path) const {
  Context& context = state_->context;
  return at_the_desk(context, [&]() -> Result<void> {
    constexpr int most_tries = 3;
    for (int tried = 1; tried <= most_tries; ++tried) {
      const Position floor = floor_of(*context.storage);
      Copies copies;
      if (const auto copied = copy_all(context, path, copies); !copied) return copied;
      // What was pruned meanwhile may be what a follower in a copy still needs.
      if (floor_of(*context.storage) != floor) continue;
      copies.keep();
      return {};
    }
    return refusal::StorageFailure{path.string() +
                                   ": the log was pruned while it was copied; try again"};
  });
}

}  // namespace exhibition
