#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "admission.hpp"
#include "exhibition/application/admission.hpp"
#include "exhibition/application/availability.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/voucher_reaction.hpp"
#include "exhibition/ports/archive.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/executor.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/ports/thread_executor.hpp"
#include "gate.hpp"
#include "history.hpp"
#include "id_source.hpp"
#include "my_page_projection.hpp"
#include "pump.hpp"
#include "refusal_memory.hpp"
#include "remote_catalogue.hpp"
#include "retention.hpp"
#include "voucher_policy.hpp"
#include "worker.hpp"

namespace exhibition {

/// What the desks of one engine share. The stores end when the gate is closed.
struct Context {
  Context(std::unique_ptr<Storage> bookings, std::unique_ptr<MyPages> pages,
          std::unique_ptr<ConsumerStore> externals, AvailabilityOptions availability,
          AdmissionOptions limits, std::unique_ptr<Clock> time,
          std::unique_ptr<MonotonicClock> passing, std::unique_ptr<RandomSource> bits,
          std::unique_ptr<EventDispatcher> handlers, std::unique_ptr<Archive> history_archive,
          std::unique_ptr<Executor> completions, std::size_t helping_threads,
          std::chrono::milliseconds lease, Pump::OnError on_subscriber_error)
      : storage(std::move(bookings)),
        my_pages(std::move(pages)),
        consumers(std::move(externals)),
        clock(std::move(time)),
        monotonic_clock(std::move(passing)),
        random(std::move(bits)),
        dispatcher(std::move(handlers)),
        archive(std::move(history_archive)),
        executor(std::move(completions)),
        admission(limits, *monotonic_clock),
        catalogue(std::move(availability), *monotonic_clock),
        refusals(limits.refusal_lifetime, *monotonic_clock,
                 read(*storage, [](const ReadView& view) { return view.log().id(); })),
        ids(*storage),
        history(*storage, archive.get()),
        retention(*storage, archive.get(), *clock),
        pump(*storage, history, retention, *clock, *random, *dispatcher, refusals.releases(), lease,
             std::move(on_subscriber_error)),
        gate([this] { finish(); }),
        worker([this] { return pump_slice(); }),
        helpers(helping_threads) {}

  /// Makes the library's own followers known.
  /// Errors: PortError.
  void open() {
    retention.require(Settler::name);
    retention.require(VoucherPolicy::name);
    retention.require(my_page::follower_name);
    pump.add(std::string(VoucherPolicy::name), {.types = voucher_causes(), .batch = 64},
             std::make_unique<VoucherPolicy>(*storage, ids, *clock, *random))
        .value();
    pump.add(std::string(my_page::follower_name), {},
             std::make_unique<ProjectionEffect<MyPagesUnit>>(
                 my_pages,
                 [](MyPagesUnit& unit, const Delivery& delivery) {
                   my_page::project(unit, delivery.envelope);
                 }))
        .value();
  }

  std::unique_ptr<Storage> storage;
  std::shared_ptr<MyPages> my_pages;
  std::unique_ptr<ConsumerStore> consumers;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<MonotonicClock> monotonic_clock;
  std::unique_ptr<RandomSource> random;
  std::unique_ptr<EventDispatcher> dispatcher;
  std::unique_ptr<Archive> archive;  // none without
  std::unique_ptr<Executor> executor;
  Admission admission;
  RemoteCatalogue catalogue;
  RefusalMemory refusals;
  IdSource ids;
  History history;
  Retention retention;
  Pump pump;
  Gate gate;
  Worker worker;
  ThreadExecutor helpers;  // what would hold up the callers of asynchronous commands

 private:
  /// Short enough for a worker to be stopped soon.
  std::optional<PumpReport> pump_slice() {
    const Gate::Pass pass(gate);
    if (!pass) return std::nullopt;
    return pump.run({.max_events = 1000, .max_time = std::chrono::milliseconds{50}});
  }

  /// What a failing store keeps of the ids is a gap, no more.
  void finish() noexcept {
    try {
      ids.close();
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
    pump.clear();
    consumers.reset();
    archive.reset();
    my_pages.reset();
    storage.reset();
  }
};

/// The boundary of the library: runs `call` inside the engine's gate and turns a failing store into
/// an Error.
template <class Call>
std::invoke_result_t<Call&> at_the_desk(Context& context, Call call) {
  const Gate::Pass pass(context.gate);
  if (!pass) return refusal::Closed{};
  try {
    return call();
  } catch (const PortError& failure) {
    return refusal::StorageFailure{failure.what()};
  }
}

}  // namespace exhibition
