#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>

#include "exhibition/adapters/memory.hpp"
#include "followers.hpp"

namespace exhibition::memory {
namespace {

struct Pages {
  FollowerStates followers;
  std::map<ReservationId, MyPageEntry> entries;
  std::map<SessionId, MyPageSession> sessions;
  std::set<std::pair<std::string, ReservationId>> by_member;
};

/// What a transaction wants to change; it is applied when the transaction has succeeded.
class Unit final : public MyPagesUnit {
 public:
  explicit Unit(const Pages& pages) : pages_(pages) {}

  [[nodiscard]] std::optional<MyPageEntry> find(ReservationId reservation) const override {
    for (const auto* entries : {&entries_, &pages_.entries}) {
      if (const auto found = entries->find(reservation); found != entries->end()) {
        return found->second;
      }
    }
    return std::nullopt;
  }

  void save(const MyPageEntry& entry) override {
    entries_.insert_or_assign(entry.reservation, entry);
  }
  void save_session(const MyPageSession& session) override {
    sessions_.insert_or_assign(session.session, session);
  }

  void apply_to(Pages& pages) && {
    for (auto& [id, entry] : entries_) {
      pages.by_member.emplace(entry.member, id);
      pages.entries.insert_or_assign(id, std::move(entry));
    }
    for (const auto& [id, session] : sessions_) pages.sessions.insert_or_assign(id, session);
  }

 private:
  const Pages& pages_;
  std::map<ReservationId, MyPageEntry> entries_;
  std::map<SessionId, MyPageSession> sessions_;
};

class MemoryMyPages final : public MyPages {
 public:
  MemoryMyPages() = default;
  /// The successor of one.
  explicit MemoryMyPages(MemoryMyPages& serving) : serving_(&serving) {}

  void transact(FunctionRef<void(MyPagesUnit&, Followers&)> work) override {
    const std::lock_guard turn(writer_);
    Unit unit(pages_);
    FollowerStates states = pages_.followers;
    MemoryFollowers followers(states);
    work(unit, followers);
    const std::unique_lock lock(mutex_);
    std::move(unit).apply_to(pages_);
    pages_.followers = std::move(states);
  }

  void read(FunctionRef<void(const Followers&)> reader) const override {
    const std::shared_lock lock(mutex_);
    reader(MemoryFollowers(const_cast<FollowerStates&>(pages_.followers)));
  }

  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override {
    return std::make_unique<MemoryMyPages>(*this);
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    const std::lock_guard turn(serving_->writer_);
    transact([&](MyPagesUnit&, Followers& own) {
      settle(MemoryFollowers(serving_->pages_.followers), own);
    });
    const std::unique_lock lock(serving_->mutex_);
    serving_->pages_ = std::move(pages_);
  }

  [[nodiscard]] std::vector<MyPageEntry> of(std::string_view member, ReservationId after,
                                            std::size_t limit) const override {
    const std::shared_lock lock(mutex_);
    std::vector<MyPageEntry> found;
    for (auto row = pages_.by_member.upper_bound({std::string(member), after});
         row != pages_.by_member.end() && row->first == member && found.size() < limit; ++row) {
      found.push_back(joined(pages_.entries.at(row->second)));
    }
    return found;
  }

  [[nodiscard]] std::vector<MyPageEntry> list(ReservationId after,
                                              std::size_t limit) const override {
    const std::shared_lock lock(mutex_);
    std::vector<MyPageEntry> found;
    for (auto row = pages_.entries.upper_bound(after);
         row != pages_.entries.end() && found.size() < limit; ++row) {
      found.push_back(joined(row->second));
    }
    return found;
  }

  Result<std::optional<std::filesystem::path>> backup(const std::filesystem::path&) const override {
    return std::optional<std::filesystem::path>();
  }

 private:
  [[nodiscard]] MyPageEntry joined(MyPageEntry entry) const {
    if (const auto found = pages_.sessions.find(entry.session); found != pages_.sessions.end()) {
      entry.starts_at = found->second.starts_at;
      entry.ends_at = found->second.ends_at;
    }
    return entry;
  }

  MemoryMyPages* serving_ = nullptr;  // whose place it is to take
  std::mutex writer_;
  mutable std::shared_mutex mutex_;
  Pages pages_;  // written under writer_ and mutex_, read under either
};

}  // namespace

Result<std::unique_ptr<MyPages>> my_pages() {
  return std::unique_ptr<MyPages>(std::make_unique<MemoryMyPages>());
}

}  // namespace exhibition::memory
