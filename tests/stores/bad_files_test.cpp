// Files that are not, or not quite, a store: each is refused with the file's name and the cause, is
// left as it was, and is good again once the cause is gone.

#include <gtest/gtest.h>

#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

class ABadFile : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  fs::path file = folder.path() / "museum.db";
};

class ABadStore : public ABadFile {
 protected:
  SessionId session = make_store(file);
  std::string before = everything_in(file);

  /// The store was not harmed by what happened to it: everything is there, and it goes on.
  void expect_good_again() {
    EXPECT_TRUE(everything_in(file) == before);
    auto engine = open_file(file);
    ASSERT_TRUE(is_done(engine));
    EXPECT_TRUE(is_clean(*engine));
    EXPECT_TRUE(works(*engine, session));
  }
};

TEST_F(ABadFile, InAMissingFolderIsRefusedAndNothingIsMade) {
  const auto lost = folder.path() / "gone" / "museum.db";
  EXPECT_TRUE(blames(open_file(lost), {lost.string(), "folder", "does not exist"}));
  EXPECT_TRUE(names_in(folder.path()).empty());

  fs::create_directory(lost.parent_path());
  EXPECT_TRUE(is_done(open_file(lost)));
}

TEST_F(ABadFile, InAFolderThatIsAFileIsRefused) {
  write_bytes(folder.path() / "plain", "text");
  const auto inside = folder.path() / "plain" / "museum.db";
  EXPECT_TRUE(blames(open_file(inside), {inside.string(), "folder"}));
}

TEST_F(ABadFile, ThatIsAFolderIsRefused) {
  fs::create_directory(file);
  EXPECT_TRUE(blames(open_file(file), {file.string(), "is a folder"}));
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"museum.db"});

  fs::remove(file);
  EXPECT_TRUE(is_done(open_file(file)));
}

TEST_F(ABadFile, WithoutANameIsRefused) {
  EXPECT_TRUE(blames(open_file(""), {"path", "empty"}));
  EXPECT_TRUE(blames(sqlite::my_pages(""), {"path", "empty"}));
}

TEST_F(ABadFile, WithANulInItsNameIsRefused) {
  using namespace std::string_literals;
  EXPECT_TRUE(blames(open_file(folder.path() / "museum\0.db"s), {"path", "NUL"}));
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST_F(ABadFile, WithANameThatIsTooLongIsRefused) {
  const auto long_name = folder.path() / std::string(300, 'm');
  EXPECT_TRUE(blames(open_file(long_name), {long_name.string()}));
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST_F(ABadFile, WithANameThatLeavesNoRoomForThoseOfItsSideFilesIsRefused) {
  // The longest that is added is SQLite's "-journal", and a name has 255 bytes.
  for (std::size_t length = 245; length <= 256; ++length) {
    SCOPED_TRACE(length);
    const auto model = folder.path() / std::string(length, 'm');
    const auto opened = sqlite::projection_file(model);
    EXPECT_EQ(opened.has_value(), length <= 247);
    if (!opened) {
      EXPECT_TRUE(blames(opened, {model.string()}));
    }
  }
}

TEST_F(ABadFile, InAFolderThatIsNoMoreIsRefused) {
  const auto before = std::filesystem::current_path();
  const auto gone = folder.path() / "gone";
  std::filesystem::create_directory(gone);
  std::filesystem::current_path(gone);
  std::filesystem::remove(gone);
  EXPECT_FALSE(sqlite::projection_file("x.db"));
  EXPECT_FALSE(sqlite::storage("x.db"));
  std::filesystem::current_path(before);
}

TEST_F(ABadFile, OfGarbageIsRefusedAndNotTouched) {
  std::string garbage;
  for (int i = 0; i < 20'000; ++i) garbage += static_cast<char>(i * 31 % 251);
  write_bytes(file, garbage);
  EXPECT_TRUE(blames(open_file(file), {file.string(), "not a database"}));
  EXPECT_EQ(bytes_of(file), garbage);
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"museum.db"});

  fs::remove(file);
  EXPECT_TRUE(is_done(open_file(file)));
}

TEST_F(ABadFile, OfAFewBytesIsRefusedAndNotTouched) {
  for (const std::string few : {"xy", "SQLite format 3", "just a note, no database\n"}) {
    write_bytes(file, few);
    EXPECT_TRUE(blames(open_file(file), {file.string(), "not a database"})) << few;
    EXPECT_EQ(bytes_of(file), few);
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"museum.db"});
  }
}

TEST_F(ABadFile, ThatIsEmptyBecomesAStore) {
  for (const std::string nothing : {"", "x"}) {  // to SQLite, a file of one byte is empty
    write_bytes(file, nothing);
    {
      auto engine = open_file(file);
      ASSERT_TRUE(is_done(engine));
      EXPECT_TRUE(works(*engine, register_monet(*engine)));
    }
    for (const auto& name : names_in(folder.path())) fs::remove(folder.path() / name);
  }
}

TEST_F(ABadFile, OfAnotherApplicationIsRefusedAndNotTouched) {
  const auto expect_refused = [&](const char* made_by) {
    RawFile(file).execute(made_by);
    const auto before = bytes_of(file);
    EXPECT_TRUE(blames(open_file(file), {file.string(), "another application"})) << made_by;
    EXPECT_TRUE(bytes_of(file) == before) << made_by;
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"museum.db"}) << made_by;
    fs::remove(file);
  };
  expect_refused("CREATE TABLE recipe(id INTEGER PRIMARY KEY, text TEXT)");
  expect_refused("CREATE TABLE reservation(id INTEGER PRIMARY KEY)");
  expect_refused("PRAGMA application_id = 1196444487");
  expect_refused("PRAGMA user_version = 1");
  expect_refused("PRAGMA application_id = 1; PRAGMA user_version = 1; CREATE TABLE session(id)");
  expect_refused("PRAGMA journal_mode = WAL; CREATE TABLE recipe(id INTEGER PRIMARY KEY)");

  EXPECT_TRUE(is_done(open_file(file)));
}

TEST_F(ABadStore, IsAMyPageFileInThePlaceOfABookingFile) {
  const auto before_pages = bytes_of(pages_of(file));
  EXPECT_TRUE(blames(open_file(pages_of(file)), {pages_of(file).string(), "is a my-page file"}));
  EXPECT_TRUE(blames(sqlite::my_pages(file), {file.string(), "is a booking file"}));
  EXPECT_TRUE(bytes_of(pages_of(file)) == before_pages);
  expect_good_again();
}

TEST_F(ABadStore, OfANewerVersionIsRefusedAndNotTouched) {
  const auto version = RawFile(file).integer("PRAGMA user_version");
  RawFile(file).execute("PRAGMA user_version = " + std::to_string(version + 1));
  const auto newer = bytes_of(file);
  const auto names = names_in(folder.path());

  EXPECT_TRUE(blames(open_file(file), {file.string(), "newer version"}));
  EXPECT_TRUE(bytes_of(file) == newer);
  EXPECT_EQ(names_in(folder.path()), names);

  RawFile(file).execute("PRAGMA user_version = " + std::to_string(version));
  expect_good_again();
}

TEST_F(ABadStore, OfANewerVersionThatLeftAWalBehindIsRefusedAndNotTouched) {
  // What a crash of the newer version leaves: its last commits are in the -wal only.
  const auto copy = folder.path() / "crashed.db";
  {
    RawFile newer(file);
    newer.execute("PRAGMA user_version = 1000");
    for (const auto* part : {"", "-wal"}) {
      fs::copy_file(file.string() + part, copy.string() + part);
    }
  }
  const auto bytes = bytes_of(copy);
  const auto wal = bytes_of(copy.string() + "-wal");

  EXPECT_TRUE(blames(open_file(copy), {copy.string(), "newer version"}));
  EXPECT_TRUE(bytes_of(copy) == bytes);
  ASSERT_TRUE(fs::exists(copy.string() + "-wal")) << "the -wal was written back and removed";
  EXPECT_TRUE(bytes_of(copy.string() + "-wal") == wal);
}

TEST_F(ABadStore, ThatWasCutInHalfIsRefusedAndNotTouched) {
  const auto whole = bytes_of(file);
  const auto half = whole.substr(0, whole.size() / 2);
  write_bytes(file, half);

  EXPECT_TRUE(blames(open_file(file), {file.string(), "malformed"}));
  EXPECT_TRUE(bytes_of(file) == half);

  write_bytes(file, whole);
  expect_good_again();
}

TEST_F(ABadStore, ThatWasCutBeforeItsFirstPageEndsIsRefused) {
  const auto whole = bytes_of(file);
  for (const std::size_t kept : {std::size_t{2}, std::size_t{99}, std::size_t{1000}}) {
    write_bytes(file, whole.substr(0, kept));
    EXPECT_TRUE(blames(open_file(file), {file.string()})) << kept;
    EXPECT_TRUE(bytes_of(file) == whole.substr(0, kept)) << kept;
  }
  write_bytes(file, whole);
  expect_good_again();
}

TEST_F(ABadStore, WithADamagedPageSaysSoAndTheRestIsStillReadable) {
  // The page where the reservations begin, overwritten with zeros.
  const auto whole = bytes_of(file);
  std::size_t page = 0;
  std::size_t size = 0;
  {
    RawFile raw(file);
    page = static_cast<std::size_t>(
        raw.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'reservation'"));
    size = static_cast<std::size_t>(raw.integer("PRAGMA page_size"));
  }
  auto damaged = whole;
  damaged.replace((page - 1) * size, size, std::string(size, '\0'));
  write_bytes(file, damaged);
  {
    auto engine = open_file(file);
    ASSERT_TRUE(is_done(engine));
    EXPECT_TRUE(blames(engine->bookings().list(), {file.string(), "malformed"}));
    EXPECT_TRUE(blames(try_reserve(*engine, session), {file.string(), "malformed"}));
    EXPECT_TRUE(blames(engine->audit(), {file.string(), "malformed"}));
    EXPECT_TRUE(is_done(engine->catalogue().list()));
    EXPECT_TRUE(is_done(engine->my_page().list()));
  }
  fs::remove(file.string() + "-wal");
  write_bytes(file, whole);
  expect_good_again();
}

}  // namespace
}  // namespace exhibition::tests
