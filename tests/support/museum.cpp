#include "support/museum.hpp"

#include <stdlib.h>  // mkdtemp

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#ifdef EXHIBITION_TESTS_WITH_SQLITE
#include "exhibition/adapters/sqlite.hpp"
#endif

namespace exhibition::tests {
namespace {

/// A storage that somebody else keeps.
class LentStorage final : public Storage {
 public:
  explicit LentStorage(std::shared_ptr<Storage> lender) : lender_(std::move(lender)) {}

  void transact(Work& work) override { lender_->transact(work); }
  void read(FunctionRef<void(const ReadView&)> reader) const override { lender_->read(reader); }
  IdBlock draw_ids(IdKind kind, std::int64_t count) override {
    return lender_->draw_ids(kind, count);
  }
  void return_ids(IdKind kind, IdBlock unused) override { lender_->return_ids(kind, unused); }
  Result<std::unique_ptr<MyPages>> my_pages() override { return lender_->my_pages(); }
  Result<void> backup(const std::filesystem::path& path) const override {
    return lender_->backup(path);
  }

 private:
  std::shared_ptr<Storage> lender_;
};

}  // namespace

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

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "exhibition-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "no temporary folder at " + name);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Museum::Museum(StorageKind kind, std::uint64_t seed) : kind_(kind), seed_(seed) {
  if (kind == StorageKind::memory) kept_ = memory::storage().value();
  reopen();
}

Result<std::unique_ptr<Storage>> Museum::open_storage() {
#ifdef EXHIBITION_TESTS_WITH_SQLITE
  if (kind_ == StorageKind::sqlite) return sqlite::storage(file());
#endif
  return std::unique_ptr<Storage>(std::make_unique<LentStorage>(kept_));
}

EngineOptions Museum::options() {
  EngineOptions options{.storage = open_storage(),
                        .clock = clock.handle(),
                        .random = std::make_unique<SeededRandom>(seed_)};
  seed_ += 1000;  // every engine draws codes of its own
  if (options.storage) options.my_pages = (*options.storage)->my_pages();
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
    sum.vouchers += report.vouchers;
    sum.my_page += report.my_page;
    sum.delivered += report.delivered;
    sum.subscriber_errors += report.subscriber_errors;
    moved = report.failures.empty() && report.settled + report.vouchers + report.my_page > 0;
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

std::vector<Envelope> Museum::log() {
  return read(storage(), [](const ReadView& view) {
    return view.log().read(Position{}, std::size_t{1} << 20U);
  });
}

std::vector<std::string> Museum::happened_after(std::size_t known) {
  std::vector<std::string> types;
  const auto all = log();
  for (std::size_t i = known; i < all.size(); ++i) types.emplace_back(type_of(all[i].event));
  return types;
}

}  // namespace exhibition::tests
