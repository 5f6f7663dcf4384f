#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/testing/storage_contract.hpp"
#include "support/museum.hpp"

namespace exhibition::testing {
namespace {

struct SqliteHarness {
  static constexpr bool durable = true;
  static constexpr bool several = true;
  static constexpr bool files = true;

  static Result<std::unique_ptr<Storage>> open_at(const std::filesystem::path& path) {
    return sqlite::storage(path);
  }
  [[nodiscard]] Result<std::unique_ptr<Storage>> open() const {
    return open_at(folder() / "museum.db");
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return temporary_.path(); }

 private:
  tests::TemporaryFolder temporary_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StorageContract, SqliteHarness);

}  // namespace exhibition::testing
