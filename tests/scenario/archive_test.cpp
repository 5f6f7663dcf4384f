// Archives in folders: what goes in comes out, whole or not at all.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exhibition/adapters/files.hpp"
#include "exhibition/codec/json.hpp"
#include "exhibition/testing/storage_contract/samples.hpp"
#include "support/museum.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
namespace samples = testing::samples;

constexpr std::string_view log_id = "c0ffee";

class AnArchive : public ::testing::Test {
 protected:
  static std::vector<ArchivedEvent> events(std::int64_t first, std::int64_t last) {
    std::vector<ArchivedEvent> made;
    for (std::int64_t at = first; at <= last; ++at) {
      made.push_back(archived(at, samples::event(at).event));
    }
    return made;
  }
  static ArchivedEvent archived(std::int64_t at, const Event& event) {
    return {{.position = Position{at},
             .stream = stream_of(event),
             .aggregate = aggregate_of(event),
             .version = at,
             .occurred_at = morning,
             .schema_version = codec::schema_version(type_of(event)),
             .headers = {"a visit", "ticket desk"},
             .event = event},
            ~static_cast<std::uint64_t>(at)};
  }

  void append(std::int64_t first, std::int64_t last) {
    archive->append(log_id, events(first, last));
  }
  [[nodiscard]] std::vector<ArchivedEvent> all() const {
    return archive->read(log_id, Position{}, 1'000'000);
  }
  [[nodiscard]] std::vector<fs::path> parts() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder.path() / log_id)) {
      if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  /// What reading it fails with.
  [[nodiscard]] std::string failure() const {
    try {
      static_cast<void>(all());
    } catch (const PortError& thrown) {
      return thrown.what();
    }
    return "none";
  }

  const TemporaryFolder folder;
  const std::unique_ptr<Archive> archive = files::archive(folder.path()).value();
};

TEST_F(AnArchive, GivesEventsOfEveryTypeAsTheyWentIn) {
  std::vector<ArchivedEvent> made;
  for (const auto& event : samples::events()) {
    made.push_back(archived(static_cast<std::int64_t>(made.size()) + 1, event));
  }
  archive->append(log_id, made);
  EXPECT_EQ(all(), made);
  EXPECT_EQ(files::archive(folder.path()).value()->read(log_id, Position{}, 1000), made);
}

TEST_F(AnArchive, IsReadInSlicesAcrossItsFiles) {
  EXPECT_EQ(archive->end(log_id), std::nullopt);
  EXPECT_TRUE(all().empty());
  append(1, 4);
  append(5, 5);
  append(6, 9);
  EXPECT_EQ(parts().size(), 3U);
  EXPECT_EQ(archive->end(log_id), Position{9});
  EXPECT_EQ(all(), events(1, 9));
  EXPECT_EQ(archive->read(log_id, Position{2}, 4), events(3, 6));
  EXPECT_EQ(archive->read(log_id, Position{8}, 4), events(9, 9));
  EXPECT_TRUE(archive->read(log_id, Position{9}, 4).empty());
  EXPECT_TRUE(archive->read("another", Position{}, 4).empty());
}

TEST_F(AnArchive, MayBeginWhereALogBeginsThatHasForgottenSome) {
  append(100, 102);
  EXPECT_EQ(archive->read(log_id, Position{99}, 10), events(100, 102));
  EXPECT_TRUE(all().empty()) << "the first one is missing";
}

TEST_F(AnArchive, TakesNoEventTwiceAndLeavesNoneOut) {
  append(1, 4);
  append(1, 4);
  append(3, 6);
  EXPECT_EQ(all(), events(1, 6));
  archive->append(log_id, {});
  EXPECT_EQ(parts().size(), 2U);
  EXPECT_THROW(append(8, 9), PortError) << "7 would be missing";
  EXPECT_EQ(archive->end(log_id), Position{6});
}

TEST_F(AnArchive, IsReadUpToTheFirstEventThatIsMissing) {
  append(1, 4);
  append(5, 8);
  append(9, 12);
  fs::rename(parts()[1], folder.path() / "put away");
  EXPECT_EQ(all(), events(1, 4));
  EXPECT_EQ(archive->read(log_id, Position{2}, 100), events(3, 4));
  EXPECT_TRUE(archive->read(log_id, Position{4}, 100).empty());
  EXPECT_EQ(archive->read(log_id, Position{8}, 100), events(9, 12));
}

TEST_F(AnArchive, GivesNoEventTwiceWhoseFilesOverlap) {
  append(1, 4);
  append(5, 9);
  const auto long_one = parts()[1];
  fs::rename(long_one, folder.path() / "put away");
  append(5, 6);
  append(7, 8);
  fs::rename(folder.path() / "put away", long_one);
  EXPECT_EQ(all(), events(1, 9));
  EXPECT_EQ(archive->end(log_id), Position{9});
}

TEST_F(AnArchive, TakesNothingThatCannotBeReadAgain) {
  const auto unknown = [](const std::string& payload) {
    return std::vector{ArchivedEvent{{.position = Position{1},
                                      .stream = {StreamKind::reservation, 1},
                                      .aggregate = {AggregateKind::reservation, 1},
                                      .occurred_at = morning,
                                      .headers = {},
                                      .event = UnknownEvent{"ReservationMoved", payload}}}};
  };
  EXPECT_THROW(archive->append(log_id, unknown("{\n\"a\": 1\n}")), PortError);
  EXPECT_THROW(archive->append(log_id, unknown("{\"a\":1,\"a\":2}")), PortError);
  EXPECT_THROW(archive->append(log_id, unknown("\xff")), PortError);
  auto with_a_gap = events(1, 4);
  with_a_gap.erase(with_a_gap.begin() + 1);
  EXPECT_THROW(archive->append(log_id, with_a_gap), PortError);
  EXPECT_EQ(archive->end(log_id), std::nullopt);
  archive->append(log_id, unknown("{\"a\":1}"));
  EXPECT_EQ(all(), unknown("{\"a\":1}"));
}

TEST_F(AnArchive, IsNotMadeAnewByWhoWritesToIt) {
  append(1, 4);
  fs::remove_all(folder.path());
  EXPECT_THROW(append(5, 6), PortError);
  EXPECT_FALSE(fs::exists(folder.path()));
}

TEST_F(AnArchive, IsWrittenByOneAtATime) {
  const auto other = files::archive(folder.path()).value();
  at_once(4, [&](std::size_t thread) {
    for (std::int64_t last = 1; last <= 20; ++last) {
      (thread % 2 == 0 ? *archive : *other).append(log_id, events(1, last));
    }
  });
  EXPECT_EQ(all(), events(1, 20));
}

TEST_F(AnArchive, IsForItsOwnersEyesOnly) {
  append(1, 1);
  struct stat status {};
  ASSERT_EQ(::stat(parts()[0].c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AnArchive, KnowsNothingOfAFileThatWasCutShortBeforeItWasWhole) {
  append(1, 2);
  const auto half = folder.path() / log_id / "00000000000000000003-00000000000000000004.jsonl-half";
  std::ofstream(half) << "{\"specversion\":";
  EXPECT_EQ(archive->end(log_id), Position{2});
  append(3, 4);
  EXPECT_EQ(all(), events(1, 4));
  EXPECT_FALSE(fs::exists(half));
}

TEST_F(AnArchive, NamesTheLineThatIsDamaged) {
  append(1, 2);
  const auto file = parts()[0];
  fs::resize_file(file, fs::file_size(file) - 10);
  EXPECT_NE(failure().find(file.string() + ": line 2: "), std::string::npos) << failure();
  fs::resize_file(file, 0);
  EXPECT_NE(failure().find(file.string() + ": damaged: it ends before position 2"),
            std::string::npos)
      << failure();
}

TEST_F(AnArchive, NoticesTheEventsOfAnotherLog) {
  append(1, 2);
  fs::rename(folder.path() / log_id, folder.path() / "beef");
  EXPECT_THROW(static_cast<void>(archive->read("beef", Position{}, 9)), PortError);
}

TEST_F(AnArchive, ThatIsAwayIsAnotherThingThanAnEmptyOne) {
  append(1, 2);
  fs::rename(folder.path(), folder.path().string() + "-unmounted");
  EXPECT_EQ(failure(), folder.path().string() + ": is not there");
  EXPECT_THROW(static_cast<void>(archive->end(log_id)), PortError);
  fs::rename(folder.path().string() + "-unmounted", folder.path());
  EXPECT_EQ(all(), events(1, 2));
}

TEST(AnArchiveThatCannotBeMade, IsAStorageFailure) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  const auto refused = files::archive(folder.path() / "file" / "archive");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::storage_failure);
  auto engine = Engine::open({.archive = files::archive(folder.path() / "file")});
  EXPECT_EQ(engine.error().code, Errc::storage_failure);
}

}  // namespace
}  // namespace exhibition::tests
