// One of several processes that follow one booking file with a worker: what the test of stalled
// owners starts.
//
//   branch_process <folder> <hours> guarded|unguarded
//
// Its clock is so many hours off. It says "ready", begins when it is told to, and ends with its
// input. Unguarded, its checkpoints are written without a look at who has the lease: a defect, to
// see that it is found. Exit status: 0, or 1 and why.

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "branches.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/exhibition.hpp"
#include "support/evidence.hpp"
#include "support/lent.hpp"

namespace exhibition::tests {
namespace {

using namespace std::chrono_literals;

/// Long enough to be stalled in.
void dawdle() { std::this_thread::sleep_for(2ms); }

class SkewedClock final : public Clock {
 public:
  explicit SkewedClock(std::chrono::hours skew) : skew_(skew) {}
  [[nodiscard]] Instant now() const override { return SystemClock().now() + skew_; }

 private:
  std::chrono::hours skew_;
};

/// What one has begun, as it was then, whatever has become of it since.
using Begun = std::map<std::string, Checkpoint, std::less<>>;

class Unguarded final : public Followers {
 public:
  Unguarded(Followers& inside, Begun& begun) : inside_(inside), begun_(begun) {}

  [[nodiscard]] std::vector<std::string> names() const override { return inside_.names(); }
  [[nodiscard]] std::optional<Checkpoint> find(std::string_view follower) const override {
    const auto known = begun_.find(follower);
    return known == begun_.end() ? inside_.find(follower) : known->second;
  }
  void save(std::string_view follower, const Checkpoint& checkpoint) override {
    inside_.save(follower, checkpoint);
    begun_.erase(std::string(follower));
    if (checkpoint.begun > checkpoint.position) begun_.emplace(follower, checkpoint);
  }
  void forget(std::string_view follower) override { inside_.forget(follower); }
  [[nodiscard]] std::vector<DeadLetter> dead_letters(std::string_view follower, Position after,
                                                     std::size_t limit) const override {
    return inside_.dead_letters(follower, after, limit);
  }
  [[nodiscard]] std::vector<DeadLetter> dead_letters_of(std::string_view follower,
                                                        const Stream& stream,
                                                        std::size_t limit) const override {
    return inside_.dead_letters_of(follower, stream, limit);
  }
  [[nodiscard]] std::int64_t count_dead_letters(std::string_view follower) const override {
    return inside_.count_dead_letters(follower);
  }
  void park(std::string_view follower, const DeadLetter& letter) override {
    inside_.park(follower, letter);
  }
  void remove(std::string_view follower, Position letter) override {
    inside_.remove(follower, letter);
  }

 private:
  Followers& inside_;
  Begun& begun_;
};

/// The journal's file, which it takes its time with.
class Journal final : public ProjectionStore<sqlite::Transaction> {
 public:
  Journal(const std::filesystem::path& folder, bool is_guarded)
      : inside_(sqlite::projection_file(journal_in(folder)).value()), is_guarded_(is_guarded) {
    inside_->transact(
        [](sqlite::Transaction& transaction, Followers&) { transaction.execute(make_journal); });
  }

  void transact(FunctionRef<void(sqlite::Transaction&, Followers&)> work) override {
    dawdle();
    inside_->transact([&](sqlite::Transaction& transaction, Followers& followers) {
      Unguarded unguarded(followers, begun_);
      is_guarded_ ? work(transaction, followers) : work(transaction, unguarded);
    });
  }
  void handle(sqlite::Transaction& transaction, FunctionRef<void()> handler) override {
    inside_->handle(transaction, handler);
  }
  void read(FunctionRef<void(const Followers&)> reader) const override { inside_->read(reader); }

 private:
  std::unique_ptr<ProjectionStore<sqlite::Transaction>> inside_;
  bool is_guarded_;
  Begun begun_;
};

void note(sqlite::Transaction& transaction, const Envelope& envelope) {
  const auto line = line_of(envelope);
  transaction.execute("INSERT INTO journal(line) VALUES(?1), (?2)",
                      {"begin " + line, "end " + line});
}

void run(const std::filesystem::path& folder, std::chrono::hours skew, bool is_guarded) {
  auto museum = Engine::open({.storage = sqlite::storage(folder / "museum.db"),
                              .clock = std::make_unique<SkewedClock>(skew),
                              .lease = 200ms})
                    .value();
  std::unique_ptr<ProjectionStore<sqlite::Transaction>> journal =
      std::make_unique<Journal>(folder, is_guarded);
  museum.events().project("journal", std::move(journal), note).value();
  std::ofstream mails(mails_in(folder), std::ios::app);
  museum.events()
      .follow("mailer", EventTypes::all(),
              [&](const Delivery& delivery) {
                const auto line = line_of(delivery.envelope);
                mails << "begin " + line + '\n' << std::flush;
                dawdle();
                mails << "end " + line + '\n' << std::flush;
              })
      .value();
  std::string line;
  std::cout << "ready" << std::endl;
  std::getline(std::cin, line);
  museum.events().start();
  while (std::getline(std::cin, line)) {
  }
  museum.events().stop(60s);
}

}  // namespace
}  // namespace exhibition::tests

int main(int count, char** arguments) {
  ::alarm(600);  // whatever happens to the test, this ends
  try {
    if (count != 4) throw std::invalid_argument("branch_process <folder> <hours> <guarded>");
    exhibition::tests::run(arguments[1], std::chrono::hours{std::stoi(arguments[2])},
                           arguments[3] == std::string("guarded"));
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 1;
  }
}
