// A refusing decision and its Error allocate nothing: saying no stays cheap however many ask. Nor
// does a circuit breaker, whatever it says.

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "exhibition/domain/voucher.hpp"
#include "exhibition/resilience/circuit_breaker.hpp"
#include "exhibition/testing/manual_monotonic_clock.hpp"
#include "unit/sample.hpp"

namespace {

std::atomic<std::size_t> allocations = 0;

void* allocate(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size); memory != nullptr) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace exhibition {
namespace {

using namespace sample;

/// Whether the decision is refused so, and nothing is allocated from asking for it until its answer
/// is gone.
template <class Decision>
::testing::AssertionResult is_refused_for_free(Errc code, Decision decision) {
  bool is_refused = false;
  const std::size_t before = allocations;
  {
    const auto answer = decision();
    is_refused = !answer && answer.error().code == code;
    if (is_refused) {
      const Error copy = answer.error();
      is_refused = copy == answer.error();
    }
  }
  const std::size_t made = allocations - before;
  if (!is_refused) return ::testing::AssertionFailure() << "not refused as " << to_string(code);
  if (made > 0)
    return ::testing::AssertionFailure() << to_string(code) << ": " << made << " allocations";
  return ::testing::AssertionSuccess();
}

/// Texts too long for a string to keep inside itself.
const std::string long_text(120, 'x');

Exhibition wordy(ExhibitionStatus status = ExhibitionStatus::open) {
  auto exhibition = sample::exhibition();
  exhibition.title = long_text;
  exhibition.kind = long_text;
  exhibition.status = status;
  return exhibition;
}

Booking wordy(Booking booking) {
  booking.reservation.member = long_text;
  booking.exhibition = wordy(booking.exhibition.status);
  return booking;
}

TEST(CountingAllocations, CountsThem) {
  EXPECT_FALSE(is_refused_for_free(
      Errc::storage_failure, [] { return Result<void>(refusal::StorageFailure{long_text}); }));
}

/// Each of these alternatives of Error::Detail, as the answer of a call that gives texts.
template <std::size_t... Alternatives>
void expect_free(std::index_sequence<Alternatives...>) {
  const auto expect_one_free = [](auto refusal) {
    EXPECT_TRUE(
        is_refused_for_free(refusal.code, [&] { return Result<Reservation>(Error{refusal}); }));
  };
  (expect_one_free(std::variant_alternative_t<Alternatives, Error::Detail>{}), ...);
}

TEST(ARefusal, OfEveryKindButAFailureOfTheStoreAllocatesNothing) {
  constexpr auto count = std::variant_size_v<Error::Detail>;
  static_assert(std::is_same_v<std::variant_alternative_t<count - 1, Error::Detail>,
                               refusal::StorageFailure>);
  expect_free(std::make_index_sequence<count - 1>());
  EXPECT_TRUE(is_refused_for_free(Errc::member_limit, [] {
    return Result<Reservation>(refusal::MemberLimit{4, 3});
  }));
}

TEST(ARefusal, OfInputAllocatesNothing) {
  const std::string no_text = "\xff";
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return check_title(no_text); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return check_kind(no_text); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return check_member(no_text); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [] { return check_capacity(0); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument,
                                  [] { return check(BookingRules{.hold_ttl = 0ms}); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [] {
    return check(SessionTimes{.starts_at = ten, .ends_at = ten});
  }));
  const ReserveRequest request{.session = SessionId{2}, .member = long_text, .places = 0};
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return check(request); }));
  const RedeemRequest nobody{.gate = long_text, .count = 0};
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return check(nobody); }));
}

TEST(ARefusal, OfAnExhibitionAllocatesNothing) {
  const auto withdrawn = wordy(ExhibitionStatus::withdrawn);
  const auto open = wordy();
  const ExhibitionUpdate stale{.title = long_text, .expected_version = 9};
  const ExhibitionUpdate bad{.title = ""};
  EXPECT_TRUE(is_refused_for_free(Errc::illegal_transition, [&] { return withdrawn.update({}); }));
  EXPECT_TRUE(is_refused_for_free(Errc::illegal_transition, [&] { return withdrawn.suspend(); }));
  EXPECT_TRUE(is_refused_for_free(Errc::illegal_transition, [&] { return withdrawn.resume(); }));
  EXPECT_TRUE(is_refused_for_free(Errc::version_conflict, [&] { return open.update(stale); }));
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] { return open.update(bad); }));
}

TEST(ARefusal, OfASessionAllocatesNothing) {
  const auto full = session(10);
  const auto cancelled = full.cancel(morning).value();
  const SessionTimes times{.starts_at = eleven};
  EXPECT_TRUE(is_refused_for_free(Errc::sold_out, [&] { return full.reserve_places(1, 0); }));
  EXPECT_TRUE(is_refused_for_free(Errc::session_over, [&] { return full.cancel(eleven); }));
  EXPECT_TRUE(is_refused_for_free(Errc::version_conflict, [&] { return full.update(times, 9); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::session_cancelled, [&] { return cancelled.update(times, 2); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::session_cancelled, [&] { return cancelled.set_capacity(5); }));
  EXPECT_TRUE(is_refused_for_free(Errc::session_cancelled, [&] { return cancelled.close(); }));
  EXPECT_TRUE(is_refused_for_free(Errc::session_cancelled, [&] { return cancelled.reopen(); }));
}

TEST(ARefusal, OfASaleAllocatesNothing) {
  const auto suspended = wordy(ExhibitionStatus::suspended);
  const auto open = wordy();
  auto windowed = session();
  windowed.times.sales_from = morning + 1min;
  windowed.times.sales_until = morning + 2min;
  const auto closed = session().close().value();
  const auto cancelled = session().cancel(morning).value();
  EXPECT_TRUE(is_refused_for_free(Errc::exhibition_not_open,
                                  [&] { return session().check_sale(suspended, morning); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::session_closed, [&] { return closed.check_sale(open, morning); }));
  EXPECT_TRUE(is_refused_for_free(Errc::session_cancelled,
                                  [&] { return cancelled.check_sale(open, morning); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::session_over, [&] { return session().check_sale(open, eleven); }));
  EXPECT_TRUE(is_refused_for_free(Errc::sales_not_open,
                                  [&] { return windowed.check_sale(open, morning); }));
  EXPECT_TRUE(is_refused_for_free(Errc::sales_closed,
                                  [&] { return windowed.check_sale(open, morning + 2min); }));
  EXPECT_TRUE(is_refused_for_free(Errc::party_too_large,
                                  [&] { return session().check_party(open, 11, morning); }));
  const ReserveRequest too_long{.session = SessionId{2}, .member = long_text, .hold = Hold{2h}};
  EXPECT_TRUE(is_refused_for_free(Errc::invalid_argument, [&] {
    return make_reservation(ReservationId{3}, too_long, open, morning);
  }));
}

TEST(ARefusal, OfAReservationAllocatesNothing) {
  const auto hold = wordy(held());
  const auto visit = wordy(confirmed());
  auto cancelled = hold;
  cancelled.reservation.status = ReservationStatus::cancelled;
  auto strict = visit;
  strict.exhibition.rules.cancel_cutoff = 30min;
  EXPECT_TRUE(is_refused_for_free(Errc::hold_expired, [&] { return hold.confirm(ten); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::illegal_transition, [&] { return cancelled.confirm(morning); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::invalid_argument, [&] { return hold.extend(0ms, morning); }));
  EXPECT_TRUE(is_refused_for_free(Errc::hold_expired, [&] { return hold.extend(1min, ten); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::hold_max_reached, [&] { return hold.extend(2h, morning); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::illegal_transition, [&] { return visit.extend(1min, morning); }));
  EXPECT_TRUE(is_refused_for_free(Errc::illegal_transition,
                                  [&] { return hold.cancel(Canceller::member, 0, ten); }));
  EXPECT_TRUE(is_refused_for_free(Errc::session_over,
                                  [&] { return visit.cancel(Canceller::organiser, 0, eleven); }));
  EXPECT_TRUE(is_refused_for_free(Errc::cutoff_passed,
                                  [&] { return strict.cancel(Canceller::member, 0, ten); }));
  EXPECT_TRUE(is_refused_for_free(Errc::already_admitted,
                                  [&] { return visit.cancel(Canceller::member, 1, morning); }));
}

TEST(ARefusal, AtTheGateAllocatesNothing) {
  const Voucher good{
      .id = VoucherId{4}, .reservation = ReservationId{3}, .code = make_voucher_code(1, 2)};
  const auto ended = good.deactivate();
  const auto visit = wordy(confirmed());
  const auto hold = wordy(held());
  const RedeemRequest one{.gate = "west"};
  const RedeemRequest two{.gate = "west", .count = 2};
  EXPECT_TRUE(is_refused_for_free(Errc::voucher_deactivated,
                                  [&] { return ended.redeem(one, visit, ten); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::voucher_deactivated, [&] { return good.redeem(one, hold, ten); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::session_over, [&] { return good.redeem(one, visit, eleven); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::already_redeemed, [&] { return good.redeem(two, visit, ten); }));
  EXPECT_TRUE(is_refused_for_free(Errc::voucher_deactivated,
                                  [&] { return ended.undo_redeem(visit, ten); }));
  EXPECT_TRUE(
      is_refused_for_free(Errc::illegal_transition, [&] { return good.undo_redeem(visit, ten); }));
}

TEST(ACircuitBreaker, AllocatesNothingForACallThatIsLetThroughAndForOneThatIsNot) {
  testing::ManualMonotonicClock clock;
  for (const std::size_t count_window : {0U, 100U}) {
    CircuitBreaker breaker(
        long_text, {.slow_after = 1s, .count_window = count_window, .minimum_calls = 50}, clock);
    const std::size_t before = allocations;
    for (int i = 0; i < 40; ++i) {
      breaker.acquire()->finish(i % 2 == 0 ? Verdict::success : Verdict::failure);
      (void)breaker.run([] { return 7; });
      clock.advance(100ms);
    }
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(breaker.snapshot().state, BreakerState::closed);

    breaker.force_open();
    EXPECT_TRUE(is_refused_for_free(Errc::circuit_open, [&] { return breaker.acquire(); }));
    breaker.reset();
    for (int i = 0; i < 50; ++i) breaker.acquire()->finish(Verdict::failure);
    EXPECT_TRUE(is_refused_for_free(Errc::circuit_open, [&] { return breaker.acquire(); }));
    EXPECT_TRUE(
        is_refused_for_free(Errc::circuit_open, [&] { return breaker.run([] { return 7; }); }));
    clock.advance(1h);
    const auto one = breaker.acquire();
    const auto two = breaker.acquire();
    const auto three = breaker.acquire();
    EXPECT_TRUE(is_refused_for_free(Errc::circuit_open, [&] { return breaker.acquire(); }));
  }
}

}  // namespace
}  // namespace exhibition
