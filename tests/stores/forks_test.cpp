// Processes that fork while they have stores open, and children that open the same stores anew.

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>

#include "exhibition/ports/storage.hpp"
#include "stores/stores.hpp"

namespace exhibition::tests {
namespace {

/// A line between two processes: each end tells the other one to go on, or waits to be told.
class Line {
 public:
  Line() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Line() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void tell() const { EXPECT_EQ(::write(ends_[1], "!", 1), 1); }
  void wait() const {
    char told = 0;
    EXPECT_EQ(::read(ends_[0], &told, 1), 1);
  }

 private:
  std::array<int, 2> ends_{};
};

/// A forked child. It ends well if `act` leaves no failure behind.
pid_t in_a_child(const std::function<void()>& act) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::alarm(120);  // a hang is a failure
  act();
  ::_exit(::testing::Test::HasFailure() ? 1 : 0);
}

/// Waits for a child, or for any one, and gives the status that it has ended with.
int end_of(pid_t child) {
  int status = -1;
  EXPECT_GT(::waitpid(child, &status, 0), 0);
  return status;
}

bool ends_well(pid_t child) { return end_of(child) == 0; }

constexpr pid_t any_child = -1;

std::size_t visits(Engine& engine, const char* member) {
  return engine.my_page().of(member).value().items.size();
}

class AForkedChild : public ::testing::Test {
 protected:
  AForkedChild() {
    auto made = open_file(file);
    session = register_monet(made.value());
  }

  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "museum.db";
  SessionId session;
};

TEST_F(AForkedChild, OpensAnewWhatItsParentHasOpen) {
  auto parent = open_file(file).value();
  EXPECT_TRUE(is_done(try_reserve(parent, session, "parent")));
  EXPECT_TRUE(ends_well(in_a_child([&] {
    auto child = open_file(file);
    EXPECT_TRUE(is_done(try_reserve(child.value(), session, "child")));
    child.value().events().pump();
  })));
  EXPECT_TRUE(is_done(try_reserve(parent, session, "parent again")));
  parent.events().pump();
  EXPECT_TRUE(is_clean(parent));
  EXPECT_EQ(visits(parent, "child"), 1U);
}

TEST_F(AForkedChild, KeepsItsStoreWhenItsParentCloses) {
  auto parent = open_file(file);
  const Line opened;
  const Line closed;
  const pid_t process = in_a_child([&] {
    {
      auto child = open_file(file).value();
      EXPECT_TRUE(is_done(try_reserve(child, session, "before")));
      opened.tell();
      closed.wait();
      EXPECT_TRUE(is_done(try_reserve(child, session, "after")));
    }
    EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal")) << "it is the last to close";
  });
  opened.wait();
  parent.value().close();
  EXPECT_TRUE(std::filesystem::exists(file.string() + "-wal")) << "a child has the file open";
  closed.tell();
  EXPECT_TRUE(ends_well(process));
  auto later = open_file(file).value();
  later.events().pump();
  EXPECT_EQ(visits(later, "before") + visits(later, "after"), 2U);
}

TEST_F(AForkedChild, ForksAChildOfItsOwn) {
  auto parent = open_file(file).value();
  EXPECT_TRUE(ends_well(in_a_child([&] {
    auto child = open_file(file);
    const Line opened;
    const Line closed;
    const pid_t process = in_a_child([&] {
      auto grandchild = open_file(file).value();
      opened.tell();
      closed.wait();
      EXPECT_TRUE(is_done(try_reserve(grandchild, session, "grandchild")));
    });
    opened.wait();
    EXPECT_TRUE(is_done(try_reserve(child.value(), session, "child")));
    child.value().close();
    closed.tell();
    EXPECT_TRUE(ends_well(process));
  })));
  parent.events().pump();
  EXPECT_TRUE(is_clean(parent));
  EXPECT_EQ(visits(parent, "child") + visits(parent, "grandchild"), 2U);
}

TEST_F(AForkedChild, OutlivesItsParentWithoutHoldingItsLocks) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const Line over;
  const pid_t parent = in_a_child([&] {
    auto storage = sqlite::storage(file).value();
    static_cast<void>(transact(*storage, [&](UnitOfWork&) -> Result<void> {
      const Line born;
      static_cast<void>(in_a_child([&] {
        born.tell();
        over.wait();
      }));
      born.wait();
      ::raise(SIGKILL);
      return {};
    }));
  });
  const int status = end_of(parent);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto engine = open_file(file).value();
  EXPECT_TRUE(is_done(try_reserve(engine, session))) << "nobody has the lock any more";
  over.tell();
  EXPECT_TRUE(ends_well(any_child));
}

TEST_F(AForkedChild, IsNotTakenForItsParentWhoseLeaseEnds) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const Line over;
  std::array<int, 2> name{};
  ASSERT_EQ(::pipe(name.data()), 0);
  const pid_t parent = in_a_child([&] {
    auto storage = sqlite::storage(file).value();
    const auto self = storage->peers().self();
    EXPECT_EQ(::write(name[1], self.data(), self.size()), static_cast<ssize_t>(self.size()));
    const Line born;
    static_cast<void>(in_a_child([&] {
      born.tell();
      over.wait();
    }));
    born.wait();
    ::raise(SIGKILL);
  });
  EXPECT_TRUE(WIFSIGNALED(end_of(parent)));
  std::string self(256, '\0');
  self.resize(static_cast<std::size_t>(::read(name[0], self.data(), self.size())));
  EXPECT_EQ(sqlite::storage(file).value()->peers().presence_of(self), Peers::Presence::gone);
  over.tell();
  EXPECT_TRUE(ends_well(any_child));
  for (const int end : name) ::close(end);
}

}  // namespace
}  // namespace exhibition::tests
