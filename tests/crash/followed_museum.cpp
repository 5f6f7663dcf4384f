#include "followed_museum.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "exhibition/adapters/files.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/testing/faulty_storage.hpp"
#include "exhibition/testing/faulty_storage/archive.hpp"
#include "exhibition/testing/faulty_storage/projection_store.hpp"
#include "support/evidence.hpp"
#include "support/lent.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using testing::StepKind;

constexpr const char* note = "INSERT INTO journal (line) VALUES (?1)";

fs::path journal_in(const fs::path& folder) { return folder / "journal.db"; }
fs::path mails_in(const fs::path& folder) { return folder / "mails"; }

/// A booking file whose steps are told, and of its side file for effects outside those of the
/// mailer.
class BookingFile final : public LentStorage {
 public:
  BookingFile(std::shared_ptr<Storage> file, testing::Steps& bookings, testing::Steps& mailer)
      : LentStorage(std::make_unique<testing::FaultyStorage>(std::make_unique<LentStorage>(file),
                                                             bookings)),
        file_(std::move(file)),
        bookings_(bookings),
        mailer_(mailer) {}

  void transact(Work& work) override {
    LentStorage::transact(work);
    bookings_.take({StepKind::acknowledge, "wake"});
  }
  Result<std::unique_ptr<ConsumerStore>> consumer_store() override {
    return std::unique_ptr<ConsumerStore>(
        std::make_unique<testing::FaultyConsumerStore>(file_->consumer_store().value(), mailer_));
  }

 private:
  std::shared_ptr<Storage> file_;
  testing::Steps& bookings_;
  testing::Steps& mailer_;
};

/// One write; but a process that is killed in it may leave half of what crosses a page.
void append_line(const fs::path& file, const std::string& line) {
  const int out = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (out < 0) throw std::system_error(errno, std::generic_category(), file.string());
  const std::string text = line + '\n';
  const auto written = ::write(out, text.data(), text.size());
  const int error = errno;
  ::close(out);
  if (written != static_cast<ssize_t>(text.size())) {
    throw std::system_error(error, std::generic_category(), file.string());
  }
}

/// Whoever dies while it hands a mail in has not sent it.
void drop_half_a_line(const fs::path& file) {
  std::ifstream text(file, std::ios::binary);
  if (!text) return;
  const std::string all{std::istreambuf_iterator<char>(text), {}};
  fs::resize_file(file, all.rfind('\n') + 1);
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream text(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace

/// The journal's file; its transaction is the one way to write to it.
class FollowedMuseum::JournalFile final : public ProjectionStore<Journal> {
 public:
  JournalFile(std::unique_ptr<ProjectionStore<sqlite::Transaction>> file, testing::Steps& steps,
              Journalling journalling)
      : file_(std::move(file)), steps_(steps), journalling_(journalling) {}

  void transact(FunctionRef<void(Journal&, Followers&)> work) override {
    if (journalling_ == Journalling::before_the_effect) {
      transact_position_first(work);
      return;
    }
    file_->transact([&](sqlite::Transaction& transaction, Followers& followers) {
      Journal journal = [&](const Envelope& envelope) { write(transaction, line_of(envelope)); };
      work(journal, followers);
    });
  }

  void transact_durably(FunctionRef<void(Followers&)> work) override {
    file_->transact_durably(work);
  }

  void read(FunctionRef<void(const Followers&)> reader) const override { file_->read(reader); }

  [[nodiscard]] std::unique_ptr<ProjectionStore> anew() override {
    return std::make_unique<JournalFile>(file_->anew(), steps_, journalling_);
  }
  void take_place(FunctionRef<void(const Followers&, Followers&)> settle) override {
    file_->take_place(settle);
  }
  void discard() noexcept override { file_->discard(); }

 private:
  void write(sqlite::Transaction& transaction, const std::string& line) {
    transaction.execute(note, {"begin " + line});
    steps_.take({StepKind::change, "handler.middle"});
    transaction.execute(note, {"end " + line});
  }

  void transact_position_first(FunctionRef<void(Journal&, Followers&)> work) {
    std::vector<std::string> lines;
    Journal journal = [&](const Envelope& envelope) { lines.push_back(line_of(envelope)); };
    file_->transact([&](sqlite::Transaction&, Followers& followers) { work(journal, followers); });
    file_->transact([&](sqlite::Transaction& transaction, Followers&) {
      for (const auto& line : lines) write(transaction, line);
    });
  }

  std::unique_ptr<ProjectionStore<sqlite::Transaction>> file_;
  testing::Steps& steps_;
  Journalling journalling_;
};

FollowedMuseum::FollowedMuseum(const fs::path& folder, Instant now, Killer& killer,
                               Journalling journalling)
    : clock(now),
      bookings_(killer),
      my_page_("my-page", killer),
      journal_("journal", killer),
      mailer_("mailer", killer),
      engine_(open(folder)) {
  drop_half_a_line(mails_in(folder));
  follow(folder, journalling);
}

Engine FollowedMuseum::open(const fs::path& folder) {
  const std::shared_ptr<Storage> file = sqlite::storage(folder / "museum.db").value();
  auto pages = std::make_unique<testing::FaultyMyPages>(file->my_pages().value(), my_page_);
  auto storage = std::make_unique<BookingFile>(file, bookings_, mailer_);
  pages_ = pages.get();
  auto archive = std::make_unique<testing::FaultyArchive>(
      files::archive(folder / "archive").value(), bookings_);
  storage_ = storage.get();
  archive_ = archive.get();
  return Engine::open({.storage = std::unique_ptr<Storage>(std::move(storage)),
                       .my_pages = std::unique_ptr<MyPages>(std::move(pages)),
                       .archive = std::unique_ptr<Archive>(std::move(archive)),
                       .clock = clock.handle()})
      .value();
}

void FollowedMuseum::follow(const fs::path& folder, Journalling journalling) {
  auto opened = sqlite::projection_file(journal_in(folder),
                                        "CREATE TABLE journal (id INTEGER PRIMARY KEY, line TEXT)");
  Result<std::unique_ptr<ProjectionStore<Journal>>> file = std::make_unique<JournalFile>(
      std::make_unique<testing::FaultyProjectionStore<sqlite::Transaction>>(*std::move(opened),
                                                                            journal_),
      journal_, journalling);
  engine_.events()
      .project("journal", std::move(file),
               [this](Journal& journal, const Delivery& delivery) {
                 if (delivery.replaying) journal_.take({StepKind::change, "handler.replaying"});
                 journal(delivery.envelope);
                 journal_.take({StepKind::change, "handler.end"});
               })
      .value();
  engine_.events()
      .follow("mailer", EventTypes::all(),
              [this, mails = mails_in(folder)](const Delivery& delivery) {
                const auto line = line_of(delivery.envelope);
                append_line(mails, "begin " + line);
                mailer_.take({StepKind::change, "handler.middle"});
                append_line(mails, "end " + line);
                mailer_.take({StepKind::change, "handler.end"});
              })
      .value();
}

Effects FollowedMuseum::effects_in(const fs::path& folder) {
  Effects effects;
  effects.mails = lines_of(mails_in(folder));
  sqlite::projection_file(journal_in(folder))
      .value()
      ->transact([&](sqlite::Transaction& transaction, Followers&) {
        for (auto& row : transaction.query("SELECT line FROM journal ORDER BY id")) {
          effects.journal.push_back(std::get<std::string>(std::move(row.front())));
        }
      });
  return effects;
}

}  // namespace exhibition::tests
