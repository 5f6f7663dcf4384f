// The vocabulary: results, text, time, ids, references to functions, sources of chance.

#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>

#include "exhibition/core/function_ref.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/core/text.hpp"
#include "exhibition/core/time.hpp"
#include "exhibition/domain/ids.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;

TEST(AResult, HoldsAValue) {
  const Result<int> answer = 7;
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(static_cast<bool>(answer));
  EXPECT_EQ(*answer, 7);
  EXPECT_EQ(answer.value(), 7);
  EXPECT_EQ(answer.value_or(1), 7);
  const Result<std::string> text = "text";
  EXPECT_EQ(text->size(), 4U);
}

static_assert(!std::constructible_from<Result<bool>, Result<int>>,
              "whether there is a number is not the answer");
static_assert(std::constructible_from<Result<Result<int>>, Result<int>>);
static_assert(std::convertible_to<int, Result<long>>);
static_assert(!std::convertible_to<int, Result<std::chrono::seconds>>, "of what?");
static_assert(!std::convertible_to<std::optional<int>, Result<bool>>);
static_assert(std::constructible_from<Result<std::chrono::seconds>, int>);

TEST(AResult, HoldsAnError) {
  const Result<int> answer = refusal::SoldOut{2, 1};
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::sold_out);
  EXPECT_EQ(answer.value_or(1), 1);
}

TEST(AResult, ThrowsItsErrorWhenAskedForAValueThatIsNotThere) {
  const Result<int> answer = refusal::SoldOut{2, 1};
  try {
    (void)answer.value();
    FAIL() << "it did not throw";
  } catch (const Exception& thrown) {
    EXPECT_EQ(thrown.error(), Error(refusal::SoldOut{2, 1}));
    EXPECT_EQ(thrown.what(), thrown.error().message());
  }
  const Result<void> nothing = refusal::Closed{};
  EXPECT_THROW(nothing.value(), Exception);
  EXPECT_THROW((void)Result<int>(refusal::Closed{}).value(), Exception);
}

TEST(AResult, GivesItsValueAwayByValue) {
  Result<std::unique_ptr<int>> answer = std::make_unique<int>(7);
  static_assert(std::same_as<decltype(std::move(answer).value()), std::unique_ptr<int>>);
  static_assert(std::same_as<decltype(*std::move(answer)), std::unique_ptr<int>>);
  EXPECT_EQ(*std::move(answer).value(), 7);
}

TEST(AResult, OfNothingIsDoneOrNot) {
  EXPECT_TRUE(Result<void>().has_value());
  EXPECT_NO_THROW(Result<void>().value());
  EXPECT_EQ(Result<void>(refusal::Closed{}).error().code, Errc::closed);
}

TEST(AResult, IsEqualToAnotherWithTheSameContent) {
  EXPECT_EQ(Result<int>(7), Result<int>(7));
  EXPECT_NE(Result<int>(7), Result<int>(8));
  EXPECT_NE(Result<int>(7), Result<int>(refusal::Closed{}));
  EXPECT_EQ(Result<void>(refusal::Closed{}), Result<void>(refusal::Closed{}));
  EXPECT_NE(Result<void>(refusal::Closed{}), Result<void>());
}

TEST(AResult, IsNotMadeOfWhatIsNeitherValueNorError) {
  static_assert(!std::constructible_from<Result<VoucherId>, ExhibitionId>);
  static_assert(std::convertible_to<refusal::Closed, Result<int>>);
  static_assert(std::convertible_to<Error, Result<void>>);
}

TEST(Utf8, IsWhatTheUnicodeStandardCallsWellFormed) {
  const std::string nul("a\0b", 3);
  for (const std::string& text :
       {std::string(), std::string("plain"), nul, std::string("\x7f"), std::string("\xc2\x80"),
        std::string("\xdf\xbf"), std::string("\xe0\xa0\x80"), std::string("\xed\x9f\xbf"),
        std::string("\xee\x80\x80"), std::string("\xef\xbf\xbf"), std::string("\xf0\x90\x80\x80"),
        std::string("\xf4\x8f\xbf\xbf"), std::string("모네 🎨 é")}) {
    EXPECT_TRUE(is_utf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(Utf8, HasNoStrayOrMissingContinuation) {
  for (const char* text :
       {"\x80", "\xbf", "a\x80", "\xc2",
        "\xc2"
        "a",
        "\xe0\xa0",
        "\xe0\xa0"
        "a",
        "\xe1\x80", "\xf0\x90\x80",
        "\xf0\x90\x80"
        "a",
        "\xc2\x80\x80", "\xc2\xc0", "\xe1\x80\xc0", "\xf1\x80\x80\xc0", "\xe1\x7f\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(Utf8, HasNoOverlongFormsNoSurrogatesAndNothingAbove10FFFF) {
  for (const char* text :
       {"\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"}) {
    EXPECT_FALSE(is_utf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(AnInstant, IsWrittenAsRfc3339) {
  const Instant nine = std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 9h;
  EXPECT_EQ(to_string(nine), "2026-09-01T09:00:00.000Z");
  EXPECT_EQ(to_string(nine + 59min + 58s + 7ms), "2026-09-01T09:59:58.007Z");
  EXPECT_EQ(to_string(Instant{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_string(Instant{} - 1ms), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_string(Instant{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}}),
            "2024-02-29T00:00:00.000Z");
}

TEST(AnInstant, LiesInTheYears1To9999) {
  EXPECT_EQ(to_string(earliest_instant), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(to_string(latest_instant), "9999-12-31T23:59:59.999Z");
  EXPECT_TRUE(is_representable(earliest_instant));
  EXPECT_TRUE(is_representable(latest_instant));
  EXPECT_FALSE(is_representable(earliest_instant - 1ms));
  EXPECT_FALSE(is_representable(latest_instant + 1ms));
}

TEST(AnInstant, OutsideTheRangeIsWrittenAsItsNumber) {
  EXPECT_EQ(to_string(latest_instant + 1ms), "253402300800000ms");
  EXPECT_EQ(to_string(Instant::min()), "-9223372036854775808ms");
}

// An id of one thing never passes for an id of another.
static_assert(!std::convertible_to<VoucherId, ExhibitionId>);
static_assert(!std::constructible_from<ExhibitionId, VoucherId>);
static_assert(!std::assignable_from<ExhibitionId&, VoucherId>);
static_assert(!std::equality_comparable_with<VoucherId, ExhibitionId>);
static_assert(!std::convertible_to<std::int64_t, ReservationId>);
static_assert(!std::convertible_to<ReservationId, std::int64_t>);
static_assert(!std::convertible_to<Position, ReservationId>);
static_assert(std::is_trivially_copyable_v<SessionId> && sizeof(SessionId) == sizeof(std::int64_t));

TEST(AnId, IsANumberOfItsOwnKind) {
  EXPECT_EQ(SessionId{7}.value(), 7);
  EXPECT_EQ(SessionId{}.value(), 0);
  EXPECT_LT(SessionId{7}, SessionId{8});
  EXPECT_EQ(to_string(SessionId{7}), "7");
  EXPECT_EQ((std::unordered_set<SessionId>{SessionId{7}, SessionId{7}, SessionId{8}}.size()), 2U);
}

int twice(int number) { return 2 * number; }

TEST(AFunctionRef, CallsWhatItRefersTo) {
  int calls = 0;
  auto count = [&](int by) { return calls += by; };
  const FunctionRef<int(int)> counting = count;
  EXPECT_EQ(counting(2), 2);
  EXPECT_EQ(counting(3), 5);
  EXPECT_EQ(calls, 5);
  int (*const pointer)(int) = twice;
  EXPECT_EQ(FunctionRef<int(int)>(pointer)(4), 8);
}

TEST(AFunctionRef, HandsOnReferencesAndThingsThatOnlyMove) {
  auto take = [](std::unique_ptr<int> number, int& out) { out = *number; };
  const FunctionRef<void(std::unique_ptr<int>, int&)> taking = take;
  int out = 0;
  taking(std::make_unique<int>(7), out);
  EXPECT_EQ(out, 7);
}

TEST(AFunctionRef, KeepsTheStateOfAMutableCallable) {
  auto next = [n = 0]() mutable { return ++n; };
  const FunctionRef<int()> counting = next;
  const auto copy = counting;
  EXPECT_EQ(counting(), 1);
  EXPECT_EQ(copy(), 2);
}

static_assert(!std::constructible_from<FunctionRef<int(int)>, int (*)(std::string)>);

TEST(SeededBits, AreTheSameForTheSameSeed) {
  SeededRandom one(7);
  SeededRandom same(7);
  SeededRandom other(8);
  const auto first = one.bits();
  EXPECT_EQ(first, same.bits());
  EXPECT_NE(first, other.bits());
  EXPECT_NE(first, one.bits());
}

TEST(SystemBits, Differ) {
  SystemRandom random;
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(random.bits());
  EXPECT_EQ(drawn.size(), 100U);
}

}  // namespace
}  // namespace exhibition
