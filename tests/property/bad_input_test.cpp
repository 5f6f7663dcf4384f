#include <array>
#include <limits>
#include <string>
#include <vector>

#include "property/property.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {
namespace {

/// Text of any bytes, of any length around the limits.
rc::Gen<std::string> any_text() {
  return rc::gen::oneOf(
      rc::gen::string<std::string>(), rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
      rc::gen::map(
          rc::gen::pair(rc::gen::inRange(0, 300), rc::gen::element('x', '\0', '\xff', '\xed')),
          [](const std::pair<int, char>& run) {
            return std::string(static_cast<std::size_t>(run.first), run.second);
          }),
      rc::gen::element<std::string>("", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC0\xAF",
                                    "'; DROP TABLE", "0123456789ABCDEFGHJKMNPQRS"));
}

template <class Number>
rc::Gen<Number> any_number() {
  using Limits = std::numeric_limits<Number>;
  return rc::gen::oneOf(rc::gen::arbitrary<Number>(),
                        rc::gen::element<Number>(0, 1, 2, Limits::min(), Limits::max(),
                                                 static_cast<Number>(Limits::max() - 1),
                                                 static_cast<Number>(Limits::min() + 1)));
}

std::chrono::milliseconds any_span() {
  return std::chrono::milliseconds{*any_number<std::int64_t>()};
}

Instant any_instant() {
  return *rc::gen::oneOf(
      rc::gen::map(any_number<std::int64_t>(),
                   [](std::int64_t n) { return Instant{std::chrono::milliseconds{n}}; }),
      rc::gen::element(earliest_instant, latest_instant, earliest_instant - 1ms,
                       latest_instant + 1ms, morning, ten, eleven));
}

std::optional<Instant> maybe_instant() {
  return *rc::gen::arbitrary<bool>() ? std::optional(any_instant()) : std::nullopt;
}

template <class SomeId>
SomeId any_id() {
  return SomeId{*rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-1, 6), any_number<std::int64_t>())};
}

std::optional<std::uint32_t> any_capacity() {
  return *rc::gen::arbitrary<bool>() ? std::optional(*any_number<std::uint32_t>()) : std::nullopt;
}

BookingRules any_rules() {
  if (*rc::gen::inRange(0, 3) > 0) return {};
  return {any_span(), any_span(), *any_number<std::uint32_t>(), *any_number<std::uint32_t>(),
          any_span()};
}

NewSession any_session() {
  return {any_instant(), maybe_instant(), maybe_instant(), maybe_instant(), any_capacity()};
}

CommandOptions any_options() {
  if (*rc::gen::inRange(0, 3) > 0) return {};
  return {*any_text(), *any_text(), *any_text()};
}

/// Done, or refused in a documented way: invalid_argument names a field of the command.
template <class T>
void expect_an_answer(const Result<T>& answer, const std::vector<std::string_view>& fields) {
  if (answer) return;
  RC_ASSERT(answer.error().code != Errc::storage_failure);
  RC_ASSERT(!answer.error().message().empty());
  const auto* invalid = std::get_if<refusal::InvalidArgument>(&answer.error().detail);
  if (invalid == nullptr) return;
  const std::array<std::string_view, 3> of_options = {"idempotency_key", "actor", "correlation_id"};
  RC_ASSERT(std::find(fields.begin(), fields.end(), invalid->field) != fields.end() ||
            std::find(of_options.begin(), of_options.end(), invalid->field) != of_options.end());
  RC_ASSERT(!invalid->rule.empty());
}

void send_something(Museum& museum) {
  const std::vector<std::string_view> times = {"starts_at", "ends_at", "sales_from", "sales_until",
                                               "capacity"};
  std::vector<std::string_view> exhibition = {"title",
                                              "kind",
                                              "status",
                                              "sessions",
                                              "hold_ttl",
                                              "hold_max",
                                              "max_places_per_reservation",
                                              "max_places_per_member",
                                              "cancel_cutoff"};
  exhibition.insert(exhibition.end(), times.begin(), times.end());
  switch (*rc::gen::inRange(0, 16)) {
    case 0: {
      NewExhibition wanted{
          .title = *any_text(), .kind = *any_text(), .rules = any_rules(), .sessions = {}};
      wanted.status = static_cast<ExhibitionStatus>(*rc::gen::inRange(0, 3));
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) wanted.sessions.push_back(any_session());
      return expect_an_answer(museum.catalogue().register_exhibition(wanted, any_options()),
                              exhibition);
    }
    case 1: {
      ExhibitionUpdate change{.title = *any_text(), .rules = any_rules()};
      if (*rc::gen::arbitrary<bool>()) change.expected_version = *any_number<std::int64_t>();
      return expect_an_answer(
          museum.catalogue().update(any_id<ExhibitionId>(), change, any_options()), exhibition);
    }
    case 2:
      return expect_an_answer(
          museum.catalogue().add_session(any_id<ExhibitionId>(), any_session(), any_options()),
          times);
    case 3: {
      const auto session = any_session();
      const SessionUpdate change{
          .times = {session.starts_at, session.ends_at, session.sales_from, session.sales_until}};
      return expect_an_answer(
          museum.catalogue().update_session(any_id<SessionId>(), change, any_options()), times);
    }
    case 4:
      return expect_an_answer(
          museum.catalogue().set_capacity(any_id<SessionId>(), any_capacity(), any_options()),
          times);
    case 5:
      return expect_an_answer(museum.catalogue().close(any_id<SessionId>(), any_options()), {});
    case 6:
      return expect_an_answer(museum.catalogue().reopen(any_id<SessionId>(), any_options()), {});
    case 7:
      return expect_an_answer(museum.catalogue().resume(any_id<ExhibitionId>(), any_options()), {});
    case 8:
      return expect_an_answer(museum.catalogue().sessions_of(any_id<ExhibitionId>(),
                                                             {.limit = *any_number<std::size_t>()}),
                              {"limit"});
    case 9:
      return expect_an_answer(museum.bookings().confirm(any_id<ReservationId>(), any_options()),
                              {});
    case 10:
      return expect_an_answer(
          museum.bookings().extend(any_id<ReservationId>(), any_span(), any_options()), {"by"});
    case 11:
      return expect_an_answer(
          museum.bookings().cancel(any_id<ReservationId>(), Canceller::organiser, any_options()),
          {});
    case 12:
      return expect_an_answer(
          museum.vouchers().redeem(*any_text(), {*any_text(), *any_number<std::uint32_t>()},
                                   any_options()),
          {"gate", "count"});
    case 13:
      return expect_an_answer(
          museum.my_page().of(
              *any_text(), {.after = any_id<ReservationId>(), .limit = *any_number<std::size_t>()}),
          {"limit"});
    case 14:
      return expect_an_answer(museum.bookings().availability(
                                  {any_id<ExhibitionId>(), any_instant(), any_instant()},
                                  {.after = SessionCursor{any_instant(), any_id<SessionId>()},
                                   .limit = *any_number<std::size_t>()}),
                              {"limit"});
    default: {
      ReserveRequest request{.session = any_id<SessionId>(),
                             .member = *any_text(),
                             .places = *any_number<std::uint32_t>()};
      if (*rc::gen::arbitrary<bool>()) request.hold = Hold{any_span()};
      return expect_an_answer(museum.bookings().reserve(request, any_options()),
                              {"member", "places", "hold"});
    }
  }
}

class BadInput : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, BadInput, each_storage(), storage_name);

TEST_P(BadInput, IsAnsweredAndLeavesTheMuseumSound) {
  Museum museum(GetParam());
  museum.register_one(std::nullopt);
  museum.hold(museum.register_one(std::numeric_limits<std::uint32_t>::max()).session);
  holds([&] { send_something(museum); },
        GetParam() == StorageKind::memory ? rounds(3000, 300'000) : rounds(500, 20'000));
  museum.pump_all();
  EXPECT_EQ(museum.engine().audit(), std::vector<AuditFinding>{});
}

}  // namespace
}  // namespace exhibition::tests
