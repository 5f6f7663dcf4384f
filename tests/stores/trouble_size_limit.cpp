// A limit on the size of files, as a service manager sets it.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "stores/stores.hpp"
#include "stores/trouble.hpp"

namespace exhibition::tests {
namespace {

namespace fs = std::filesystem;

/// No file of this process grows beyond it, as long as it lives. Units: bytes.
class SizeLimit {
 public:
  explicit SizeLimit(std::uintmax_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);  // the write fails instead
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{static_cast<rlim_t>(bytes), before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit before_{};
};

class AFileSizeLimit : public ::testing::Test {
 protected:
  fs::path folder = new_folder();
  fs::path file = folder / "museum.db";
  Engine engine = open_file(file).value();
  SessionId session = register_monet(engine);

  [[nodiscard]] std::uintmax_t wal_size() const { return fs::file_size(file.string() + "-wal"); }
};

TEST_F(AFileSizeLimit, RefusesAReserveAndTakesItWhenItIsLifted) {
  ASSERT_TRUE(works(engine, session));
  const auto before = everything_in(file);
  // In the middle of a page, and at the end of one.
  for (const std::uintmax_t room :
       {std::uintmax_t{0}, std::uintmax_t{2000}, std::uintmax_t{6000}}) {
    const SizeLimit limit(wal_size() + room);
    EXPECT_TRUE(blames(try_reserve(engine, session), {file.string(), "disk I/O error"}));
    EXPECT_TRUE(everything_in(file) == before) << "something is half-written";
    EXPECT_TRUE(is_clean(engine));
    EXPECT_TRUE(is_done(engine.bookings().list()));
    EXPECT_TRUE(is_done(engine.my_page().list()));
  }
  EXPECT_TRUE(works(engine, session));
}

TEST_F(AFileSizeLimit, IsReportedByThePumpAndTheNextPumpGoesOn) {
  ASSERT_TRUE(works(engine, session));
  const auto made = try_reserve(engine, session).value().reservation.id;
  {
    const SizeLimit limit(wal_size());
    const auto report = engine.events().pump();
    ASSERT_FALSE(report.failures.empty());
    EXPECT_EQ(report.failures.front().part, "voucher-desk");
    EXPECT_TRUE(blames(report.failures.front().error, {file.string(), "disk I/O error"}));
    EXPECT_TRUE(is_clean(engine));
    EXPECT_TRUE(engine.vouchers().of(made).value().empty());
  }
  EXPECT_TRUE(engine.events().pump().failures.empty());
  EXPECT_EQ(engine.vouchers().of(made).value().size(), 1U);
  EXPECT_TRUE(works(engine, session));
}

TEST_F(AFileSizeLimit, LosesNothingOfAnEngineThatIsClosedUnderIt) {
  ASSERT_TRUE(works(engine, session));
  const auto before = everything_in(file);
  {
    const SizeLimit limit(fs::file_size(file));
    engine.close();
  }
  EXPECT_TRUE(everything_in(file) == before);
  auto opened = open_file(file);
  ASSERT_TRUE(is_done(opened));
  EXPECT_TRUE(works(*opened, session));
}

TEST_F(AFileSizeLimit, LeavesNoPartOfACopy) {
  ASSERT_TRUE(works(engine, session));
  const auto copies = new_folder();
  {
    const SizeLimit limit(20'000);
    EXPECT_TRUE(blames(engine.backup(copies / "copy.db"), {(copies / "copy.db").string()}));
    EXPECT_TRUE(names_in(copies).empty());
  }
  EXPECT_TRUE(is_done(engine.backup(copies / "copy.db")));
}

}  // namespace
}  // namespace exhibition::tests
