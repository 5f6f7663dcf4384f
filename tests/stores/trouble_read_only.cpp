// What may not be written, as an ordinary user meets it.

#include <gtest/gtest.h>

#include "stores/stores.hpp"
#include "stores/trouble.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

constexpr auto read_only = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
constexpr auto read_only_folder = read_only | fs::perms::owner_exec | fs::perms::group_exec;

/// Takes the right to write from a file or folder, as long as it lives.
class Forbidden {
 public:
  Forbidden(fs::path path, fs::perms left) : path_(std::move(path)) {
    before_ = fs::status(path_).permissions();
    fs::permissions(path_, left);
  }
  ~Forbidden() { fs::permissions(path_, before_); }
  Forbidden(const Forbidden&) = delete;
  Forbidden& operator=(const Forbidden&) = delete;

 private:
  fs::path path_;
  fs::perms before_{};
};

class AReadOnlyStore : public ::testing::Test {
 protected:
  fs::path folder = new_folder();
  fs::path file = folder / "museum.db";
  SessionId session = make_store(file);
  std::string before = bytes_of(file);

  void expect_good_again() {
    EXPECT_TRUE(bytes_of(file) == before) << "it was touched";
    auto engine = open_file(file);
    ASSERT_TRUE(is_done(engine));
    EXPECT_TRUE(is_clean(*engine));
    EXPECT_TRUE(works(*engine, session));
  }
};

TEST_F(AReadOnlyStore, IsRefusedAsAFile) {
  {
    const Forbidden writing(file, read_only);
    EXPECT_TRUE(blames(open_file(file), {file.string(), "read-only"}));
  }
  expect_good_again();
}

TEST_F(AReadOnlyStore, IsRefusedWhenItMayNotBeReadEither) {
  {
    const Forbidden everything(file, fs::perms::none);
    EXPECT_TRUE(blames(open_file(file), {file.string(), "Permission denied"}));
  }
  expect_good_again();
}

TEST_F(AReadOnlyStore, IsRefusedInAReadOnlyFolder) {
  {
    const Forbidden writing(folder, read_only_folder);
    const auto refused = open_file(file);
    EXPECT_TRUE(blames(refused, {file.string(), "Permission denied"}) ||
                blames(refused, {file.string(), "folder"}))
        << "it is the folder that is read-only, not the database: " << refused.error();
  }
  expect_good_again();
}

TEST_F(AReadOnlyStore, IsNotMadeInAReadOnlyFolder) {
  const auto fresh = folder / "fresh.db";
  {
    const Forbidden writing(folder, read_only_folder);
    EXPECT_TRUE(blames(open_file(fresh), {fresh.string(), "Permission denied"}));
  }
  EXPECT_FALSE(fs::exists(fresh));
  EXPECT_TRUE(is_done(open_file(fresh)));
}

TEST_F(AReadOnlyStore, IsRefusedWithALockFileThatIsNotToBeWritten) {
  {
    const Forbidden writing(file.string() + "-lock", read_only);
    EXPECT_TRUE(blames(open_file(file), {file.string() + "-lock", "Permission denied"}));
  }
  expect_good_again();
}

TEST_F(AReadOnlyStore, IsRefusedWithAMyPageFileThatIsNotToBeWritten) {
  {
    const Forbidden writing(pages_of(file), read_only);
    EXPECT_TRUE(blames(open_file(file), {pages_of(file).string(), "read-only"}));
  }
  expect_good_again();
}

TEST_F(AReadOnlyStore, DoesNotStopAnEngineThatIsOpen) {
  auto engine = open_file(file).value();
  ASSERT_TRUE(works(engine, session));
  const Forbidden writing(folder, read_only_folder);
  EXPECT_TRUE(works(engine, session)) << "everything that it writes is there";
}

TEST_F(AReadOnlyStore, IsNoPlaceForACopy) {
  auto engine = open_file(file).value();
  const auto copies = new_folder();
  {
    const Forbidden writing(copies, read_only_folder);
    EXPECT_TRUE(blames(engine.backup(copies / "copy.db"),
                       {(copies / "copy.db").string(), "Permission denied"}));
  }
  EXPECT_TRUE(names_in(copies).empty());
  EXPECT_TRUE(is_done(engine.backup(copies / "copy.db")));
}

}  // namespace
}  // namespace exhibition::tests
