// How events make an entry of my page.

#include <gtest/gtest.h>

#include "exhibition/domain/facts.hpp"
#include "exhibition/domain/my_page.hpp"
#include "unit/sample.hpp"

namespace exhibition {
namespace {

using namespace sample;

Envelope happened(Event event, Instant at = morning) {
  return {.position = Position{1},
          .stream = stream_of(event),
          .aggregate = aggregate_of(event),
          .occurred_at = at,
          .headers = {},
          .event = std::move(event)};
}

const ReservationFacts facts_of_one = facts::of(confirmed(2));

TEST(AnEntry, BeginsWithAReservation) {
  const auto entry = fold(std::nullopt, happened(ReservationConfirmed{facts_of_one}));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->reservation, ReservationId{3});
  EXPECT_EQ(entry->exhibition, ExhibitionId{1});
  EXPECT_EQ(entry->session, SessionId{2});
  EXPECT_EQ(entry->member, "seokwon");
  EXPECT_EQ(entry->title, "Monet");
  EXPECT_EQ(entry->kind, "gallery");
  EXPECT_EQ(entry->starts_at, ten);
  EXPECT_EQ(entry->ends_at, eleven);
  EXPECT_EQ(entry->places, 2U);
  EXPECT_EQ(entry->status, ReservationStatus::confirmed);
  EXPECT_EQ(entry->updated_at, morning);
}

TEST(AnEntry, FollowsWhatHappensToItsReservation) {
  auto entry = fold(std::nullopt, happened(ReservationHeld{facts_of_one, morning + 15min}));
  EXPECT_EQ(entry->status, ReservationStatus::held);
  EXPECT_EQ(entry->expires_at, morning + 15min);
  entry = fold(entry, happened(HoldExtended{facts_of_one, morning + 20min}));
  EXPECT_EQ(entry->expires_at, morning + 20min);
  auto expired = fold(entry, happened(ReservationExpired{facts_of_one, morning + 20min}, ten));
  EXPECT_EQ(expired->status, ReservationStatus::expired);
  EXPECT_EQ(expired->expires_at, morning + 20min);
  EXPECT_EQ(expired->updated_at, ten);
  entry = fold(entry, happened(ReservationConfirmed{facts_of_one}));
  EXPECT_EQ(entry->expires_at, std::nullopt);
  entry = fold(entry,
               happened(ReservationCancelled{facts_of_one, CancelReason::organiser, std::nullopt}));
  EXPECT_EQ(entry->status, ReservationStatus::cancelled);
  EXPECT_EQ(entry->reason, CancelReason::organiser);
}

TEST(AnEntry, KeepsTheTitleItBeganWith) {
  auto entry = fold(std::nullopt, happened(ReservationHeld{facts_of_one, ten}));
  auto renamed = facts_of_one;
  renamed.title = "Manet";
  renamed.kind = "museum";
  entry = fold(entry, happened(ReservationConfirmed{renamed}));
  EXPECT_EQ(entry->title, "Monet");
  EXPECT_EQ(entry->kind, "gallery");
}

TEST(AnEntry, ShowsItsVoucher) {
  auto entry = fold(std::nullopt, happened(ReservationConfirmed{facts_of_one}));
  entry =
      fold(entry, happened(VoucherActivated{VoucherId{4}, ReservationId{3}, "seokwon", "CODE", 2}));
  EXPECT_EQ(entry->voucher_code, "CODE");
  EXPECT_EQ(entry->voucher_status, VoucherStatus::active);
  entry = fold(entry, happened(VoucherDeactivated{VoucherId{4}, ReservationId{3}, "seokwon"}));
  EXPECT_EQ(entry->voucher_code, "CODE");
  EXPECT_EQ(entry->voucher_status, VoucherStatus::deactivated);
}

TEST(AnEntry, IsNotMadeByWhatIsNotAboutAReservation) {
  EXPECT_EQ(fold(std::nullopt, happened(VoucherActivated{})), std::nullopt);
  EXPECT_EQ(fold(std::nullopt, happened(ExhibitionRegistered{})), std::nullopt);
  EXPECT_EQ(fold(std::nullopt, happened(SessionUpdated{})), std::nullopt);
  EXPECT_EQ(fold(std::nullopt, happened(UnknownEvent{})), std::nullopt);
}

TEST(AnEntry, IsShownAsExpiredFromTheEndOfItsHold) {
  const auto entry = *fold(std::nullopt, happened(ReservationHeld{facts_of_one, ten}));
  EXPECT_EQ(shown(entry, ten - 1ms), entry);
  auto expired = entry;
  expired.status = ReservationStatus::expired;
  EXPECT_EQ(shown(entry, ten), expired);
  const auto good = *fold(entry, happened(ReservationConfirmed{facts_of_one}));
  EXPECT_EQ(shown(good, eleven), good);
}

TEST(AnEnvelope, NamesWhoseEventItIs) {
  auto envelope = happened(VoucherRedeemed{
      .voucher = VoucherId{4}, .reservation = ReservationId{3}, .member = "m", .gate = ""});
  envelope.version = 2;
  EXPECT_EQ(envelope.key(), "Voucher/4/2");
  EXPECT_EQ(to_string(envelope.stream), "reservation/3");
  EXPECT_EQ(to_string(happened(SessionClosed{SessionId{2}, ExhibitionId{1}}).stream),
            "exhibition/1");
  EXPECT_EQ(to_string(happened(SessionClosed{SessionId{2}, ExhibitionId{1}}).aggregate),
            "Session/2");
  EXPECT_EQ(to_string(happened(ReservationConfirmed{facts_of_one}).aggregate), "Reservation/3");
  EXPECT_EQ(to_string(happened(ExhibitionResumed{ExhibitionId{1}}).aggregate), "Exhibition/1");
}

}  // namespace
}  // namespace exhibition
