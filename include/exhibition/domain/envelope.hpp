#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "exhibition/core/time.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/domain/ids.hpp"

namespace exhibition {

enum class AggregateKind : std::uint8_t { exhibition, session, reservation, voucher };

[[nodiscard]] constexpr std::string_view to_string(AggregateKind kind) {
  switch (kind) {
    case AggregateKind::exhibition: return "Exhibition";
    case AggregateKind::session: return "Session";
    case AggregateKind::reservation: return "Reservation";
    case AggregateKind::voucher: return "Voucher";
  }
  return "Unknown";
}

/// Whose event it is: "Reservation/123".
struct Aggregate {
  AggregateKind kind = AggregateKind::exhibition;
  std::int64_t id = 0;

  friend bool operator==(const Aggregate&, const Aggregate&) = default;
};

[[nodiscard]] inline std::string to_string(const Aggregate& aggregate) {
  return std::string(to_string(aggregate.kind)) + '/' + std::to_string(aggregate.id);
}

enum class StreamKind : std::uint8_t { exhibition, reservation };

[[nodiscard]] constexpr std::string_view to_string(StreamKind kind) {
  return kind == StreamKind::exhibition ? "exhibition" : "reservation";
}

/// What has to stay in order: an exhibition and its sessions, or a reservation and its vouchers.
struct Stream {
  StreamKind kind = StreamKind::exhibition;
  std::int64_t id = 0;

  friend bool operator==(const Stream&, const Stream&) = default;
};

/// "reservation/123"
[[nodiscard]] inline std::string to_string(const Stream& stream) {
  return std::string(to_string(stream.kind)) + '/' + std::to_string(stream.id);
}

/// What the host knows of a command's origin; it goes with the events.
/// Units: at most 255 bytes of UTF-8 each.
struct Headers {
  std::string correlation_id;
  std::string actor;

  friend bool operator==(const Headers&, const Headers&) = default;
};

/// An event with the aggregate's version that it made, ready for the log.
struct NewEvent {
  Event event;
  std::int64_t version = 1;
  Instant occurred_at;
  Headers headers = {};
};

/// An event as the log has it.
struct Envelope {
  Position position;
  Stream stream;
  Aggregate aggregate;
  std::int64_t version = 1;
  Instant occurred_at;
  int schema_version = 1;  ///< of `event` as it is here, whatever version was stored
  Headers headers;
  Event event;

  /// "Reservation/123/2": the same for every delivery, and no other event's.
  [[nodiscard]] std::string key() const {
    return to_string(aggregate) + '/' + std::to_string(version);
  }

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Whose event it is. An unknown event tells nobody's: its envelope does.
[[nodiscard]] inline Aggregate aggregate_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> Aggregate {
        if constexpr (requires { e.voucher; }) {
          return {AggregateKind::voucher, e.voucher.value()};
        } else if constexpr (requires { e.reservation; }) {
          return {AggregateKind::reservation, e.reservation.value()};
        } else if constexpr (requires { e.session; }) {
          return {AggregateKind::session, e.session.value()};
        } else if constexpr (requires { e.exhibition; }) {
          return {AggregateKind::exhibition, e.exhibition.value()};
        } else {
          return {};
        }
      },
      event);
}

/// Which stream keeps it in order.
[[nodiscard]] inline Stream stream_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> Stream {
        if constexpr (requires { e.reservation; }) {
          return {StreamKind::reservation, e.reservation.value()};
        } else if constexpr (requires { e.exhibition; }) {
          return {StreamKind::exhibition, e.exhibition.value()};
        } else {
          return {};
        }
      },
      event);
}

}  // namespace exhibition
