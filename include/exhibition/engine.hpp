#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "exhibition/adapters/memory.hpp"
#include "exhibition/adapters/signals.hpp"
#include "exhibition/application/admission.hpp"
#include "exhibition/application/audit.hpp"
#include "exhibition/application/availability.hpp"
#include "exhibition/application/bookings.hpp"
#include "exhibition/application/catalogue.hpp"
#include "exhibition/application/event_feed.hpp"
#include "exhibition/application/member_pages.hpp"
#include "exhibition/application/voucher_desk.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/monotonic_clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/archive.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/executor.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"
#include "exhibition/ports/thread_executor.hpp"

namespace exhibition {

/// What an engine is made of; name only what you change. The engine owns what it is given.
struct EngineOptions {
  /// Where bookings are kept: memory::storage() or sqlite::storage(path), or an adapter of the
  /// host's own.
  Result<std::unique_ptr<Storage>> storage = memory::storage();
  /// Where my page is kept; nothing here takes what goes with the storage.
  Result<std::unique_ptr<MyPages>> my_pages = std::unique_ptr<MyPages>();
  /// Where the beginning of the log goes before the log forgets it: files::archive(folder), or an
  /// adapter of the host's own. Without one it is gone.
  Result<std::unique_ptr<Archive>> archive = std::unique_ptr<Archive>();
  /// A catalogue elsewhere, asked before each reservation; nothing here takes the engine's own.
  AvailabilityOptions availability = {};
  /// When to tell those who want to reserve to come back later.
  AdmissionOptions admission = {};
  std::unique_ptr<Clock> clock = std::make_unique<SystemClock>();
  std::unique_ptr<MonotonicClock> monotonic_clock = std::make_unique<SteadyClock>();
  std::unique_ptr<RandomSource> random = std::make_unique<SystemRandom>();
  std::unique_ptr<EventDispatcher> dispatcher = signals::dispatcher();
  /// Where the completions of asynchronous commands are called: a host's event loop, or this thread
  /// of the engine's, which begins with the first of them.
  std::unique_ptr<Executor> executor = std::make_unique<ThreadExecutor>();
  /// How long a follower stays with an engine that has stopped in the middle of its run, before
  /// another engine on the same storage goes on; one whose process has ended is followed at once.
  /// From 100 ms to 10 min, the same for all.
  std::chrono::milliseconds lease = std::chrono::seconds{10};
  /// Gets what a callback of `events().on` throws, on the thread that pumps. What it throws itself
  /// is dropped.
  std::function<void(const Envelope&, std::exception_ptr)> on_subscriber_error = {};
};

/// How an engine is doing.
struct EngineStats {
  AdmissionStats admission;
  std::optional<AvailabilityStats> availability;  ///< none without a catalogue elsewhere
};

/// A reservation system inside the host's process. It runs no threads of its own, but for what is
/// asked for: `events().start`, and asynchronous commands.
/// Threads: any, several at once; but one thread moves, assigns or destroys it. References to the
/// desks stay good when it is moved.
class [[gnu::visibility("default")]] Engine {
 public:
  /// Errors: what the options' factories answered; invalid_argument naming a port that is null;
  /// storage_failure.
  [[nodiscard]] static Result<Engine> open(EngineOptions options = {});

  Engine(Engine && other) noexcept;
  Engine& operator=(Engine&& other) noexcept;
  /// Closes. Destroying an engine from inside one of its handlers ends the process with a message.
  ~Engine();

  [[nodiscard]] Catalogue& catalogue();
  [[nodiscard]] Bookings& bookings();
  [[nodiscard]] VoucherDesk& vouchers();
  [[nodiscard]] MemberPages& my_page();
  [[nodiscard]] EventFeed& events();

  /// Looking changes nothing. It works on a closed engine.
  [[nodiscard]] EngineStats stats() const;

  /// Recounts the store against its rules, on one snapshot, and gives every difference; none is the
  /// answer to hope for. It takes time in proportion to the store and holds up nobody.
  /// Errors: closed; storage_failure.
  [[nodiscard]] Result<std::vector<AuditFinding>> audit() const;

  /// Copies the booking file to `path` and the library's side files beside it, while others go on;
  /// what is copied can be opened as it is.
  /// Errors: invalid_argument{path} when something is there already, or nothing is kept in files;
  /// closed; storage_failure, and then no copy is left.
  Result<void> backup(const std::filesystem::path& path) const;

  /// Waits for calls that other threads are in, then closes the stores; later calls answer
  /// `closed`, those without a Result throw std::logic_error. From inside a handler it only marks
  /// the engine closed, and the outermost call finishes it. Closing twice is once.
  void close();

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace exhibition
