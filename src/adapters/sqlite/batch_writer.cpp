#include "batch_writer.hpp"

#include <sqlite3.h>

#include <chrono>
#include <exception>
#include <utility>

#include "exhibition/core/error.hpp"
#include "exhibition/ports/nesting.hpp"

namespace exhibition::sqlite {
namespace {

using namespace std::chrono_literals;

/// For how long units are run before they are committed: those that come later wait for no more than
/// that, the unit that it ends with, and a commit.
constexpr auto longest_batch = 20ms;

bool has_succeeded(const QueuedUnit& unit) { return !unit.thrown && unit.outcome.has_value(); }

void fail_all(Batch& batch, const std::exception_ptr& failure) noexcept {
  if (!batch.ran.first()) std::swap(batch.ran, batch.left);  // not even begun
  for (auto* unit = batch.ran.first(); unit; unit = unit->next) {
    if (unit->thrown) continue;
    try {
      std::rethrow_exception(failure);
    } catch (const PortError& cause) {
      unit->outcome = refusal::StorageFailure{cause.what()};
    } catch (...) {
      unit->thrown = failure;
    }
  }
}

}  // namespace

BatchWriter::BatchWriter(StoreFile& store, const void* storage)
    : store_(store), storage_(storage), connection_(std::in_place, store.writer()) {
  if (!store.options().background_checkpoints) return;
  checkpointer_.emplace(store);
  checkpointer_->watch(store.writer());
}

Batch BatchWriter::commit(FunctionRef<UnitList()> take) noexcept {
  Batch batch;
  try {
    const auto held = store_.lock();
    batch.left = take();
    begin();
    run(batch);
    commit(batch.ran);
  } catch (...) {
    if (!batch.ran.first() && !batch.left.first()) batch.left = take();
    fail_all(batch, std::current_exception());
    roll_back();
  }
  return batch;
}

void BatchWriter::begin() {
  if (!connection_) {
    connection_.emplace(store_.reopen_writer());
    if (checkpointer_) checkpointer_->watch(store_.writer());
  }
  connection_->begin.run();
  const auto version =
      connection_->version.one([](Row& row) { return row.next<std::int64_t>(); }).value();
  if (std::exchange(connection_->known_version, version) != version) {
    connection_->repositories.forget_rows();
  }
}

void BatchWriter::run(Batch& batch) {
  const NestingGuard guard(storage_);
  const auto start = std::chrono::steady_clock::now();
  while (auto* const unit = batch.left.pop_front()) {
    batch.ran.push_back(*unit);
    if (!run(*unit)) {
      run_again(batch.ran);
      return;
    }
    if (std::chrono::steady_clock::now() - start >= longest_batch) return;
  }
}

/// Without what has failed: at most once in a batch, unless a unit fails that has not done so before.
void BatchWriter::run_again(UnitList& ran) {
  for (bool is_done = false; !is_done;) {
    roll_back();
    begin();
    is_done = true;
    for (auto* unit = ran.first(); unit && is_done; unit = unit->next) {
      if (has_succeeded(*unit)) is_done = run(*unit);
    }
  }
}

/// Whether the transaction is as the unit should leave it: with what it has written if it succeeds,
/// and else as it was before.
bool BatchWriter::run(QueuedUnit& unit) {
  auto& database = connection_->database;
  const auto before = sqlite3_total_changes64(database.handle());
  try {
    unit.outcome = unit.work.run(connection_->repositories.unit());
    if (unit.outcome) return true;
  } catch (const PortError& failure) {
    unit.outcome = refusal::StorageFailure{failure.what()};
  } catch (...) {
    unit.thrown = std::current_exception();
  }
  return database.is_in_transaction() && sqlite3_total_changes64(database.handle()) == before;
}

void BatchWriter::commit(const UnitList& ran) {
  const auto* unit = ran.first();
  while (unit && !has_succeeded(*unit)) unit = unit->next;
  if (!unit) return roll_back();
  try {
    connection_->commit.run();
  } catch (...) {
    roll_back();
    // What a failed fsync has left on the disk, nobody knows; nor does this connection.
    connection_.reset();
    throw;
  }
}

void BatchWriter::roll_back() noexcept {
  if (!connection_) return;
  connection_->repositories.forget_rows();
  connection_->database.roll_back();
}

}  // namespace exhibition::sqlite
