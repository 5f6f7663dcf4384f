// What is true of every command, whatever it asks for.

#include "scenario/every_command.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace exhibition::tests {
namespace {

class EveryCommand : public ::testing::TestWithParam<StorageKind> {
 protected:
  /// Calls `check(command, museum, setting)` for each, in a museum of its own.
  template <class Check>
  static void for_each(Check check) {
    for (const auto& command : every_command()) {
      SCOPED_TRACE(command.name);
      Museum museum(GetParam());
      const auto here = set_up(museum);
      check(command, museum, here);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(On, EveryCommand, each_storage(), storage_name);

TEST_P(EveryCommand, UnderAKnownKeyIsAnsweredAndChangesNothing) {
  const CommandOptions key{.idempotency_key = "once"};
  for_each([&](const AnyCommand& command, Museum& museum, const Setting& here) {
    const auto before = museum.log().size();
    const auto first = command.send(museum.engine(), here, Request::usual, key);
    ASSERT_TRUE(is_done(first));
    const auto log = museum.log();
    EXPECT_GT(log.size(), before) << "it had something to do";

    EXPECT_EQ(command.send(museum.engine(), here, Request::usual, key), first);
    EXPECT_EQ(museum.log(), log);
    museum.clock.advance(1min);
    museum.reopen();
    EXPECT_EQ(command.send(museum.engine(), here, Request::usual, key), first);
    EXPECT_EQ(museum.log(), log);
    museum.pump_all();
    EXPECT_EQ(museum.engine().audit(), std::vector<AuditFinding>{});
  });
}

TEST_P(EveryCommand, UnderTheKeyOfAnotherRequestIsRefused) {
  const CommandOptions key{.idempotency_key = "taken"};
  for_each([&](const AnyCommand& command, Museum& museum, const Setting& here) {
    ASSERT_TRUE(is_done(command.send(museum.engine(), here, Request::usual, key)));
    const auto log = museum.log();
    EXPECT_TRUE(is_refused(command.send(museum.engine(), here, Request::another, key),
                           refusal::IdempotencyMismatch{}));
    EXPECT_EQ(museum.log(), log);
    EXPECT_TRUE(is_done(command.send(museum.engine(), here, Request::usual, key)));
  });
  for_each([&](const AnyCommand& command, Museum& museum, const Setting& here) {
    EXPECT_TRUE(is_done(command.send(museum.engine(), here, Request::another, key)))
        << "but for the key there is nothing against it";
  });
}

TEST_P(EveryCommand, WithOptionsThatAreHugeOrNotUtf8IsRefused) {
  Museum museum(GetParam());
  const auto here = set_up(museum);
  const auto log = museum.log();
  for (const auto& text :
       {std::string(256, 'x'), std::string(10'000'000, 'x'), std::string("\xff")}) {
    for (const auto& command : every_command()) {
      SCOPED_TRACE(command.name);
      const auto is_refused_for = [&](std::string_view field, const CommandOptions& options) {
        return is_invalid(command.send(museum.engine(), here, Request::usual, options), field);
      };
      EXPECT_TRUE(is_refused_for("idempotency_key", {.idempotency_key = text}));
      EXPECT_TRUE(is_refused_for("actor", {.actor = text}));
      EXPECT_TRUE(is_refused_for("correlation_id", {.correlation_id = text}));
      EXPECT_TRUE(is_refused_for("actor", {.idempotency_key = "new", .actor = text}));
    }
  }
  EXPECT_EQ(museum.log(), log);
}

TEST_P(EveryCommand, WithTheLongestOptionsIsDone) {
  const std::string text(255, 'x');
  const CommandOptions options{.idempotency_key = text, .actor = text, .correlation_id = text};
  for_each([&](const AnyCommand& command, Museum& museum, const Setting& here) {
    EXPECT_TRUE(is_done(command.send(museum.engine(), here, Request::usual, options)));
    EXPECT_EQ(museum.log().back().headers, (Headers{.correlation_id = text, .actor = text}));
  });
}

TEST_P(EveryCommand, OfAClosedEngineAnswersClosed) {
  Museum museum(GetParam());
  const auto here = set_up(museum);
  const CommandOptions key{.idempotency_key = "known"};
  museum.bookings().confirm(here.held, key).value();
  museum.engine().close();
  for (const auto& command : every_command()) {
    SCOPED_TRACE(command.name);
    for (const auto& options : {CommandOptions{}, key, CommandOptions{.actor = "\xff"}}) {
      EXPECT_TRUE(is_refused(command.send(museum.engine(), here, Request::usual, options),
                             refusal::Closed{}));
    }
  }
}

TEST(EveryCommandOfTheDesks, IsInTheTable) {
  // Eleven of the catalogue, four of bookings, and two of vouchers.
  EXPECT_EQ(every_command().size(), 17U);
}

}  // namespace
}  // namespace exhibition::tests
