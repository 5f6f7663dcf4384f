// Whatever their handlers do, and in whatever order things happen: in the end a read model has the
// effect of every event once, an effect outside has been had at least once, and the order is kept.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "exhibition/adapters/memory.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "property/property.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

struct Action {
  enum class Kind : std::uint8_t {
    reserve,
    cancel,
    pump,
    wait,
    wear_out,
    poison,
    cure,
    leave,
    come_back,
    retry,
    discard,
    restart
  };

  Kind kind = Kind::pump;
  std::uint8_t a = 0;
  std::uint8_t b = 0;
};

void showValue(const Action& action, std::ostream& out) {
  out << static_cast<int>(action.kind) << '(' << int{action.a} << ", " << int{action.b} << ')';
}

rc::Gen<Action> any_action() {
  using Kind = Action::Kind;
  const auto kind = rc::gen::weightedElement<Kind>({{12, Kind::reserve},
                                                    {6, Kind::cancel},
                                                    {14, Kind::pump},
                                                    {8, Kind::wait},
                                                    {4, Kind::wear_out},
                                                    {4, Kind::poison},
                                                    {2, Kind::cure},
                                                    {2, Kind::leave},
                                                    {3, Kind::come_back},
                                                    {3, Kind::retry},
                                                    {1, Kind::discard},
                                                    {1, Kind::restart}});
  const auto number =
      rc::gen::map(rc::gen::inRange(0, 256), [](int n) { return static_cast<std::uint8_t>(n); });
  return rc::gen::build<Action>(rc::gen::set(&Action::kind, kind), rc::gen::set(&Action::a, number),
                                rc::gen::set(&Action::b, number));
}

using Positions = std::vector<Position>;

/// A museum with three followers: a read model, an effect outside, and one that keeps the order of
/// all. Their handlers fail at poisoned reservations, and wait while what they talk to is away.
class Followed {
 public:
  explicit Followed(StorageKind kind) : kind_(kind), museum_(kind) {
    follow();
    const NewSession far_away{.starts_at = morning + std::chrono::years{1}};
    session_ = museum_.catalogue()
                   .register_exhibition({.title = "Monet", .sessions = {far_away}})
                   .value()
                   .sessions.front();
  }

  void take(const Action& action) {
    using Kind = Action::Kind;
    auto& events = museum_.events();
    const std::string follower = names[action.a % names.size()];
    switch (action.kind) {
      case Kind::reserve: reserved_.push_back(museum_.reserve(session_).id); break;
      case Kind::cancel:
        if (!reserved_.empty()) (void)museum_.bookings().cancel(any_reserved(action.b)).value();
        break;
      case Kind::pump: events.pump({.max_events = 1U + action.b % 4U}); break;
      case Kind::wait: museum_.clock.advance(std::chrono::milliseconds{action.b * 40}); break;
      case Kind::wear_out: wear_out(); break;
      case Kind::poison:
        if (!reserved_.empty()) poisoned_.insert(any_reserved(action.b).value());
        break;
      case Kind::cure: poisoned_.clear(); break;
      case Kind::leave: away_.insert(follower); break;
      case Kind::come_back: away_.clear(); break;
      case Kind::retry: (void)events.retry(follower); break;
      case Kind::discard: discard_first(follower); break;
      case Kind::restart: restart(); break;
    }
  }

  /// Everything works again, and is followed to the end.
  void finish() {
    poisoned_.clear();
    away_.clear();
    for (const auto* name : names) RC_ASSERT(is_done(museum_.events().retry(name)));
    museum_.clock.advance(1h);
    museum_.pump_all();
    for (const auto* name : names) RC_ASSERT(is_done(museum_.events().retry(name)));

    const auto log = museum_.log();
    check(journal(), expected_of("journal", log), log, false);
    check(firsts(mailed_), expected_of("mailer", log), log, false);
    check(firsts(strict_), expected_of("strict", log), log, true);
    RC_ASSERT(faults_of(museum_.engine(), museum_.storage(), museum_.pages()).empty());
  }

 private:
  static constexpr std::array<const char*, 3> names{"journal", "mailer", "strict"};

  void follow() {
    auto& events = museum_.events();
    if (kind_ == StorageKind::memory) {
      events
          .project("journal", journal_.store(),
                   [this](Positions& positions, const Envelope& envelope) {
                     positions.push_back(envelope.position);
                     behave("journal", envelope);
                   })
          .value();
    } else {
      events
          .project("journal", sqlite::projection_file(journal_file()),
                   [this](sqlite::Transaction& transaction, const Envelope& envelope) {
                     transaction.execute(
                         "CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY,"
                         " position INTEGER)");
                     transaction.execute("INSERT INTO seen (position) VALUES (?1)",
                                         {envelope.position.value()});
                     behave("journal", envelope);
                   })
          .value();
    }
    events
        .follow("mailer", EventTypes::all(),
                [this](const Delivery& delivery) {
                  behave("mailer", delivery.envelope);
                  mailed_.push_back(delivery.envelope.position);
                },
                {.batch = 3})
        .value();
    events
        .follow("strict", EventTypes::all(),
                [this](const Delivery& delivery) {
                  behave("strict", delivery.envelope);
                  strict_.push_back(delivery.envelope.position);
                },
                {.on_failure = OnFailure::halt})
        .value();
  }

  void behave(const std::string& follower, const Envelope& envelope) const {
    if (away_.contains(follower)) throw PortError("away");
    if (envelope.stream.kind == StreamKind::reservation && poisoned_.contains(envelope.stream.id)) {
      throw std::runtime_error("poison");
    }
  }

  /// Until whatever fails now has failed for the last time.
  void wear_out() {
    for (int attempt = 0; attempt < 8; ++attempt) {
      museum_.events().pump();
      museum_.clock.advance(2min);
    }
  }

  /// What is kept in memory would end with the engine.
  void restart() {
    if (kind_ == StorageKind::memory) return;
    museum_.reopen();
    follow();
  }

  void discard_first(const std::string& follower) {
    const auto letters = museum_.events().dead_letters(follower).value().items;
    if (letters.empty()) return;
    const auto position = letters.front().envelope.position;
    RC_ASSERT(is_done(museum_.events().discard(follower, position)));
    discarded_[follower].insert(position);
  }

  [[nodiscard]] ReservationId any_reserved(std::uint8_t which) const {
    return reserved_[which % reserved_.size()];
  }

  [[nodiscard]] std::filesystem::path journal_file() const {
    return museum_.folder() / "journal.db";
  }

  [[nodiscard]] Positions journal() const {
    if (kind_ == StorageKind::memory) return journal_.value();
    Positions positions;
    sqlite::projection_file(journal_file())
        .value()
        ->transact([&](sqlite::Transaction& transaction, Followers&) {
          for (const auto& row : transaction.query("SELECT position FROM seen ORDER BY id")) {
            positions.emplace_back(std::get<std::int64_t>(row.front()));
          }
        });
    return positions;
  }

  /// Each where it was first.
  [[nodiscard]] static Positions firsts(const Positions& positions) {
    Positions found;
    std::set<Position> seen;
    for (const auto position : positions) {
      if (seen.insert(position).second) found.push_back(position);
    }
    return found;
  }

  [[nodiscard]] Positions expected_of(const std::string& follower,
                                      const std::vector<Envelope>& log) const {
    const auto discarded = discarded_.find(follower);
    Positions expected;
    for (const auto& envelope : log) {
      if (discarded != discarded_.end() && discarded->second.contains(envelope.position)) continue;
      expected.push_back(envelope.position);
    }
    return expected;
  }

  static void check(const Positions& found, const Positions& expected,
                    const std::vector<Envelope>& log, bool in_total_order) {
    auto sorted = found;
    std::sort(sorted.begin(), sorted.end());
    RC_ASSERT(sorted == expected);
    std::map<Position, Stream> streams;
    for (const auto& envelope : log) streams[envelope.position] = envelope.stream;
    std::map<std::string, Position> last;
    for (const auto position : found) {
      Position& before = last[in_total_order ? "" : to_string(streams.at(position))];
      RC_ASSERT(before < position);
      before = position;
    }
  }

  StorageKind kind_;
  Museum museum_;
  SessionId session_;
  std::vector<ReservationId> reserved_;
  std::set<std::int64_t> poisoned_;
  std::set<std::string> away_;
  std::map<std::string, std::set<Position>> discarded_;
  memory::ReadModel<Positions> journal_;
  Positions mailed_;
  Positions strict_;
};

class RandomHandlers : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, RandomHandlers, each_storage(), storage_name);

TEST_P(RandomHandlers, HaveEveryEffectInOrderInTheEnd) {
  const bool is_memory = GetParam() == StorageKind::memory;
  holds(
      [] {
        const auto actions = *rc::gen::container<std::vector<Action>>(any_action());
        Followed museum(GetParam());
        for (const auto& action : actions) museum.take(action);
        museum.finish();
      },
      is_memory ? rounds(300, 20'000) : rounds(30, 1'500));
}

}  // namespace
}  // namespace exhibition::tests
