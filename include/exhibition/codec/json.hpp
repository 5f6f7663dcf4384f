#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exhibition/core/result.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/domain/events.hpp"

/// Events to and from JSON: the payload that a log keeps, for adapters; and CloudEvents, for files,
/// web hooks and brokers.

namespace exhibition::codec {

/// The version of the payloads that `encode` writes of events of the type.
[[nodiscard, gnu::visibility("default")]] int schema_version(std::string_view type);

/// The event's fields as one flat JSON object in UTF-8, without its type.
[[nodiscard, gnu::visibility("default")]] std::string encode(const Event& event);

/// The event that `encode` made `payload` of, in this version of the library or an earlier one, whose
/// payloads are lifted to today's; UnknownEvent for a type, or a version of it, that is not known.
/// Errors: PortError when the payload is not what that type's events look like.
[[nodiscard, gnu::visibility("default")]] Event decode(std::string_view type, int schema_version,
                                                       std::string_view payload);

/// A voucher's code is a bearer secret: it goes where it is needed only.
enum class VoucherCodes : std::uint8_t { omit, keep };

/// The event as CloudEvents 1.0 structured JSON, in one line. `source` is a URI reference that tells
/// whose log it is from: "/exhibition/<EventLog::id>". The type is "io.exhibition." and the event's,
/// the id is the envelope's key, `data` is what `encode` gives; extension attributes are `sequence`
/// (the position, in 20 digits), `partitionkey` (the stream), `schemaversion`, and, where there are
/// any, `correlationid` and `actor`, and `proof`: EventLog::proof, in 16 hexadecimal digits.
/// Source: CloudEvents 1.0.2, JSON event format; the extensions sequence and partitioning.
[[nodiscard, gnu::visibility("default")]] std::string to_cloud_event(
    const Envelope& envelope, std::string_view source, VoucherCodes codes = VoucherCodes::omit,
    std::uint64_t proof = 0);

struct CloudEvent {
  std::string source;
  Envelope envelope;
  std::uint64_t proof = 0;  ///< 0 where there is none

  friend bool operator==(const CloudEvent&, const CloudEvent&) = default;
};

/// What `to_cloud_event` made the text of, in whatever order its members are; other members are
/// ignored. A code that was omitted is empty; an event of an earlier version is lifted to today's, one
/// of a type, or a version of it, that is not known is an UnknownEvent.
/// Errors: invalid_argument naming the attribute, or the field of the data; a text is at most 1 MiB,
/// and no object in it has a member twice.
[[nodiscard, gnu::visibility("default")]] Result<CloudEvent> parse_cloud_event(
    std::string_view text);

}  // namespace exhibition::codec
