#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/ports/nesting.hpp"
#include "followers.hpp"
#include "readers.hpp"
#include "statement.hpp"
#include "store_file.hpp"
#include "successor.hpp"
#include "writer.hpp"

namespace exhibition::sqlite {
namespace {

MyPageEntry entry_of(Row& row) {
  MyPageEntry found;
  found.reservation = row.next<ReservationId>();
  found.exhibition = row.next<ExhibitionId>();
  found.session = row.next<SessionId>();
  found.member = row.next<std::string>();
  found.title = row.next<std::string>();
  found.kind = row.next<std::string>();
  found.starts_at = row.next<Instant>();
  found.ends_at = row.next<std::optional<Instant>>();
  found.places = row.next<std::uint32_t>();
  found.status = row.next<ReservationStatus>();
  found.reason = row.next<std::optional<CancelReason>>();
  found.expires_at = row.next<std::optional<Instant>>();
  found.voucher_code = row.next<std::string>();
  found.voucher_status = row.next<std::optional<VoucherStatus>>();
  found.updated_at = row.next<Instant>();
  return found;
}

/// One transaction's work on the writing connection.
class SqliteMyPagesUnit final : public MyPagesUnit {
 public:
  explicit SqliteMyPagesUnit(Database& database)
      : find_(database,
              "SELECT reservation, exhibition, session, member, title, kind, starts_at, ends_at,"
              " places, status, reason, expires_at, voucher_code, voucher_status, updated_at"
              " FROM entry WHERE reservation = ?1"),
        save_(database,
              "INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
              " ?12, ?13, ?14, ?15)"),
        save_session_(database, "INSERT OR REPLACE INTO session VALUES(?1, ?2, ?3)") {}

  [[nodiscard]] std::optional<MyPageEntry> find(ReservationId reservation) const override {
    return find_.one(entry_of, reservation);
  }
  void save(const MyPageEntry& entry) override {
    save_.run(entry.reservation, entry.exhibition, entry.session, entry.member, entry.title,
              entry.kind, entry.starts_at, entry.ends_at, entry.places, entry.status, entry.reason,
              entry.expires_at, entry.voucher_code, entry.voucher_status, entry.updated_at);
  }
  void save_session(const MyPageSession& session) override {
    save_session_.run(session.session, session.starts_at, session.ends_at);
  }

 private:
  mutable Statement find_;
  Statement save_;
  Statement save_session_;
};

/// What is read, on a reading connection. The times are those of the session, where it is known.
struct Lists {
  explicit Lists(Database& database)
      : followers(database),
        of(database,
           "SELECT e.reservation, e.exhibition, e.session, e.member, e.title, e.kind,"
           " coalesce(s.starts_at, e.starts_at), iif(s.id IS NULL, e.ends_at, s.ends_at),"
           " e.places, e.status, e.reason, e.expires_at, e.voucher_code, e.voucher_status,"
           " e.updated_at FROM entry AS e LEFT JOIN session AS s ON s.id = e.session"
           " WHERE e.member = ?1 AND e.reservation > ?2 ORDER BY e.reservation LIMIT ?3"),
        all(database,
            "SELECT e.reservation, e.exhibition, e.session, e.member, e.title, e.kind,"
            " coalesce(s.starts_at, e.starts_at), iif(s.id IS NULL, e.ends_at, s.ends_at),"
            " e.places, e.status, e.reason, e.expires_at, e.voucher_code, e.voucher_status,"
            " e.updated_at FROM entry AS e LEFT JOIN session AS s ON s.id = e.session"
            " WHERE e.reservation > ?1 ORDER BY e.reservation LIMIT ?2") {}

  SqliteFollowers followers;
  Statement of;
  Statement all;
};

/// Threads: any.
class SqliteMyPages final : public MyPages {
 public:
  // After a power cut the last transactions may be gone, effect and position together: they are
  // followed once more.
  SqliteMyPages(const std::filesystem::path& path, const Options& options)
      : store_(path, my_page_schema, options, Durability::normal),
        unit_(store_.writer()),
        followers_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  /// The successor of one.
  explicit SqliteMyPages(SqliteMyPages& serving)
      : serving_(&serving),
        files_(serving.store_),
        store_(files_.path(), my_page_schema, serving.store_.options(), Durability::normal),
        unit_(store_.writer()),
        followers_(store_.writer()),
        writer_(store_),
        readers_(store_) {}

  void transact(FunctionRef<void(MyPagesUnit&, Followers&)> work) override {
    const NestingGuard guard(this);
    writer_.transact([&] {
      work(unit_, followers_);
      return true;
    });
  }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    const NestingGuard guard(this);
    writer_.transact_durably([&] {
      work(followers_);
      return true;
    });
  }

  void read(FunctionRef<void(const Followers&)> reader) const override {
    readers_.read([&](Lists& lists) { reader(lists.followers); });
  }

  [[nodiscard]] std::vector<MyPageEntry> of(std::string_view member, ReservationId after,
                                            std::size_t limit) const override {
    return readers_.read(
        [&](Lists& lists) { return lists.of.all(entry_of, member, after, limit); });
  }

  [[nodiscard]] std::vector<MyPageEntry> list(ReservationId after,
                                              std::size_t limit) const override {
    return readers_.read([&](Lists& lists) { return lists.all.all(entry_of, after, limit); });
  }

  Result<std::optional<std::filesystem::path>> backup(
      const std::filesystem::path& booking_copy) const override {
    auto target = my_page_file(booking_copy);
    if (const auto copied = copy_side_file(store_, target); !copied) return copied.error();
    return std::optional(std::move(target));
  }

  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override {
    return std::make_unique<SqliteMyPages>(*this);
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    serving_->writer_.exclusively([&] {
      transact_durably([&](Followers& own) { settle(serving_->followers_, own); });
      overwrite(serving_->store_, store_);
    });
  }
  void discard() noexcept override { files_.discard(); }

 private:
  SqliteMyPages* serving_ = nullptr;  // whose place it is to take
  SuccessorFiles files_;
  StoreFile store_;
  SqliteMyPagesUnit unit_;     // on the writing connection
  SqliteFollowers followers_;  // on the writing connection
  Writer writer_;
  mutable Readers<Lists> readers_;
};

}  // namespace

Result<std::unique_ptr<MyPages>> my_pages(const std::filesystem::path& path,
                                          const Options& options) {
  try {
    return std::unique_ptr<MyPages>(std::make_unique<SqliteMyPages>(path, options));
  } catch (const OtherFile& failure) {
    return refusal::StorageFailure{failure.what()};
  } catch (const PortError& failure) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return refusal::StorageFailure{failure.what()};
    return refusal::StorageFailure{std::string(failure.what()) +
                                   "; a my-page file that is of no use can be deleted: it is made "
                                   "anew, as far as the log and its archive go back"};
  }
}

}  // namespace exhibition::sqlite
