// Events as CloudEvents, and those of version 1 that are read for ever.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exhibition/codec/json.hpp"
#include "exhibition/testing/storage_contract/samples.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;
using codec::VoucherCodes;

constexpr std::string_view source = "/exhibition/3f7c6e0d1a2b4c5d8e9f00112233aabb";

/// Every event of version 1, without anything optional and with everything, as it is in
/// golden/events-1.jsonl.
std::vector<Envelope> golden_envelopes() {
  std::vector<Envelope> all;
  const auto add = [&](const std::vector<Event>& events, const Headers& headers) {
    for (const auto& event : events) {
      all.push_back({.position = Position{static_cast<std::int64_t>(all.size()) + 4711},
                     .stream = stream_of(event),
                     .aggregate = aggregate_of(event),
                     .version = static_cast<std::int64_t>(all.size()) + 1,
                     .occurred_at = testing::samples::noon + 123ms,
                     .schema_version = 1,
                     .headers = headers,
                     .event = event});
    }
  };
  add(testing::samples::events("Monet", false, 8), {});
  add(testing::samples::events("모네 \"1840\"\n🎨", true, 1234567890123), {"order-42", "desk 3"});
  return all;
}

std::vector<std::string> golden_lines() {
  std::ifstream file(GOLDEN_EVENTS);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(CloudEvents, OfVersionOneAreReadForEver) {
  const auto envelopes = golden_envelopes();
  const auto lines = golden_lines();
  ASSERT_EQ(lines.size(), envelopes.size());
  std::set<std::string_view> types;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto read = codec::parse_cloud_event(lines[i]);
    ASSERT_TRUE(read.has_value()) << read.error() << " in " << lines[i];
    EXPECT_EQ(read->envelope, envelopes[i]) << lines[i];
    EXPECT_EQ(read->source, source);
    types.insert(type_of(envelopes[i].event));
  }
  EXPECT_EQ(types.size(), std::variant_size_v<Event> - 1) << "one of each type";
}

TEST(CloudEvents, AreWrittenAsTheyAreInTheGoldenFile) {
  const auto envelopes = golden_envelopes();
  std::vector<std::string> written;
  for (const auto& envelope : envelopes) {
    written.push_back(codec::to_cloud_event(envelope, source, VoucherCodes::keep));
  }
  EXPECT_EQ(written, golden_lines());
}

TEST(CloudEvents, HoldThePayloadThatALogKeeps) {
  for (const auto& line : golden_lines()) {
    const auto read = codec::parse_cloud_event(line).value().envelope;
    const auto begin = line.find("\"data\":") + 7;
    const auto payload = line.substr(begin, line.size() - begin - 1);
    EXPECT_EQ(codec::decode(type_of(read.event), 1, payload), read.event);
  }
}

TEST(CloudEvents, KeepAVouchersCodeToThemselvesUnlessTheyAreAsked) {
  for (const auto& envelope : golden_envelopes()) {
    const auto* activated = std::get_if<VoucherActivated>(&envelope.event);
    if (!activated) continue;
    const auto line = codec::to_cloud_event(envelope, source);
    EXPECT_EQ(line.find("\"code\""), std::string::npos) << line;
    auto expected = *activated;
    expected.code.clear();
    EXPECT_EQ(codec::parse_cloud_event(line)->envelope.event, Event(expected));
  }
}

TEST(CloudEvents, OfATypeThatIsNotKnownAreGivenBackAsTheyWere) {
  for (const auto* payload :
       {R"({"loot":"Monet","worth":7})", "{}", "not JSON at all", "7", "\"text\"", "[1]", ""}) {
    const Envelope robbed{.position = Position{9},
                          .stream = {StreamKind::reservation, 3},
                          .aggregate = {AggregateKind::voucher, 5},
                          .version = 2,
                          .occurred_at = testing::samples::noon,
                          .schema_version = 7,
                          .headers = {},
                          .event = UnknownEvent{"MuseumRobbed", payload}};
    const auto read = codec::parse_cloud_event(codec::to_cloud_event(robbed, source));
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ(read->envelope, robbed) << payload;
  }
}

TEST(CloudEvents, OfAnyInstantAreGivenBackAsTheyWere) {
  auto envelope = golden_envelopes().front();
  for (const auto at : {earliest_instant, latest_instant, Instant{}, Instant{-1ms}, Instant::min(),
                        Instant::max(), earliest_instant - 1ms}) {
    envelope.occurred_at = at;
    const auto read = codec::parse_cloud_event(codec::to_cloud_event(envelope, source));
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ(read->envelope, envelope);
  }
}

TEST(CloudEvents, CarryAProofThatTheyAreGiven) {
  const auto envelope = golden_envelopes().front();
  for (const auto proof : {std::uint64_t{1}, std::uint64_t{0xC0FFEE}, ~std::uint64_t{0}}) {
    const auto text = codec::to_cloud_event(envelope, source, codec::VoucherCodes::omit, proof);
    const auto read = codec::parse_cloud_event(text);
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ(*read, (codec::CloudEvent{std::string(source), envelope, proof}));
  }
  const auto text = codec::to_cloud_event(envelope, source, codec::VoucherCodes::omit, 0xC0FFEE);
  EXPECT_NE(text.find("\"proof\":\"0000000000c0ffee\""), std::string::npos) << text;
}

/// A small one, that the tests change.
std::string text_with(std::string_view what = "", std::string_view instead = "") {
  std::string text =
      R"({"specversion":"1.0","id":"Exhibition/7/2","source":"/x","type":"io.exhibition.ExhibitionSuspended",)"
      R"("time":"2026-09-01T12:00:00Z","sequence":"00000000000000000003","schemaversion":1,)"
      R"("data":{"exhibition":7}})";
  if (!what.empty()) text.replace(text.find(what), what.size(), instead);
  return text;
}

TEST(CloudEvents, AreReadWhateverElseTheySayAndInWhateverOrder) {
  const auto expected = codec::parse_cloud_event(text_with());
  ASSERT_TRUE(expected.has_value()) << expected.error();
  EXPECT_EQ(expected->envelope.position, Position{3});
  EXPECT_EQ(expected->envelope.key(), "Exhibition/7/2");
  EXPECT_EQ(expected->envelope.occurred_at, testing::samples::noon);
  const std::string other =
      R"( {"data" : { "exhibition":7, "later":[1,{"deep":null}] }, "traceparent":"00-0af7-01",
           "schemaversion":1, "sequence":"3", "time":"2026-09-01T14:00:00+02:00",
           "type":"io.exhibition.ExhibitionSuspended", "source":"/x", "id":"Exhibition/7/2",
           "specversion":"1.0" } )";
  EXPECT_EQ(codec::parse_cloud_event(other), expected);
}

TEST(CloudEvents, TellTheTimeInAnyFormOfRfc3339) {
  struct Case {
    std::string_view text;
    Instant at;
  };
  const auto noon = testing::samples::noon;
  for (const auto& [text, at] : std::vector<Case>{
           {"2026-09-01T12:00:00.000Z", noon},
           {"2026-09-01t12:00:00z", noon},
           {"2026-09-01T12:00:00.1Z", noon + 100ms},
           {"2026-09-01T12:00:00.123999999Z", noon + 123ms},
           {"2026-09-01T21:00:00+09:00", noon},
           {"2026-08-31T23:30:00-12:30", noon},
           {"2024-02-29T00:00:00Z", std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}}}) {
    const auto read = codec::parse_cloud_event(text_with("2026-09-01T12:00:00Z", text));
    ASSERT_TRUE(read.has_value()) << text << ": " << read.error();
    EXPECT_EQ(read->envelope.occurred_at, at) << text;
  }
}

TEST(CloudEvents, ThatCannotBeReadAreRefusedByWhatIsWrongWithThem) {
  struct Case {
    std::string text;
    std::string_view field;
  };
  std::vector<Case> cases = {
      {"", "cloud event"},
      {"{", "cloud event"},
      {"null", "cloud event"},
      {"[]", "cloud event"},
      {"\xff", "cloud event"},
      {text_with() + "x", "cloud event"},
      {text_with("\"/x\"", "\"\xc3\""), "cloud event"},
      {"{}", "specversion"},
      {text_with("\"1.0\"", "\"0.3\""), "specversion"},
      {text_with("\"1.0\"", "1.0"), "specversion"},
      {text_with("io.exhibition.", "io.example."), "type"},
      {text_with("\"source\":\"/x\",", ""), "source"},
      {text_with("Exhibition/7/2", "Exhibition/7"), "id"},
      {text_with("Exhibition/7/2", "Museum/7/2"), "id"},
      {text_with("Exhibition/7/2", "Exhibition/seven/2"), "id"},
      {text_with("Exhibition/7/2", "Exhibition/7/two"), "id"},
      {text_with("Exhibition/7/2", "Exhibition/7/99999999999999999999"), "id"},
      {text_with("Exhibition/7/2", ""), "id"},
      {text_with("Exhibition/7/2", "Exhibition/8/2"), "id"},
      {text_with("\"00000000000000000003\"", "3"), "sequence"},
      {text_with("00000000000000000003", "-3"), "sequence"},
      {text_with("00000000000000000003", "99999999999999999999"), "sequence"},
      {text_with("00000000000000000003", "three"), "sequence"},
      {text_with("\"schemaversion\":1", "\"schemaversion\":\"1\""), "schemaversion"},
      {text_with("\"schemaversion\":1,", ""), "schemaversion"},
      {text_with(",\"data\":{\"exhibition\":7}", ""), "data"},
      {text_with("{\"exhibition\":7}", "[]"), "data"},
      {text_with("{\"exhibition\":7}", "{}"), "exhibition"},
      {text_with("{\"exhibition\":7}", "{\"exhibition\":\"7\"}"), "exhibition"},
      {text_with("ExhibitionSuspended", "MuseumRobbed"), "partitionkey"},
      {text_with("\"data\":{", "\"proof\":\"c0ffee\",\"data\":{"), "proof"},
      {text_with("\"data\":{", "\"proof\":\"0000000000coffee\",\"data\":{"), "proof"},
      {text_with("\"data\":{", "\"proof\":12648430,\"data\":{"), "proof"},
      // what has a member twice might be read in two ways
      {text_with("{\"specversion\"", "{\"id\":\"Exhibition/8/2\",\"specversion\""), "cloud event"},
      {text_with("{\"exhibition\":7}", "{\"exhibition\":7,\"exhibition\":8}"), "cloud event"},
      {text_with("\"data\":{", "\"x\":{\"y\":[{\"z\":1,\"z\":2}]},\"data\":{"), "cloud event"},
      // deep and huge
      {text_with("{\"exhibition\":7}", std::string(100'000, '[')), "cloud event"},
      {text_with("\"/x\"", std::string(1'000'000, '{')), "cloud event"},
      {text_with("\"data\":{",
                 "\"x\":" + std::string(20, '[') + std::string(20, ']') + ",\"data\":{"),
       "cloud event"},
      {text_with("/x", std::string(1U << 20U, 'x')), "cloud event"},
  };
  for (const auto* time : {"noon", "", "2026-09-01", "2026-09-01T12:00:00", "2026-13-01T12:00:00Z",
                           "2026-02-29T12:00:00Z", "2026-09-01T24:00:00Z", "2026-09-01T12:60:00Z",
                           "2026-09-01T12:00:60Z", "2026-09-01T12:00:00.Z", "2026-09-01 12:00:00Z",
                           "2026-09-01T12:00:00+9:00", "2026-09-01T12:00:00+24:00",
                           "2026-09-01T12:00:00Zx", "-026-09-01T12:00:00Z"}) {
    cases.push_back({text_with("2026-09-01T12:00:00Z", time), "time"});
  }
  for (const auto& [text, field] : cases) {
    const auto read = codec::parse_cloud_event(text);
    ASSERT_FALSE(read.has_value()) << text.substr(0, 500);
    EXPECT_EQ(std::get<refusal::InvalidArgument>(read.error().detail).field, field)
        << text.substr(0, 500) << ": " << read.error();
  }
}

}  // namespace
}  // namespace exhibition
