#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "event_fields.hpp"
#include "event_reader.hpp"
#include "exhibition/codec/json.hpp"
#include "exhibition/core/error.hpp"
#include "json_reader.hpp"
#include "json_writer.hpp"
#include "rfc3339.hpp"

namespace exhibition::codec {
namespace {

using Json = nlohmann::json;

constexpr std::string_view type_prefix = "io.exhibition.";
constexpr std::size_t longest_text = std::size_t{1} << 20U;
constexpr int deepest = 8;

/// Of the width at which the order of the texts is that of the numbers.
std::string sequence_of(Position position) {
  const auto digits = std::to_string(position.value());
  constexpr std::size_t width = 20;
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

constexpr std::size_t proof_width = 16;

std::string text_of(std::uint64_t proof) {
  std::string digits(proof_width, '0');
  for (auto digit = digits.rbegin(); proof != 0; ++digit, proof /= 16) {
    *digit = "0123456789abcdef"[proof % 16];
  }
  return digits;
}

std::uint64_t proof_of(const std::string& digits) {
  std::uint64_t proof = 0;
  const auto* end = digits.data() + digits.size();
  const auto [last, failure] = std::from_chars(digits.data(), end, proof, 16);
  if (failure != std::errc{} || last != end || digits.size() != proof_width) {
    throw Unreadable{"proof", "is not of 16 hexadecimal digits"};
  }
  return proof;
}

std::string data_of(const Event& event, VoucherCodes codes) {
  const auto* activated = std::get_if<VoucherActivated>(&event);
  if (!activated || codes == VoucherCodes::keep) return encode(event);
  JsonWriter writer;
  const auto all_but_the_code = [&](std::string_view name, const auto& field) {
    if (name != "code") writer(name, field);
  };
  each_field(*activated, all_but_the_code);
  return std::move(writer).finish();
}

/// A parsed text, in which no object has a member twice.
/// Errors: throws Unreadable.
Json parse(std::string_view text) {
  if (text.size() > longest_text) throw Unreadable{"cloud event", "is longer than 1 MiB"};
  std::vector<std::set<std::string>> members;
  const auto check = [&](int depth, Json::parse_event_t found, Json& parsed) {
    if (depth > deepest) throw Unreadable{"cloud event", "is nested too deeply"};
    if (found == Json::parse_event_t::object_start) members.emplace_back();
    if (found == Json::parse_event_t::object_end) members.pop_back();
    if (found == Json::parse_event_t::key &&
        !members.back().insert(parsed.get<std::string>()).second) {
      throw Unreadable{"cloud event", "has a member twice"};
    }
    return true;
  };
  auto parsed = Json::parse(text, check, false);
  if (!parsed.is_object()) throw Unreadable{"cloud event", "is not a JSON object"};
  return parsed;
}

/// "Reservation/123" or "reservation/123".
template <class Kind>
bool read_name(std::string_view text, Kind& kind, std::int64_t& id) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto* end = text.data() + text.size();
  const auto [last, failure] = std::from_chars(text.data() + slash + 1, end, id);
  if (failure != std::errc{} || last != end) return false;
  for (int i = 0; i < 4; ++i) {
    kind = static_cast<Kind>(i);
    if (to_string(kind) == text.substr(0, slash)) return true;
  }
  return false;
}

/// "Reservation/123/2"
void read_key(std::string_view text, Envelope& envelope) {
  const auto slash = text.rfind('/');
  const auto* end = text.data() + text.size();
  const auto [last, failure] =
      slash == std::string_view::npos
          ? std::from_chars_result{nullptr, std::errc::invalid_argument}
          : std::from_chars(text.data() + slash + 1, end, envelope.version);
  if (failure != std::errc{} || last != end ||
      !read_name(text.substr(0, slash), envelope.aggregate.kind, envelope.aggregate.id)) {
    throw Unreadable{"id", "is not of the form Reservation/123/2"};
  }
}

Position position_of(const std::string& sequence) {
  std::int64_t number = 0;
  const auto* end = sequence.data() + sequence.size();
  const auto [last, failure] = std::from_chars(sequence.data(), end, number);
  if (failure != std::errc{} || last != end || number < 0) {
    throw Unreadable{"sequence", "is not a number of 20 digits"};
  }
  return Position{number};
}

Event read_data(std::string_view type, int version, Json& data) {
  if (!is_readable(type, version, upcasters())) {
    return UnknownEvent{std::string(type),
                        data.is_string() ? data.get<std::string>() : data.dump()};
  }
  if (type == VoucherActivated::type && data.is_object()) data.emplace("code", "");
  return read_event(type, version, std::move(data), upcasters());
}

CloudEvent read(Json& object) {
  CloudEvent found;
  Envelope& envelope = found.envelope;
  JsonReader reader(object);
  std::string text;
  reader("specversion", text);
  if (text != "1.0") throw Unreadable{"specversion", "is not 1.0"};
  reader("type", text);
  if (text.substr(0, type_prefix.size()) != type_prefix) {
    throw Unreadable{"type", "does not begin with io.exhibition."};
  }
  const auto type = text.substr(type_prefix.size());
  reader("source", found.source);
  reader("id", text);
  read_key(text, envelope);
  reader("sequence", text);
  envelope.position = position_of(text);
  std::optional<std::string> time;
  reader("time", time);
  std::optional<Instant> occurred_at = time ? instant_of(*time) : std::nullopt;
  if (!time) reader("occurredms", occurred_at);
  if (!occurred_at) throw Unreadable{"time", "is not an RFC 3339 time"};
  envelope.occurred_at = *occurred_at;
  reader("schemaversion", envelope.schema_version);
  std::optional<std::string> header;
  reader("correlationid", header);
  envelope.headers.correlation_id = header.value_or("");
  reader("actor", header);
  envelope.headers.actor = header.value_or("");
  reader("proof", header);
  if (header) found.proof = proof_of(*header);
  const auto data = object.find("data");
  if (data == object.end()) throw Unreadable{"data", "is missing"};
  envelope.event = read_data(type, envelope.schema_version, *data);
  if (!std::holds_alternative<UnknownEvent>(envelope.event)) {
    envelope.schema_version = schema_version(type);
    if (envelope.aggregate != aggregate_of(envelope.event)) {
      throw Unreadable{"id", "is not that of its data"};
    }
    envelope.stream = stream_of(envelope.event);
    return found;
  }
  reader("partitionkey", text);
  if (!read_name(text, envelope.stream.kind, envelope.stream.id)) {
    throw Unreadable{"partitionkey", "is not of the form reservation/123"};
  }
  return found;
}

}  // namespace

std::string to_cloud_event(const Envelope& envelope, std::string_view source, VoucherCodes codes,
                           std::uint64_t proof) {
  JsonWriter writer;
  writer("specversion", std::string_view("1.0"));
  writer("id", envelope.key());
  writer("source", source);
  writer("type", std::string(type_prefix) + std::string(type_of(envelope.event)));
  writer("subject", to_string(envelope.aggregate));
  if (is_representable(envelope.occurred_at)) {
    writer("time", to_string(envelope.occurred_at));
  } else {
    writer("occurredms", envelope.occurred_at);
  }
  writer("datacontenttype", std::string_view("application/json"));
  writer("sequence", sequence_of(envelope.position));
  writer("partitionkey", to_string(envelope.stream));
  writer("schemaversion", envelope.schema_version);
  const auto& headers = envelope.headers;
  if (!headers.correlation_id.empty()) writer("correlationid", headers.correlation_id);
  if (!headers.actor.empty()) writer("actor", headers.actor);
  if (proof != 0) writer("proof", text_of(proof));
  const auto data = data_of(envelope.event, codes);
  // What a newer version has stored is an object, too; but who knows.
  const bool is_object = !std::holds_alternative<UnknownEvent>(envelope.event) ||
                         Json::parse(data, nullptr, false).is_object();
  is_object ? writer.raw("data", data) : writer("data", data);
  return std::move(writer).finish();
}

Result<CloudEvent> parse_cloud_event(std::string_view text) {
  try {
    auto object = parse(text);
    return read(object);
  } catch (const Unreadable& why) {
    return refusal::InvalidArgument{why.field, why.rule};
  }
}

}  // namespace exhibition::codec
