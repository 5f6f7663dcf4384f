#include "follower_ledger.hpp"

#include <thread>

namespace exhibition {
namespace {

constexpr std::chrono::milliseconds wait_between_tries{5};

}  // namespace

Checkpoint FollowerLedger::read() const {
  Checkpoint found;
  effect_.read(
      [&](const Followers& followers) { found = followers.find(name_).value_or(Checkpoint{}); });
  return found;
}

std::optional<std::chrono::milliseconds> FollowerLedger::elsewhere(const Lease& lease) const {
  if (lease.owner.empty() || lease.owner == peers_.self()) return std::nullopt;
  const auto left = lease.until - peers_.time();
  // One that seems to last longer was made before the machine was started anew.
  if (left <= std::chrono::milliseconds{0} || left > longest_lease) return std::nullopt;
  if (peers_.presence_of(lease.owner) == Peers::Presence::gone) return std::nullopt;
  return left;
}

bool FollowerLedger::has_died(const Lease& lease) const {
  return lease.owner == peers_.self() || peers_.presence_of(lease.owner) != Peers::Presence::alive;
}

Lease FollowerLedger::claim(const Lease& known) const {
  const bool is_mine = known.owner == peers_.self();
  if (epoch_ ? !is_mine || known.epoch != *epoch_ : elsewhere(known).has_value()) throw Overtaken{};
  return {.owner = peers_.self(),
          .epoch = is_mine ? known.epoch : known.epoch + 1,
          .until = peers_.time() + length_};
}

void FollowerLedger::write(Change change) {
  Lease written;
  effect_.transact([&](Followers& followers) { written = write(followers, change); });
  wrote(written);
}

Lease FollowerLedger::write(Followers& followers, Change change) const {
  Checkpoint current = followers.find(name_).value_or(Checkpoint{});
  current.lease = claim(current.lease);
  if (change(followers, current) == Then::release) current.lease.until = {};
  followers.save(name_, current);
  return current.lease;
}

void FollowerLedger::wrote(const Lease& lease) {
  const bool is_kept = lease.until > std::chrono::milliseconds{0};
  epoch_ = is_kept ? std::optional(lease.epoch) : std::nullopt;
}

void FollowerLedger::renew() {
  if (!epoch_) return;
  effect_.transact([&](Followers& followers) {
    static_cast<void>(write(followers, [](Followers&, Checkpoint&) { return Then::keep; }));
  });
}

void FollowerLedger::release() noexcept {
  if (!epoch_) return;
  try {
    write([](Followers&, Checkpoint&) { return Then::release; });
  } catch (...) {  // NOLINT(bugprone-empty-catch): it ends by itself
  }
  epoch_.reset();
}

void FollowerLedger::take() {
  for (const auto until = std::chrono::steady_clock::now() + length_;;) {
    try {
      return write([](Followers&, Checkpoint&) { return Then::keep; });
    } catch (const Overtaken&) {
      lose();
      if (std::chrono::steady_clock::now() >= until) {
        throw PortError(name_ + ": another process is at it all the time (" + read().lease.owner +
                        "); try again, or there");
      }
    }
    std::this_thread::sleep_for(wait_between_tries);
  }
}

}  // namespace exhibition
