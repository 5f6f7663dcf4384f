// A process that dies at any step on the path of an event, again and again, and what is found
// afterwards: no committed booking lost, no event lost, no effect of a read model twice, and
// effects outside at least once under equal keys.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "followed_museum.hpp"
#include "kill_points.hpp"
#include "support/effort.hpp"
#include "support/evidence.hpp"
#include "support/museum.hpp"
#include "support/process.hpp"
#include "support/soundness.hpp"

namespace exhibition::tests {
namespace {

using Faults = std::vector<std::string>;

/// What the processes were told by the museum, which has to be true for ever.
struct Promises {
  std::map<std::string, ReserveRequest> unanswered;  // by their keys
  std::map<std::string, ReservationId> reserved;     // by their keys
  std::map<ReservationId, ReservationStatus> changed;

  void note(const std::string& said) {
    std::istringstream line(said);
    std::string what;
    std::string key;
    std::int64_t id = 0;
    line >> what;
    if (what == "try") {
      ReserveRequest request;
      bool held = false;
      line >> key >> id >> request.places >> held;
      request.session = SessionId{id};
      request.member = key;
      if (held) request.hold = Hold{};
      unanswered.insert_or_assign(key, request);
    } else if (what == "reserved") {
      line >> key >> id;
      reserved.emplace(key, ReservationId{id});
      unanswered.erase(key);
    } else if (what == "refused") {
      line >> key;
      unanswered.erase(key);
    } else {
      line >> id;
      changed[ReservationId{id}] =
          what == "confirmed" ? ReservationStatus::confirmed : ReservationStatus::cancelled;
    }
  }
};

class ACrash : public ::testing::Test {
 protected:
  void open_a_new_museum() {
    folder_.emplace();
    promises_ = {};
    FollowedMuseum museum(folder_->path(), now_, nobody_, journalling);
    const auto starts_at = now_ + std::chrono::years{5};
    const auto shown =
        museum.engine()
            .catalogue()
            .register_exhibition(
                {.title = "Monet",
                 .sessions = {{.starts_at = starts_at}, {.starts_at = starts_at, .capacity = 50}}})
            .value();
    sessions_ = shown.sessions;
  }

  /// Lets a process run until it dies at the point; false when it never was there.
  bool dies_at(std::size_t point, std::size_t hit) {
    std::vector<std::string> command{CRASH_PROCESS_PATH,
                                     folder_->path().string(),
                                     std::to_string(now_.time_since_epoch().count()),
                                     std::to_string(point),
                                     std::to_string(hit),
                                     std::to_string(random_() % 1'000'000)};
    for (const auto session : sessions_) command.push_back(to_string(session));
    if (journalling == Journalling::before_the_effect) command.emplace_back("position-first");
    Process process(command);
    while (const auto line = process.line()) promises_.note(*line);
    now_ += 1h;
    const int status = process.finish();
    EXPECT_TRUE(status == -SIGKILL || status == 0) << status;
    return status == -SIGKILL;
  }

  [[nodiscard]] static std::size_t in_the_handler_of(std::string_view follower) {
    const auto points = kill_points();
    const auto found = std::find_if(points.begin(), points.end(), [&](const auto& point) {
      return point.who == follower && point.step == "handler.middle";
    });
    return static_cast<std::size_t>(found - points.begin());
  }

  /// Opens the museum anew, asks again what was not answered, lets everything be followed, and
  /// looks.
  [[nodiscard]] Faults found_afterwards() {
    FollowedMuseum museum(folder_->path(), now_, nobody_, journalling);
    for (const auto& [key, request] : promises_.unanswered) {
      const auto answer = museum.engine().bookings().reserve(request, {.idempotency_key = key});
      if (answer) promises_.reserved.emplace(key, answer->reservation.id);
    }
    promises_.unanswered.clear();
    auto faults = let_follow(museum);

    const auto log = whole_log(museum.storage(), &museum.archive());
    const auto effects = FollowedMuseum::effects_in(folder_->path());
    for (auto& more :
         {exhibition::tests::faults_of(museum.engine(), museum.storage(), museum.pages(),
                                       &museum.archive()),
          gaps_in(log), faults_of(effects.journal, log, Times::once),
          faults_of(effects.mails, log, Times::at_least_once), broken_promises(museum, log)}) {
      faults.insert(faults.end(), more.begin(), more.end());
    }
    mails = effects.mails.size();
    events = log.size();
    return faults;
  }

  [[nodiscard]] static std::string text_of(const Faults& faults) {
    std::string text;
    for (const auto& fault : faults) text += fault + '\n';
    return text;
  }

  [[nodiscard]] std::vector<DeadLetter> dead_letters_of(std::string_view follower) {
    FollowedMuseum museum(folder_->path(), now_, nobody_, journalling);
    return museum.engine().events().dead_letters(follower).value().items;
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_->path(); }

  [[nodiscard]] std::size_t random_below(std::size_t end) { return random_() % end; }

  Journalling journalling = Journalling::with_the_effect;
  std::size_t mails = 0;   // lines of them, when it was looked last
  std::size_t events = 0;  // in the log then

 private:
  static Faults let_follow(FollowedMuseum& museum) {
    Faults faults;
    auto& followed = museum.engine().events();
    for (bool is_done = false; !is_done && faults.empty();) {
      const auto report = followed.pump();
      for (const auto& failure : report.failures) {
        faults.push_back(failure.part + ": " + failure.error.message());
      }
      is_done = !report.more && !report.retry_at;
      if (report.retry_at) museum.clock.set(*report.retry_at);
    }
    for (const auto* follower : {"journal", "mailer"}) followed.retry(follower).value();
    return faults;
  }

  Faults broken_promises(FollowedMuseum& museum, const std::vector<Envelope>& log) {
    Faults faults;
    std::map<std::int64_t, std::int64_t> versions;  // of reservations, by the log
    for (const auto& envelope : log) {
      if (envelope.aggregate.kind != AggregateKind::reservation) continue;
      versions[envelope.aggregate.id] = envelope.version;
    }
    std::map<std::string, int> of_keys;
    std::map<ReservationId, Reservation> stored;
    for (const auto& each : all_pages<ReservationId>([&](const PageRequest<ReservationId>& page) {
           return museum.engine().bookings().list({}, page);
         })) {
      ++of_keys[each.member];
      if (versions[each.id.value()] != each.version) {
        faults.push_back("no event of version " + std::to_string(each.version) +
                         " of reservation " + to_string(each.id));
      }
      stored.emplace(each.id, each);
    }
    for (const auto& [key, count] : of_keys) {
      if (count != 1) faults.push_back("reserved " + std::to_string(count) + " times: " + key);
    }
    for (const auto& [key, id] : promises_.reserved) {
      const auto found = stored.find(id);
      if (found == stored.end() || found->second.member != key) faults.push_back("lost: " + key);
    }
    for (const auto& [id, status] : promises_.changed) {
      const auto found = stored.find(id);
      if (found == stored.end() || (found->second.status != status &&
                                    found->second.status != ReservationStatus::cancelled)) {
        faults.push_back("no longer " + std::string(to_string(status)) + ": " + to_string(id));
      }
    }
    return faults;
  }

  std::optional<TemporaryFolder> folder_;
  Instant now_ = morning;
  Killer nobody_;
  std::mt19937_64 random_{announce_seed()};
  std::vector<SessionId> sessions_;
  Promises promises_;
};

TEST_F(ACrash, AtAnyStepLosesNothingAndDoublesNoEffectOfAReadModel) {
  const auto points = kill_points();
  std::vector<std::size_t> kills(points.size());
  for (std::size_t museum = 0; museum < rounds(1, 6); ++museum) {
    open_a_new_museum();
    for (std::size_t round = 0; round < 3 * points.size(); ++round) {
      const auto point = round % points.size();
      SCOPED_TRACE(to_string(points[point]));
      // Early for sure at first; later on it may come to its end instead.
      const bool is_early = round < points.size() || points[point].doing == Doing::rebuilding;
      const std::size_t latest = points[point].doing == Doing::forgetting ? 2 : is_early ? 6 : 60;
      if (dies_at(point, 1 + random_below(latest))) ++kills[point];
      if (random_below(2) == 0) {
        const auto faults = found_afterwards();
        ASSERT_TRUE(faults.empty()) << text_of(faults);
      }
    }
    const auto faults = found_afterwards();
    ASSERT_TRUE(faults.empty()) << text_of(faults);
    EXPECT_GT(mails, 2 * events) << "no effect outside was repeated";
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_GT(kills[i], 0U) << "nothing died at " << to_string(points[i]);
    std::cout << kills[i] << " died at " << to_string(points[i]) << '\n';
  }
}

TEST_F(ACrash, InAHandlerAtTheSameEventEachTimeParksThatEvent) {
  open_a_new_museum();
  for (const std::string_view follower : {"journal", "mailer"}) {
    SCOPED_TRACE(follower);
    std::vector<DeadLetter> parked;
    for (int deaths = 0; deaths < 40 && parked.empty(); ++deaths) {
      ASSERT_TRUE(dies_at(in_the_handler_of(follower), 1));
      parked = dead_letters_of(follower);
    }
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked[0].attempts, 8);
    EXPECT_EQ(parked[0].error, "the process ended while it was taken");
    const auto faults = found_afterwards();
    EXPECT_TRUE(faults.empty()) << text_of(faults);
  }
}

TEST_F(ACrash, InTheMiddleOfAWriteToAFileLeavesNoMailThatWasNotSent) {
  open_a_new_museum();
  std::ofstream(folder() / "mails", std::ios::app) << "begin Reservation/1/1 Reser";
  const auto faults = found_afterwards();
  EXPECT_TRUE(faults.empty()) << text_of(faults);
}

TEST_F(ACrash, ShowsAPositionThatIsSavedBeforeItsEffect) {
  journalling = Journalling::before_the_effect;
  open_a_new_museum();
  Faults faults;
  for (std::size_t round = 0; round < 50 && faults.empty(); ++round) {
    dies_at(in_the_handler_of("journal"), 1 + random_below(6));
    faults = found_afterwards();
  }
  ASSERT_FALSE(faults.empty());
  for (const auto& fault : faults) EXPECT_EQ(fault.substr(0, 5), "lost:") << fault;
}

}  // namespace
}  // namespace exhibition::tests
