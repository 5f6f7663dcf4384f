#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/consumer_store.hpp"
#include "exhibition/ports/followers.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/peers.hpp"
#include "exhibition/ports/repositories.hpp"

namespace exhibition {

/// The collections of one storage, as one unit of work or one read sees them. An adapter makes it
/// of its own repositories; what is const is for reading.
/// Threads: one, the one that runs the unit or the read.
class UnitOfWork {
 public:
  UnitOfWork(Exhibitions& exhibitions, Sessions& sessions, Reservations& reservations,
             Vouchers& vouchers, IdempotencyKeys& keys, EventLog& log, Followers& followers)
      : exhibitions_(exhibitions),
        sessions_(sessions),
        reservations_(reservations),
        vouchers_(vouchers),
        keys_(keys),
        log_(log),
        followers_(followers) {}
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;

  [[nodiscard]] Exhibitions& exhibitions() { return exhibitions_; }
  [[nodiscard]] Sessions& sessions() { return sessions_; }
  [[nodiscard]] Reservations& reservations() { return reservations_; }
  [[nodiscard]] Vouchers& vouchers() { return vouchers_; }
  [[nodiscard]] IdempotencyKeys& keys() { return keys_; }
  [[nodiscard]] EventLog& log() { return log_; }
  [[nodiscard]] Followers& followers() { return followers_; }

  [[nodiscard]] const Exhibitions& exhibitions() const { return exhibitions_; }
  [[nodiscard]] const Sessions& sessions() const { return sessions_; }
  [[nodiscard]] const Reservations& reservations() const { return reservations_; }
  [[nodiscard]] const Vouchers& vouchers() const { return vouchers_; }
  [[nodiscard]] const IdempotencyKeys& keys() const { return keys_; }
  [[nodiscard]] const EventLog& log() const { return log_; }
  [[nodiscard]] const Followers& followers() const { return followers_; }

 private:
  Exhibitions& exhibitions_;
  Sessions& sessions_;
  Reservations& reservations_;
  Vouchers& vouchers_;
  IdempotencyKeys& keys_;
  EventLog& log_;
  Followers& followers_;
};

/// The same collections at one instant, for reading only: always handled as const.
using ReadView = UnitOfWork;

/// One piece of work on a store. It may be run again after a rollback, on any thread, so it has no
/// other effect.
class Work {
 public:
  virtual ~Work() = default;
  /// An error rolls everything back, and so does an exception.
  virtual Result<void> run(UnitOfWork& unit) = 0;
  /// Called once, with no lock held: durable, or refused, or storage_failure. The store never
  /// touches the Work after it. Not called when `run` threw anything but a PortError, unless the
  /// work was submitted.
  virtual void done(Result<void> outcome) noexcept = 0;
};

/// What ids are drawn for.
enum class IdKind : std::uint8_t { exhibition, session, reservation, voucher };

/// Ids that nobody else was handed: first, first + 1, ... up to `count` of them.
struct IdBlock {
  std::int64_t first = 0;
  std::int64_t count = 0;

  friend bool operator==(const IdBlock&, const IdBlock&) = default;
};

/// Where bookings, their events and the policies' positions are kept. Units and reads do not nest:
/// `transact`, `submit`, `read`, `draw_ids` and `return_ids` inside a unit or a read of the same
/// storage throw std::logic_error.
/// Threads: any, several at once; a UnitOfWork and a ReadView belong to the thread that was given
/// them.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Runs the work as one atomic, serialisable and durable unit, and blocks until it is one. A
  /// begin or a commit that fails is `done(storage_failure)`, and so is a PortError out of `run`;
  /// anything else that `run` throws is rethrown after the rollback.
  virtual void transact(Work& work) = 0;

  /// Has the work run as such a unit and waits for nothing. `done` is called, on any thread, for
  /// whatever `run` throws too: then it is storage_failure. What one thread submits is run in its
  /// order, and before the storage ends.
  virtual void submit(Work& work) = 0;

  /// Shows a consistent snapshot; never waits for a unit of work.
  /// Errors: PortError.
  virtual void read(FunctionRef<void(const ReadView&)> reader) const = 0;

  /// Ids that no one was handed before, starting from 1. A crash may leave a gap.
  /// Errors: PortError.
  virtual IdBlock draw_ids(IdKind kind, std::int64_t count) = 0;

  /// Gives the end of a block back; without effect when a later one was handed out.
  /// Errors: PortError.
  virtual void return_ids(IdKind kind, IdBlock unused) = 0;

  /// The engines that share the store, this one among them. Lives as long as the storage.
  [[nodiscard]] virtual const Peers& peers() const = 0;

  /// The my-page store that goes with this storage.
  /// Errors: storage_failure.
  [[nodiscard]] virtual Result<std::unique_ptr<MyPages>> my_pages() = 0;

  /// The store of external followers that goes with this storage.
  /// Errors: storage_failure.
  [[nodiscard]] virtual Result<std::unique_ptr<ConsumerStore>> consumer_store() = 0;

  /// Copies the store, as it is at one instant, into a new file; others go on meanwhile.
  /// Errors: invalid_argument{path} when something is there or the storage has no files;
  /// storage_failure.
  virtual Result<void> backup(const std::filesystem::path& path) const = 0;
};

/// Runs `use_case(unit)`, which gives a Result, as one unit of work on `storage`, and gives what it
/// gave once that is durable, or the error.
template <class UseCase>
auto transact(Storage& storage, UseCase use_case) -> std::invoke_result_t<UseCase&, UnitOfWork&> {
  using Answer = std::invoke_result_t<UseCase&, UnitOfWork&>;

  class UseCaseWork final : public Work {
   public:
    explicit UseCaseWork(UseCase& use_case) : use_case_(use_case) {}

    Result<void> run(UnitOfWork& unit) override {
      answer_.emplace(use_case_(unit));
      if (!*answer_) return answer_->error();
      return {};
    }

    void done(Result<void> outcome) noexcept override {
      if (!outcome) answer_.emplace(outcome.error());
    }

    Answer take() { return *std::move(answer_); }

   private:
    UseCase& use_case_;
    std::optional<Answer> answer_;
  };

  UseCaseWork work(use_case);
  storage.transact(work);
  return work.take();
}

/// What `reader(view)` gives for a consistent snapshot of `storage`.
template <class Reader>
auto read(const Storage& storage, Reader reader) -> std::invoke_result_t<Reader&, const ReadView&> {
  std::optional<std::invoke_result_t<Reader&, const ReadView&>> answer;
  storage.read([&](const ReadView& view) { answer.emplace(reader(view)); });
  return *std::move(answer);
}

}  // namespace exhibition
