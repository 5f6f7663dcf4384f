#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibition/ports/storage.hpp"
#include "exhibition/testing/faulty_storage/collections.hpp"
#include "exhibition/testing/faulty_storage/projection_store.hpp"
#include "exhibition/testing/faulty_storage/steps.hpp"

namespace exhibition::testing {

/// A my-page store whose steps can fail.
/// Threads: as the store inside, and the Steps.
class FaultyMyPages final : public MyPages {
 public:
  FaultyMyPages(std::unique_ptr<MyPages> inside, Steps& steps)
      : inside_(std::move(inside)), steps_(steps) {}

  void transact(FunctionRef<void(MyPagesUnit&, Followers&)> work) override {
    steps_.take({StepKind::begin, "my_pages.begin"});
    inside_->transact([&](MyPagesUnit& unit, Followers& followers) {
      FaultyUnit faulty(unit, steps_);
      FaultyFollowers faulty_followers(followers, &followers, steps_);
      work(faulty, faulty_followers);
      steps_.take({StepKind::commit, "my_pages.commit"});
    });
    steps_.take({StepKind::acknowledge, "my_pages.acknowledge"});
  }
  void transact_durably(FunctionRef<void(Followers&)> work) override {
    steps_.take({StepKind::begin, "my_pages.begin"});
    inside_->transact_durably([&](Followers& followers) {
      FaultyFollowers faulty(followers, &followers, steps_);
      work(faulty);
      steps_.take({StepKind::commit, "my_pages.commit"});
    });
    steps_.take({StepKind::acknowledge, "my_pages.acknowledge"});
  }
  void read(FunctionRef<void(const Followers&)> reader) const override {
    steps_.take({StepKind::read, "my_pages.read"});
    inside_->read(
        [&](const Followers& followers) { reader(FaultyFollowers(followers, nullptr, steps_)); });
  }
  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override {
    steps_.take({StepKind::files, "my_pages.anew"});
    auto made = inside_->anew();
    if (!made) return nullptr;
    return std::make_unique<FaultyProjectionStore<MyPagesUnit>>(std::move(made), steps_);
  }
  [[nodiscard]] std::vector<MyPageEntry> of(std::string_view member, ReservationId after,
                                            std::size_t limit) const override {
    steps_.take({StepKind::read, "my_pages.of"});
    return inside_->of(member, after, limit);
  }
  [[nodiscard]] std::vector<MyPageEntry> list(ReservationId after,
                                              std::size_t limit) const override {
    steps_.take({StepKind::read, "my_pages.list"});
    return inside_->list(after, limit);
  }
  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const override {
    try {
      steps_.take({StepKind::files, "my_pages.backup"});
    } catch (const PortError& failure) {
      return refusal::StorageFailure{failure.what()};
    }
    return inside_->backup(booking_copy);
  }

 private:
  class FaultyUnit final : public MyPagesUnit {
   public:
    FaultyUnit(MyPagesUnit& inside, Steps& steps) : inside_(inside), steps_(steps) {}
    [[nodiscard]] std::optional<MyPageEntry> find(ReservationId reservation) const override {
      steps_.take({StepKind::query, "my_pages.find"});
      return inside_.find(reservation);
    }
    void save(const MyPageEntry& entry) override {
      steps_.take({StepKind::change, "my_pages.save"});
      inside_.save(entry);
    }
    void save_session(const MyPageSession& session) override {
      steps_.take({StepKind::change, "my_pages.save_session"});
      inside_.save_session(session);
    }

   private:
    MyPagesUnit& inside_;
    Steps& steps_;
  };

  std::unique_ptr<MyPages> inside_;
  Steps& steps_;
};

/// A store of external followers whose steps can fail.
/// Threads: as the store inside, and the Steps.
class FaultyConsumerStore final : public ConsumerStore {
 public:
  FaultyConsumerStore(std::unique_ptr<ConsumerStore> inside, Steps& steps)
      : inside_(std::move(inside)), steps_(steps) {}

  void transact(FunctionRef<void(Followers&)> work) override {
    take_steps(work, [&](auto inner) { inside_->transact(inner); });
  }
  void transact_durably(FunctionRef<void(Followers&)> work) override {
    take_steps(work, [&](auto inner) { inside_->transact_durably(inner); });
  }
  void read(FunctionRef<void(const Followers&)> reader) const override {
    steps_.take({StepKind::read, "consumers.read"});
    inside_->read(
        [&](const Followers& followers) { reader(FaultyFollowers(followers, nullptr, steps_)); });
  }
  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const override {
    try {
      steps_.take({StepKind::files, "consumers.backup"});
    } catch (const PortError& failure) {
      return refusal::StorageFailure{failure.what()};
    }
    return inside_->backup(booking_copy);
  }

 private:
  template <class Transact>
  void take_steps(FunctionRef<void(Followers&)> work, Transact transact) {
    steps_.take({StepKind::begin, "consumers.begin"});
    transact([&](Followers& followers) {
      FaultyFollowers faulty(followers, &followers, steps_);
      work(faulty);
      steps_.take({StepKind::commit, "consumers.commit"});
    });
    steps_.take({StepKind::acknowledge, "consumers.acknowledge"});
  }

  std::unique_ptr<ConsumerStore> inside_;
  Steps& steps_;
};

/// A storage that tells `steps` of everything it is about to do, and fails where `steps` throws
/// PortError: a query or change fails where it is called, a begin or commit is `storage_failure`
/// with nothing written, and a failed acknowledge is `storage_failure` of a unit that is durable
/// all the same; a failed backup or my-page store is answered as `storage_failure`. `steps`
/// outlives the storage.
///
///     FailingStep steps;
///     std::unique_ptr<Storage> storage =
///         std::make_unique<FaultyStorage>(memory::storage().value(), steps);
///     auto museum = Engine::open({.storage = std::move(storage)}).value();
///     for (std::size_t step = 1;; ++step) {
///       steps.fail_at(step);
///       const auto answer = museum.bookings().reserve(request, {.idempotency_key = key});
///       if (!steps.has_failed()) break;  // there was no such step
///       // look at the answer, and that nothing is half-written
///     }
///
/// Threads: as the storage inside, and the Steps.
class FaultyStorage final : public Storage {
 public:
  FaultyStorage(std::unique_ptr<Storage> inside, Steps& steps)
      : inside_(std::move(inside)), steps_(steps) {}

  void transact(Work& work) override {
    try {
      steps_.take({StepKind::begin, "begin"});
    } catch (const PortError& failure) {
      work.done(refusal::StorageFailure{failure.what()});
      return;
    }
    FaultyWork faulty(work, steps_);
    inside_->transact(faulty);
  }
  void submit(Work& work) override {
    try {
      steps_.take({StepKind::begin, "begin"});
    } catch (const PortError& failure) {
      work.done(refusal::StorageFailure{failure.what()});
      return;
    }
    auto faulty = std::make_unique<SubmittedWork>(work, steps_);
    inside_->submit(*faulty);
    (void)faulty.release();
  }
  void read(FunctionRef<void(const ReadView&)> reader) const override {
    steps_.take({StepKind::read, "read"});
    inside_->read([&](const ReadView& view) {
      FaultyUnitOfWork faulty(view, steps_);
      reader(faulty.unit());
    });
  }
  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    steps_.take({StepKind::ids, "draw_ids"});
    return inside_->draw_ids(kind, count);
  }
  void return_ids(IdKind kind, IdBlock unused) override {
    steps_.take({StepKind::ids, "return_ids"});
    inside_->return_ids(kind, unused);
  }
  [[nodiscard]] const Peers& peers() const override { return inside_->peers(); }
  [[nodiscard]] Result<std::unique_ptr<MyPages>> my_pages() override {
    try {
      steps_.take({StepKind::files, "my_pages"});
    } catch (const PortError& failure) {
      return refusal::StorageFailure{failure.what()};
    }
    auto opened = inside_->my_pages();
    if (!opened) return opened;
    return std::unique_ptr<MyPages>(std::make_unique<FaultyMyPages>(*std::move(opened), steps_));
  }
  [[nodiscard]] Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    try {
      steps_.take({StepKind::files, "consumer_store"});
    } catch (const PortError& failure) {
      return refusal::StorageFailure{failure.what()};
    }
    auto opened = inside_->consumer_store();
    if (!opened) return opened;
    return std::unique_ptr<ConsumerStore>(
        std::make_unique<FaultyConsumerStore>(*std::move(opened), steps_));
  }
  Result<void> backup(const std::filesystem::path& path) const override {
    try {
      steps_.take({StepKind::files, "backup"});
    } catch (const PortError& failure) {
      return refusal::StorageFailure{failure.what()};
    }
    return inside_->backup(path);
  }

 private:
  class FaultyWork : public Work {
   public:
    FaultyWork(Work& inside, Steps& steps) : inside_(inside), steps_(steps) {}
    Result<void> run(UnitOfWork& unit) override {
      FaultyUnitOfWork faulty(unit, steps_);
      auto outcome = inside_.run(faulty.unit());
      if (outcome) steps_.take({StepKind::commit, "commit"});
      return outcome;
    }
    void done(Result<void> outcome) noexcept override {
      try {
        if (outcome) steps_.take({StepKind::acknowledge, "acknowledge"});
      } catch (const PortError& failure) {
        outcome = refusal::StorageFailure{failure.what()};
      }
      inside_.done(std::move(outcome));
    }

   private:
    Work& inside_;
    Steps& steps_;
  };

  /// Ends when it is done.
  class SubmittedWork final : public FaultyWork {
   public:
    using FaultyWork::FaultyWork;
    void done(Result<void> outcome) noexcept override {
      const std::unique_ptr<SubmittedWork> self(this);
      FaultyWork::done(std::move(outcome));
    }
  };

  std::unique_ptr<Storage> inside_;
  Steps& steps_;
};

}  // namespace exhibition::testing
