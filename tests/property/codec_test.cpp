#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "exhibition/codec/json.hpp"
#include "exhibition/core/text.hpp"
#include "property/property.hpp"

namespace exhibition::tests {
namespace {

/// UTF-8 of any characters, NUL included.
std::string any_utf8() {
  const auto point = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 0x80),
                                    rc::gen::inRange<std::uint32_t>(0x80, 0x800),
                                    rc::gen::inRange<std::uint32_t>(0x800, 0xD800),
                                    rc::gen::inRange<std::uint32_t>(0xE000, 0x110000));
  std::string text;
  for (const auto c : *rc::gen::container<std::vector<std::uint32_t>>(point)) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xC0 | c >> 6U);
      add(0x80 | (c & 0x3FU));
    } else if (c < 0x10000) {
      add(0xE0 | c >> 12U);
      add(0x80 | (c >> 6U & 0x3FU));
      add(0x80 | (c & 0x3FU));
    } else {
      add(0xF0 | c >> 18U);
      add(0x80 | (c >> 12U & 0x3FU));
      add(0x80 | (c >> 6U & 0x3FU));
      add(0x80 | (c & 0x3FU));
    }
  }
  return text;
}

// One overload for every type of field that events have.
void fill(std::int64_t& number) {
  number =
      *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(), rc::gen::element(INT64_MIN, INT64_MAX));
}
void fill(std::uint32_t& number) {
  number = *rc::gen::oneOf(rc::gen::arbitrary<std::uint32_t>(), rc::gen::element(UINT32_MAX));
}
void fill(std::string& text) { text = any_utf8(); }
template <class Tag>
void fill(Id<Tag>& id) {
  std::int64_t value = 0;
  fill(value);
  id = Id<Tag>{value};
}
void fill(std::chrono::milliseconds& span) {
  std::int64_t count = 0;
  fill(count);
  span = std::chrono::milliseconds{count};
}
void fill(Instant& at) {
  std::chrono::milliseconds since{};
  fill(since);
  at = Instant{since};
}
void fill(ExhibitionStatus& status) {
  status = static_cast<ExhibitionStatus>(*rc::gen::inRange(0, 3));
}
void fill(CancelReason& reason) { reason = static_cast<CancelReason>(*rc::gen::inRange(0, 4)); }
template <class T>
void fill(std::optional<T>& field) {
  if (*rc::gen::arbitrary<bool>()) fill(field.emplace());
}
void fill(BookingRules& rules) {
  fill(rules.hold_ttl);
  fill(rules.hold_max);
  fill(rules.max_places_per_reservation);
  fill(rules.max_places_per_member);
  fill(rules.cancel_cutoff);
}
void fill(SessionTimes& times) {
  fill(times.starts_at);
  fill(times.ends_at);
  fill(times.sales_from);
  fill(times.sales_until);
}

template <class E>
Event any_event() {
  E e;
  if constexpr (requires { e.voucher; }) fill(e.voucher);
  if constexpr (requires { e.reservation; }) fill(e.reservation);
  if constexpr (requires { e.exhibition; }) fill(e.exhibition);
  if constexpr (requires { e.session; }) fill(e.session);
  if constexpr (requires { e.member; }) fill(e.member);
  if constexpr (requires { e.places; }) fill(e.places);
  if constexpr (requires { e.title; }) fill(e.title);
  if constexpr (requires { e.kind; }) fill(e.kind);
  if constexpr (requires { e.status; }) fill(e.status);
  if constexpr (requires { e.rules; }) fill(e.rules);
  if constexpr (requires { e.times; }) fill(e.times);
  if constexpr (requires { e.starts_at; }) fill(e.starts_at);
  if constexpr (requires { e.ends_at; }) fill(e.ends_at);
  if constexpr (requires { e.capacity; }) fill(e.capacity);
  if constexpr (requires { e.expires_at; }) fill(e.expires_at);
  if constexpr (requires { e.due_at; }) fill(e.due_at);
  if constexpr (requires { e.withdrawn_at; }) fill(e.withdrawn_at);
  if constexpr (requires { e.cancelled_at; }) fill(e.cancelled_at);
  if constexpr (requires { e.reason; }) fill(e.reason);
  if constexpr (requires { e.code; }) fill(e.code);
  if constexpr (requires { e.admits; }) fill(e.admits);
  if constexpr (requires { e.gate; }) fill(e.gate);
  if constexpr (requires { e.count; }) fill(e.count);
  if constexpr (requires { e.admitted; }) fill(e.admitted);
  return e;
}

constexpr std::size_t known_types = std::variant_size_v<Event> - 1;  // the last one is UnknownEvent

template <std::size_t... Type>
Event any_event_of(std::size_t type, std::index_sequence<Type...>) {
  const std::array<Event (*)(), known_types> make = {
      any_event<std::variant_alternative_t<Type, Event>>...};
  return make.at(type)();
}

TEST(TheCodec, GivesEveryEventBackAsItWas) {
  holds(
      [] {
        const auto type = *rc::gen::inRange<std::size_t>(0, known_types);
        const Event event = any_event_of(type, std::make_index_sequence<known_types>{});
        const auto payload = codec::encode(event);
        RC_ASSERT(is_utf8(payload));
        RC_ASSERT(codec::decode(type_of(event), 1, payload) == event);
        RC_ASSERT(codec::decode("SomethingNew", 1, payload) ==
                  Event(UnknownEvent{"SomethingNew", payload}));
      },
      rounds(500, 50'000));
}

Envelope any_envelope() {
  const auto type = *rc::gen::inRange<std::size_t>(0, known_types);
  Envelope envelope{.position = Position{*rc::gen::inRange<std::int64_t>(0, INT64_MAX)},
                    .stream = {},
                    .aggregate = {},
                    .version = *rc::gen::arbitrary<std::int64_t>(),
                    .occurred_at = {},
                    .headers = {any_utf8(), any_utf8()},
                    .event = any_event_of(type, std::make_index_sequence<known_types>{})};
  fill(envelope.occurred_at);
  envelope.stream = stream_of(envelope.event);
  envelope.aggregate = aggregate_of(envelope.event);
  return envelope;
}

TEST(CloudEvents, ParseBackToTheEnvelopeThatTheyWereMadeOf) {
  holds(
      [] {
        const codec::CloudEvent made{any_utf8(), any_envelope()};
        const auto text =
            codec::to_cloud_event(made.envelope, made.source, codec::VoucherCodes::keep);
        RC_ASSERT(is_utf8(text));
        RC_ASSERT(codec::parse_cloud_event(text) == Result<codec::CloudEvent>(made));
      },
      rounds(500, 50'000));
}

TEST(CloudEvents, ThatAreDamagedAreRefusedOrReadAsEvents) {
  holds(
      [] {
        auto text = codec::to_cloud_event(any_envelope(), "/exhibition/1");
        for (int faults = *rc::gen::inRange(1, 4); faults > 0 && !text.empty(); --faults) {
          const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
          switch (*rc::gen::inRange(0, 3)) {
            case 0: text.resize(at); break;
            case 1: text[at] = *rc::gen::arbitrary<char>(); break;
            default: text.insert(at, text.substr(at / 2, 40));
          }
        }
        const auto read = codec::parse_cloud_event(text);
        const auto code = read ? Errc::invalid_argument : read.error().code;
        RC_ASSERT(code == Errc::invalid_argument);
      },
      rounds(500, 50'000));
}

TEST(TheCodec, RefusesADamagedPayloadOrReadsAnEvent) {
  holds(
      [] {
        const auto type = *rc::gen::inRange<std::size_t>(0, known_types);
        const Event event = any_event_of(type, std::make_index_sequence<known_types>{});
        auto payload = codec::encode(event);
        const auto at = *rc::gen::inRange<std::size_t>(0, payload.size());
        if (*rc::gen::arbitrary<bool>()) {
          payload.resize(at);
        } else {
          payload[at] = *rc::gen::arbitrary<char>();
        }
        try {
          RC_ASSERT(codec::decode(type_of(event), 1, payload).index() == event.index());
        } catch (const PortError& refused) {
          RC_ASSERT(std::string(refused.what()).find(type_of(event)) != std::string::npos);
        }
      },
      rounds(500, 50'000));
}

}  // namespace
}  // namespace exhibition::tests
