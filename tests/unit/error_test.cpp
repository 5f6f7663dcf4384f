// Errors: every code has its name, its facts and its sentence.

#include "exhibition/core/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

namespace exhibition {
namespace {

constexpr Instant nine =
    std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + std::chrono::hours{9};

/// One of each refusal, with its code's name and the message it gives.
const std::vector<std::tuple<Error, std::string, std::string>> all = {
    {refusal::NotFound{"session", 7}, "not_found", "no such session: 7"},
    {refusal::InvalidArgument{"title", "must be there"}, "invalid_argument",
     "title: must be there"},
    {refusal::IllegalTransition{"expired"}, "illegal_transition", "not possible: it is expired"},
    {refusal::ExhibitionNotOpen{}, "exhibition_not_open", "the exhibition takes no reservations"},
    {refusal::SessionClosed{}, "session_closed", "the session is closed"},
    {refusal::SessionCancelled{}, "session_cancelled", "the session is cancelled"},
    {refusal::SessionOver{}, "session_over", "the session is over"},
    {refusal::SalesNotOpen{nine}, "sales_not_open", "sales open at 2026-09-01T09:00:00.000Z"},
    {refusal::SalesClosed{}, "sales_closed", "sales are closed"},
    {refusal::SoldOut{2, 1}, "sold_out", "sold out: 2 requested, 1 free"},
    {refusal::PartyTooLarge{10}, "party_too_large", "a reservation takes at most 10 places"},
    {refusal::MemberLimit{4, 3}, "member_limit", "the member has 3 of at most 4 places"},
    {refusal::HoldExpired{nine}, "hold_expired", "the hold expired at 2026-09-01T09:00:00.000Z"},
    {refusal::HoldMaxReached{nine}, "hold_max_reached",
     "the hold can last until 2026-09-01T09:00:00.000Z at most"},
    {refusal::CutoffPassed{nine}, "cutoff_passed",
     "cancelling was possible before 2026-09-01T09:00:00.000Z"},
    {refusal::AlreadyAdmitted{}, "already_admitted", "someone of the party is already in"},
    {refusal::VoucherDeactivated{}, "voucher_deactivated", "the voucher is deactivated"},
    {refusal::AlreadyRedeemed{3, 2, nine}, "already_redeemed",
     "the voucher admits 3 and has admitted 2, last at 2026-09-01T09:00:00.000Z"},
    {refusal::IdempotencyMismatch{}, "idempotency_mismatch",
     "the idempotency key was used for another request"},
    {refusal::VersionConflict{1, 2}, "version_conflict",
     "it is at version 2, not 1: read it again"},
    {refusal::Overloaded{std::chrono::milliseconds{40}}, "overloaded",
     "too much is going on: come back in 40 ms"},
    {refusal::CircuitOpen{"half_open", std::chrono::milliseconds{10}}, "circuit_open",
     "what this needs is out of order (half_open): come back in 10 ms"},
    {refusal::Timeout{}, "timeout", "not done in time"},
    {refusal::Closed{}, "closed", "the engine is closed"},
    {refusal::LogDiverged{812}, "log_diverged",
     "the log does not hold the event at position 812 that a follower or an archive has: it is "
     "another log, or an older copy"},
    {refusal::HistoryTruncated{7, 812}, "history_truncated",
     "the events after position 7 up to 812 are needed, and there is no archive that has them"},
    {refusal::UnknownVersion{812, 3}, "unknown_version",
     "the event at position 812 is of schema version 3, which this version of the library does not "
     "know: run the one that wrote it, or a later one"},
    {refusal::StorageFailure{"museum.db: disk full"}, "storage_failure", "museum.db: disk full"},
};

TEST(AnError, HasANameAMessageAndFactsForEachCode) {
  ASSERT_EQ(all.size(), std::variant_size_v<Error::Detail>);
  std::set<Errc> codes;
  for (const auto& [error, name, message] : all) {
    EXPECT_EQ(to_string(error.code), name);
    EXPECT_EQ(error.message(), message);
    std::visit([code = error.code](const auto& detail) { EXPECT_EQ(detail.code, code); },
               error.detail);
    codes.insert(error.code);
  }
  EXPECT_EQ(codes.size(), all.size());
}

TEST(AnError, IsPrintedWithItsCode) {
  std::ostringstream out;
  out << Error(refusal::SoldOut{2, 1});
  EXPECT_EQ(out.str(), "sold_out: sold out: 2 requested, 1 free");
}

TEST(AnError, SaysWhenToComeBackWhereThatIsKnown) {
  using std::chrono::milliseconds;
  EXPECT_EQ(Error(refusal::Overloaded{milliseconds{40}}).retry_after(), milliseconds{40});
  EXPECT_EQ(Error(refusal::CircuitOpen{"open", milliseconds{5}}).retry_after(), milliseconds{5});
  EXPECT_EQ(Error(refusal::Timeout{milliseconds{7}}).retry_after(), milliseconds{7});
  EXPECT_EQ(Error(refusal::CircuitOpen{"forced_open"}).retry_after(), std::nullopt);
  EXPECT_EQ(Error(refusal::SoldOut{2, 1}).retry_after(), std::nullopt);
}

TEST(AnError, TellsWhichElementOfAListIsMeant) {
  EXPECT_EQ(Error(refusal::InvalidArgument{"ends_at", "must be later", 2}).message(),
            "ends_at of number 3: must be later");
}

TEST(AnError, LeavesOutWhatItDoesNotKnow) {
  EXPECT_EQ(Error(refusal::NotFound{"voucher"}).message(), "no such voucher");
  EXPECT_EQ(Error(refusal::AlreadyRedeemed{3, 0, std::nullopt}).message(),
            "the voucher admits 3 and has admitted 0");
}

TEST(AnError, IsEqualToAnotherWithTheSameFacts) {
  EXPECT_EQ(Error(refusal::SoldOut{2, 1}), Error(refusal::SoldOut{2, 1}));
  EXPECT_NE(Error(refusal::SoldOut{2, 1}), Error(refusal::SoldOut{2, 0}));
  EXPECT_NE(Error(refusal::SessionOver{}), Error(refusal::SessionClosed{}));
}

TEST(AnErrorCode, ThatDoesNotExistHasNoName) {
  EXPECT_EQ(to_string(static_cast<Errc>(255)), "unknown");
}

}  // namespace
}  // namespace exhibition
