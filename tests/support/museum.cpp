#include "support/museum.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "support/lent.hpp"
#include "support/soundness.hpp"

#ifdef EXHIBITION_TESTS_WITH_SQLITE
#include "exhibition/adapters/sqlite.hpp"
#endif

namespace exhibition::tests {
std::string to_string(StorageKind kind) {
  return kind == StorageKind::memory ? "Memory" : "Sqlite";
}

std::vector<StorageKind> storage_kinds() {
#ifdef EXHIBITION_TESTS_WITH_SQLITE
  return {StorageKind::memory, StorageKind::sqlite};
#else
  return {StorageKind::memory};
#endif
}

Museum::Museum(StorageKind kind, std::uint64_t seed) : kind_(kind), seed_(seed) {
  if (kind == StorageKind::memory) {
    kept_ = memory::storage().value();
    kept_pages_ = memory::my_pages().value();
  }
  reopen();
}

EngineOptions Museum::options() {
  EngineOptions options{.clock = clock.handle(), .random = std::make_unique<SeededRandom>(seed_)};
  seed_ += 1000;  // every engine draws codes of its own
#ifdef EXHIBITION_TESTS_WITH_SQLITE
  if (kind_ == StorageKind::sqlite) {
    options.storage = sqlite::storage(file());
    if (options.storage) options.my_pages = (*options.storage)->my_pages();
    return options;
  }
#endif
  options.storage = std::unique_ptr<Storage>(std::make_unique<LentStorage>(kept_));
  options.my_pages = std::unique_ptr<MyPages>(std::make_unique<LentMyPages>(kept_pages_));
  return options;
}

void Museum::reopen() {
  close();
  reopen(options());
}

void Museum::reopen(EngineOptions options) {
  close();
  storage_ = options.storage.value().get();
  pages_ = options.my_pages.value().get();
  engine_.emplace(Engine::open(std::move(options)).value());
}

Shown Museum::register_one(std::optional<std::uint32_t> capacity, const BookingRules& rules) {
  const auto made = catalogue().register_exhibition(
      {.title = "Monet",
       .kind = "gallery",
       .rules = rules,
       .sessions = {{.starts_at = ten, .ends_at = eleven, .capacity = capacity}}});
  return {made.value().exhibition.id, made.value().sessions.at(0)};
}

Reservation Museum::reserve(SessionId session, const std::string& member, std::uint32_t places) {
  return bookings()
      .reserve({.session = session, .member = member, .places = places})
      .value()
      .reservation;
}

Reservation Museum::hold(SessionId session, const std::string& member, std::uint32_t places,
                         std::optional<std::chrono::milliseconds> length) {
  return bookings()
      .reserve({.session = session, .member = member, .places = places, .hold = Hold{length}})
      .value()
      .reservation;
}

PumpReport Museum::pump_all() {
  PumpReport sum;
  for (bool moved = true; moved;) {
    const auto report = events().pump();
    for (const auto& failure : report.failures) {
      ADD_FAILURE() << failure.part << ": " << failure.error;
    }
    sum.settled += report.settled;
    std::size_t followed = 0;
    for (const auto& follower : report.followers) {
      followed += follower.followed;
      const auto same =
          std::find_if(sum.followers.begin(), sum.followers.end(),
                       [&](const FollowerProgress& known) { return known.name == follower.name; });
      if (same == sum.followers.end()) {
        sum.followers.push_back(follower);
      } else {
        same->followed += follower.followed;
      }
    }
    sum.delivered += report.delivered;
    sum.subscriber_errors += report.subscriber_errors;
    moved = report.failures.empty() && report.settled + followed > 0;
  }
  return sum;
}

Voucher Museum::voucher_of(ReservationId reservation) {
  pump_all();
  for (const auto& voucher : vouchers().of(reservation).value()) {
    if (voucher.status == VoucherStatus::active) return voucher;
  }
  throw std::runtime_error("the reservation has no active voucher");
}

Session Museum::stored(SessionId id) {
  return read(storage(), [&](const ReadView& view) { return view.sessions().find(id); }).value();
}

Reservation Museum::stored(ReservationId id) {
  return read(storage(), [&](const ReadView& view) { return view.reservations().find(id); })
      .value();
}

std::vector<Envelope> Museum::log() { return whole_log(storage()); }

std::vector<std::string> Museum::happened_after(std::size_t known) {
  std::vector<std::string> types;
  const auto all = log();
  for (std::size_t i = known; i < all.size(); ++i) types.emplace_back(type_of(all[i].event));
  return types;
}

}  // namespace exhibition::tests
