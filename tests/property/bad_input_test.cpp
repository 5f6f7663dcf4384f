#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "property/property.hpp"
#include "support/museum.hpp"
#include "support/soundness.hpp"

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

/// Something to send to a museum, right or wrong.
struct Input {
  std::string name;
  std::function<void(Museum&)> send;
};

std::ostream& operator<<(std::ostream& out, const Input& input) { return out << input.name; }

/// `call(museum)`, whose answer names no fields but these.
template <class Call>
Input input(std::string name, std::vector<std::string_view> fields, Call call) {
  return {std::move(name), [fields = std::move(fields), call = std::move(call)](Museum& museum) {
            expect_an_answer(call(museum), fields);
          }};
}

const std::vector<std::string_view> session_fields = {"starts_at", "ends_at", "sales_from",
                                                      "sales_until", "capacity"};
const std::vector<std::string_view> exhibition_fields = {"title",
                                                         "kind",
                                                         "status",
                                                         "sessions",
                                                         "hold_ttl",
                                                         "hold_max",
                                                         "max_places_per_reservation",
                                                         "max_places_per_member",
                                                         "cancel_cutoff",
                                                         "starts_at",
                                                         "ends_at",
                                                         "sales_from",
                                                         "sales_until",
                                                         "capacity"};

Input any_exhibition_command() {
  const auto id = any_id<ExhibitionId>();
  const auto options = any_options();
  switch (*rc::gen::inRange(0, 5)) {
    case 0: {
      NewExhibition wanted{
          .title = *any_text(), .kind = *any_text(), .rules = any_rules(), .sessions = {}};
      wanted.status = static_cast<ExhibitionStatus>(*rc::gen::inRange(0, 3));
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) wanted.sessions.push_back(any_session());
      return input("register_exhibition", exhibition_fields, [=](Museum& museum) {
        return museum.catalogue().register_exhibition(wanted, options);
      });
    }
    case 1: {
      ExhibitionUpdate change{.title = *any_text(), .rules = any_rules()};
      if (*rc::gen::arbitrary<bool>()) change.expected_version = *any_number<std::int64_t>();
      return input("update", exhibition_fields,
                   [=](Museum& museum) { return museum.catalogue().update(id, change, options); });
    }
    case 2:
      return input("suspend", {},
                   [=](Museum& museum) { return museum.catalogue().suspend(id, options); });
    case 3:
      return input("resume", {},
                   [=](Museum& museum) { return museum.catalogue().resume(id, options); });
    default:
      return input("withdraw", {},
                   [=](Museum& museum) { return museum.catalogue().withdraw(id, options); });
  }
}

Input any_session_command() {
  const auto id = any_id<SessionId>();
  const auto options = any_options();
  switch (*rc::gen::inRange(0, 6)) {
    case 0: {
      const auto exhibition = any_id<ExhibitionId>();
      const auto wanted = any_session();
      return input("add_session", session_fields, [=](Museum& museum) {
        return museum.catalogue().add_session(exhibition, wanted, options);
      });
    }
    case 1: {
      const auto session = any_session();
      const SessionUpdate change{
          .times = {session.starts_at, session.ends_at, session.sales_from, session.sales_until}};
      return input("update_session", session_fields, [=](Museum& museum) {
        return museum.catalogue().update_session(id, change, options);
      });
    }
    case 2: {
      const auto capacity = any_capacity();
      return input("set_capacity", session_fields, [=](Museum& museum) {
        return museum.catalogue().set_capacity(id, capacity, options);
      });
    }
    case 3:
      return input("close", {},
                   [=](Museum& museum) { return museum.catalogue().close(id, options); });
    case 4:
      return input("reopen", {},
                   [=](Museum& museum) { return museum.catalogue().reopen(id, options); });
    default:
      return input("cancel_session", {},
                   [=](Museum& museum) { return museum.catalogue().cancel_session(id, options); });
  }
}

Input any_reservation_command() {
  const auto id = any_id<ReservationId>();
  const auto options = any_options();
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return input("confirm", {},
                   [=](Museum& museum) { return museum.bookings().confirm(id, options); });
    case 1: {
      const auto by = any_span();
      return input("extend", {"by"},
                   [=](Museum& museum) { return museum.bookings().extend(id, by, options); });
    }
    case 2: {
      const auto who = *rc::gen::element(Canceller::member, Canceller::organiser);
      return input("cancel", {},
                   [=](Museum& museum) { return museum.bookings().cancel(id, who, options); });
    }
    default: {
      ReserveRequest request{.session = any_id<SessionId>(),
                             .member = *any_text(),
                             .places = *any_number<std::uint32_t>()};
      if (*rc::gen::arbitrary<bool>()) request.hold = Hold{any_span()};
      return input("reserve", {"member", "places", "hold"},
                   [=](Museum& museum) { return museum.bookings().reserve(request, options); });
    }
  }
}

Input any_voucher_command() {
  const auto code = *any_text();
  const auto options = any_options();
  if (*rc::gen::arbitrary<bool>()) {
    return input("undo_redeem", {},
                 [=](Museum& museum) { return museum.vouchers().undo_redeem(code, options); });
  }
  const RedeemRequest request{*any_text(), *any_number<std::uint32_t>()};
  return input("redeem", {"gate", "count"},
               [=](Museum& museum) { return museum.vouchers().redeem(code, request, options); });
}

Input any_list() {
  const auto limit = *any_number<std::size_t>();
  const auto exhibition = any_id<ExhibitionId>();
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return input("sessions_of", {"limit"}, [=](Museum& museum) {
        return museum.catalogue().sessions_of(exhibition, {.limit = limit});
      });
    case 1: {
      const auto member = *any_text();
      const auto after = any_id<ReservationId>();
      return input("my page of", {"limit"}, [=](Museum& museum) {
        return museum.my_page().of(member, {.after = after, .limit = limit});
      });
    }
    default: {
      const SessionRange range{exhibition, any_instant(), any_instant()};
      const SessionCursor after{any_instant(), any_id<SessionId>()};
      return input("availability", {"limit"}, [=](Museum& museum) {
        return museum.bookings().availability(range, {.after = after, .limit = limit});
      });
    }
  }
}

rc::Gen<Input> any_input() {
  return rc::gen::weightedOneOf<Input>({{5, rc::gen::exec(any_exhibition_command)},
                                        {6, rc::gen::exec(any_session_command)},
                                        {5, rc::gen::exec(any_reservation_command)},
                                        {2, rc::gen::exec(any_voucher_command)},
                                        {3, rc::gen::exec(any_list)}});
}

/// A museum with a session without a limit, and one as large as can be with a hold.
void furnish(Museum& museum) {
  museum.register_one(std::nullopt);
  museum.hold(museum.register_one(std::numeric_limits<std::uint32_t>::max()).session);
}

class BadInput : public ::testing::TestWithParam<StorageKind> {};
INSTANTIATE_TEST_SUITE_P(On, BadInput, each_storage(), storage_name);

TEST_P(BadInput, IsAnsweredAndLeavesTheMuseumSound) {
  const bool is_memory = GetParam() == StorageKind::memory;
  holds(
      [] {
        const auto inputs = *rc::gen::container<std::vector<Input>>(any_input());
        Museum museum(GetParam());
        furnish(museum);
        for (const auto& each : inputs) each.send(museum);
        museum.pump_all();
        for (const auto& fault : faults_of(museum.engine(), museum.storage(), museum.pages())) {
          RC_FAIL(fault);
        }
      },
      is_memory ? rounds(300, 12'000) : rounds(40, 800));
}

}  // namespace
}  // namespace exhibition::tests
