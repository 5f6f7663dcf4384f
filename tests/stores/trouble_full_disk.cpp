// A disk of 2 MiB that is full, and one that was made read-only.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

#include "stores/stores.hpp"
#include "stores/trouble.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

/// Takes all the room that is left on the disk, as long as it lives.
class Ballast {
 public:
  explicit Ballast(fs::path path) : path_(std::move(path)) {
    const int file = ::open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    EXPECT_EQ(errno, ENOSPC);
    ::close(file);
  }
  ~Ballast() { fs::remove(path_); }
  void shrink(std::uintmax_t bytes) { fs::resize_file(path_, fs::file_size(path_) - bytes); }
  Ballast(const Ballast&) = delete;
  Ballast& operator=(const Ballast&) = delete;

 private:
  fs::path path_;
};

/// Reserves until that fails, and gives the failure. What is in the file just before is left in
/// `before`.
Error reserve_until_failure(Engine& engine, SessionId session, const fs::path& file,
                            std::string& before) {
  for (int i = 0; i < 10'000; ++i) {
    before = everything_in(file);
    const auto made = try_reserve(engine, session);
    if (!made) return made.error();
  }
  ADD_FAILURE() << "the disk is never full";
  return refusal::Closed{};
}

class AFullDisk : public ::testing::Test {
 protected:
  ~AFullDisk() override { fs::remove_all(folder); }  // the disk is small

  fs::path folder = new_folder();
  fs::path file = folder / "museum.db";
};

class AReadOnlyDisk : public AFullDisk {
 protected:
  static void remount(unsigned long flags) {
    ASSERT_EQ(::mount(nullptr, place().c_str(), nullptr, MS_REMOUNT | flags, nullptr), 0);
  }
};

TEST_F(AFullDisk, RefusesAReserveAndTakesItWhenThereIsRoomAgain) {
  auto engine = open_file(file).value();
  const auto session = register_monet(engine);
  ASSERT_TRUE(works(engine, session));
  std::string before;
  {
    const Ballast ballast(place() / "ballast");
    EXPECT_TRUE(blames(reserve_until_failure(engine, session, file, before),
                       {file.string(), "disk is full"}));
    EXPECT_TRUE(everything_in(file) == before) << "something is half-written";
    EXPECT_TRUE(is_clean(engine));
    EXPECT_TRUE(is_done(engine.bookings().list()));
    EXPECT_TRUE(is_done(engine.bookings().availability(session)));
    EXPECT_TRUE(is_done(engine.my_page().list()));

    EXPECT_TRUE(blames(try_reserve(engine, session), {file.string(), "disk is full"}));
    EXPECT_TRUE(blames(engine.catalogue().close(session), {file.string(), "disk is full"}));
    EXPECT_TRUE(everything_in(file) == before);
  }
  EXPECT_TRUE(works(engine, session));
}

TEST_F(AFullDisk, IsReportedByThePumpAndTheNextPumpGoesOn) {
  auto engine = open_file(file).value();
  const auto session = register_monet(engine);
  ASSERT_TRUE(works(engine, session));
  ASSERT_TRUE(is_done(try_reserve(engine, session)));  // there is something to follow
  std::string before;
  {
    const Ballast ballast(place() / "ballast");
    reserve_until_failure(engine, session, file, before);
    const auto report = engine.events().pump();
    ASSERT_FALSE(report.failures.empty());
    EXPECT_TRUE(report.retry_at);
    for (const auto& failure : report.failures) {
      const auto& store = failure.part == "my-page" ? pages_of(file) : file;
      EXPECT_TRUE(blames(failure.error, {store.string() + ':', "disk is full"})) << failure.part;
    }
    EXPECT_TRUE(is_clean(engine));
  }
  EXPECT_TRUE(works(engine, session));
}

TEST_F(AFullDisk, LosesNothingOfAnEngineThatIsClosedOnIt) {
  std::string before;
  SessionId session;
  {
    auto engine = open_file(file).value();
    session = register_monet(engine);
    ASSERT_TRUE(works(engine, session));
    const Ballast ballast(place() / "ballast");
    reserve_until_failure(engine, session, file, before);
    engine.close();
  }
  EXPECT_TRUE(everything_in(file) == before);
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(AFullDisk, IsNoPlaceForANewStore) {
  {
    const Ballast ballast(place() / "ballast");
    EXPECT_TRUE(blames(open_file(file), {file.string(), "full"}));
  }
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, register_monet(*engine)));
}

TEST_F(AFullDisk, RefusesToOpenAStoreThatNeedsRoomForItsSideFiles) {
  const auto session = make_store(file);
  const auto before = bytes_of(file);
  {
    const Ballast ballast(place() / "ballast");
    const auto refused = open_file(file);
    EXPECT_TRUE(blames(refused, {file.string(), "full"}) ||
                blames(refused, {file.string(), "No space left"}))
        << refused.error();
    EXPECT_TRUE(bytes_of(file) == before);
  }
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

TEST_F(AFullDisk, TakesNoPartOfACopy) {
  auto engine = open_file(file).value();
  const auto session = register_monet(engine);
  for (int i = 0; i < 50; ++i) try_reserve(engine, session).value();
  ASSERT_TRUE(works(engine, session));
  const auto copies = new_folder();
  const auto copy = copies / "copy.db";
  {
    // One time after the other a little more room, so that it fails at every stage of the copy.
    Ballast ballast(place() / "ballast");
    bool done = false;
    for (std::uintmax_t room = 0; room < 1'000'000 && !done; room += 16'384) {
      if (room > 0) ballast.shrink(16'384);
      const auto copied = engine.backup(copy);
      done = copied.has_value();
      if (!done) {
        EXPECT_TRUE(blames(copied, {copy.string(), "full"})) << room;
        EXPECT_EQ(names_in(copies), std::vector<std::string>{}) << room;
      }
    }
    EXPECT_TRUE(done);
  }
  auto opened = open_file(copy);
  ASSERT_TRUE(is_done(opened));
  EXPECT_TRUE(works(*opened, session));
  fs::remove_all(copies);
}

TEST_F(AReadOnlyDisk, RefusesToOpenAndOpensWhenItCanBeWrittenAgain) {
  const auto session = make_store(file);
  const auto before = bytes_of(file);
  remount(MS_RDONLY);
  EXPECT_TRUE(blames(open_file(file), {file.string(), "read-only"}));
  EXPECT_TRUE(blames(open_file(folder / "fresh.db"), {"fresh.db", "Read-only"}));
  remount(0);
  EXPECT_TRUE(bytes_of(file) == before);
  auto engine = open_file(file);
  ASSERT_TRUE(is_done(engine));
  EXPECT_TRUE(works(*engine, session));
}

}  // namespace
}  // namespace exhibition::tests
