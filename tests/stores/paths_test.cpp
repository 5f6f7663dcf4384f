// A store is found by the path it was given, whatever that is called and wherever the host goes.

#include <gtest/gtest.h>

#include <barrier>
#include <string>
#include <vector>

#include "stores/stores.hpp"
#include "support/process.hpp"
#include "support/threads.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class APath : public ::testing::Test {
 protected:
  TemporaryFolder folder;

  static Names files_of(const std::string& name) {
    return {name,           name + "-followers", name + "-followers-lock",
            name + "-lock", name + "-my-page",   name + "-my-page-lock"};
  }
};

TEST_F(APath, MayHaveAnyName) {
  for (const std::string name :
       {"our museum.db", "미술관.db", "Müséum 🎨.db", "file:museum.db", "museum.db?mode=ro",
        "file:museum.db?mode=ro&cache=shared", "100%.db", "%41%00.db", "#museum.db",
        ":memory:", "it's \"quoted\".db", "-museum.db", "museum\nnew line.db", "museum;--.db"}) {
    SCOPED_TRACE(name);
    const TemporaryFolder own;
    const auto file = own.path() / name;
    const auto session = make_store(file);
    auto engine = open_file(file).value();
    EXPECT_TRUE(works(engine, session));
    const TemporaryFolder safe;
    EXPECT_TRUE(is_done(engine.backup(safe.path() / name)));
    EXPECT_EQ(names_in(safe.path()), (Names{name, name + "-followers", name + "-my-page"}));
    engine.close();
    EXPECT_EQ(names_in(own.path()), files_of(name));
  }
}

TEST_F(APath, MayBeRelativeAndHaveAnyName) {
  for (const std::string name : {"museum.db", "file:museum.db", "file:museum.db?mode=ro",
                                 ":memory:", "museum.db?mode=ro", "100%.db"}) {
    SCOPED_TRACE(name);
    const TemporaryFolder own;
    const Inside inside(own.path());
    const auto session = make_store(name);
    {
      auto engine = open_file(name).value();
      EXPECT_TRUE(works(engine, session));
    }
    EXPECT_EQ(names_in(own.path()), files_of(name));
  }
}

TEST_F(APath, ThatIsRelativeStaysTheSameFileWhenTheHostChangesItsFolder) {
  const TemporaryFolder elsewhere;
  const auto open_here = [&] {
    const Inside inside(folder.path());
    return open_file("museum.db").value();
  };
  auto engine = open_here();
  const Inside inside(elsewhere.path());
  const auto session = register_monet(engine);
  EXPECT_TRUE(works(engine, session));
  EXPECT_TRUE(is_done(engine.backup(folder.path() / "copy.db")));
  EXPECT_TRUE(names_in(elsewhere.path()).empty());
}

TEST_F(APath, ThatIsRelativeStaysTheSameFileForReadersThatComeLater) {
  const TemporaryFolder elsewhere;
  {
    // Another store of the same name where the host goes: it has two reservations.
    const Inside inside(elsewhere.path());
    make_store("museum.db");
  }
  const auto open_here = [&] {
    const Inside inside(folder.path());
    return sqlite::storage("museum.db").value();
  };
  const auto storage = open_here();
  const Inside inside(elsewhere.path());
  // All of them read at once, so each has a connection of its own.
  constexpr int readers = 3;
  std::barrier together(readers);
  at_once(readers, [&](std::size_t) {
    try {
      storage->read([&](const ReadView& view) {
        together.arrive_and_wait();
        EXPECT_TRUE(view.reservations().list({}, 10).empty());
      });
    } catch (const PortError& failure) {
      ADD_FAILURE() << failure.what();
      together.arrive_and_drop();
    }
  });
}

TEST_F(APath, ThroughALinkIsTheSameStore) {
  fs::create_directory(folder.path() / "real");
  const auto file = folder.path() / "real" / "museum.db";
  const auto link = folder.path() / "link.db";
  const auto session = make_store(file);
  fs::create_symlink(file, link);
  auto by_link = open_file(link);
  ASSERT_TRUE(is_done(by_link));
  EXPECT_TRUE(works(*by_link, session));
  auto by_name = open_file(file).value();
  EXPECT_TRUE(works(by_name, session));
  EXPECT_EQ(entries(by_name).size(), 4U);
  EXPECT_TRUE(works(*by_link, session));
}

TEST_F(APath, ThroughALinkSharesTheLockAndTheSideFiles) {
  fs::create_directory(folder.path() / "real");
  const auto file = folder.path() / "real" / "museum.db";
  const auto link = folder.path() / "link.db";
  const auto session = make_store(file);
  fs::create_symlink(file, link);
  auto engine = open_file(link, 20ms).value();
  ASSERT_TRUE(works(engine, session));
  EXPECT_EQ(names_in(folder.path()), (Names{"link.db", "real"}))
      << "a second set of side files beside the link";

  Process neighbour({STORE_NEIGHBOUR_PATH, "flock", file.string()});
  ASSERT_EQ(neighbour.line(), "ready");
  EXPECT_TRUE(blames(try_reserve(engine, session), {"locked"}));
  EXPECT_EQ(neighbour.finish(), 0);
}

TEST_F(APath, ThroughALinkedFolderIsTheSameStore) {
  fs::create_directory(folder.path() / "real");
  fs::create_directory_symlink(folder.path() / "real", folder.path() / "linked");
  const auto session = make_store(folder.path() / "real" / "museum.db");
  auto engine = open_file(folder.path() / "linked" / "museum.db").value();
  EXPECT_TRUE(works(engine, session));
  engine.close();
  EXPECT_EQ(names_in(folder.path() / "real"), files_of("museum.db"));
}

}  // namespace
}  // namespace exhibition::tests
