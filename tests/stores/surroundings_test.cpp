// Starts stores_in_trouble in the surroundings that its tests need.

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "stores/stores.hpp"
#include "support/process.hpp"

namespace exhibition::tests {
namespace {

/// Whether all tests of the suite pass there.
::testing::AssertionResult pass(const std::string& surroundings, const std::string& suite,
                                std::vector<std::string> command = {}) {
  const TemporaryFolder folder;
  command.insert(command.end(), {STORES_IN_TROUBLE_PATH, "--gtest_filter=" + suite + ".*",
                                 "--gtest_color=no", surroundings, folder.path().string()});
  Process trouble(command);
  const auto said = trouble.rest();
  const int status = trouble.finish();
  // A filter that finds no test passes too, and a skipped one is not a test.
  const bool ran = said.find("[       OK ] ") != std::string::npos &&
                   said.find("[  SKIPPED ]") == std::string::npos;
  if (status == 0 && ran) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "exit status " << status << '\n' << said;
}

/// A disk of one's own can be mounted in a mount namespace, for which an ordinary user first has to
/// be root in a user namespace.
std::vector<std::string> in_own_mounts() {
  if (::geteuid() == 0) return {"unshare", "--mount", "--"};
  return {"unshare", "--user", "--map-root-user", "--mount", "--"};
}

TEST(ReadOnlyStores, AreRefusedAndGoodAgainAfterwards) {
  EXPECT_TRUE(pass("ordinary_user", "AReadOnlyStore"));
}

TEST(AFullDisk, StopsWritersOnlyAndOnlyAsLongAsItIsFull) {
  EXPECT_TRUE(pass("small_disk", "AFullDisk", in_own_mounts()));
}

TEST(AReadOnlyDisk, IsRefusedAndGoodAgainAfterwards) {
  EXPECT_TRUE(pass("small_disk", "AReadOnlyDisk", in_own_mounts()));
}

TEST(AFileSizeLimit, StopsWritersOnlyAndOnlyAsLongAsItIsThere) {
  EXPECT_TRUE(pass("ordinary_user", "AFileSizeLimit"));
}

}  // namespace
}  // namespace exhibition::tests
