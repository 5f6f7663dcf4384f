// Events to and from the JSON that a log keeps.

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "exhibition/codec/json.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/testing/storage_contract/samples.hpp"

namespace exhibition {
namespace {

using namespace std::chrono_literals;

constexpr Instant nine = std::chrono::sys_days{std::chrono::year{2026} / 9 / 1} + 9h;

/// The samples, and an event that the library does not know.
std::vector<Event> one_of_each(const std::string& text, bool full, std::int64_t number) {
  auto events = testing::samples::events(text, full, number);
  events.emplace_back(UnknownEvent{"MuseumRobbed", R"({"loot":"Monet"})"});
  return events;
}

const std::vector<std::string> nasty_texts = {"",
                                              "plain",
                                              "모네 🎨",
                                              "\"quoted\" \\ back/slash",
                                              "line\nbreak\ttab\r\b\f",
                                              std::string("nul\0inside", 10),
                                              "\x01\x02\x1e\x1f\x7f",
                                              "{\"title\":\"trap\"}",
                                              "\\u0041\\n",
                                              "\xef\xbf\xbf",
                                              "\xf4\x8f\xbf\xbf",
                                              "\xe2\x80\xa8",
                                              std::string(5'000, '"')};

TEST(TheCodec, KnowsEveryEvent) {
  std::set<std::size_t> kinds;
  std::set<std::string_view> types;
  for (const auto& event : one_of_each("text", true, 7)) {
    kinds.insert(event.index());
    types.insert(type_of(event));
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Event>);
  EXPECT_EQ(types.size(), std::variant_size_v<Event>);
}

TEST(TheCodec, GivesBackEveryEventAsItWasWhateverItsTexts) {
  for (const auto& text : nasty_texts) {
    for (const bool full : {true, false}) {
      for (const auto& event : one_of_each(text, full, 1234567890123)) {
        const auto payload = codec::encode(event);
        EXPECT_EQ(codec::decode(type_of(event), 1, payload), event) << payload;
      }
    }
  }
}

TEST(TheCodec, GivesBackEveryNumberAsItWas) {
  for (const auto number :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    for (const auto& event : one_of_each("text", true, number)) {
      const auto payload = codec::encode(event);
      EXPECT_EQ(codec::decode(type_of(event), 1, payload), event) << payload;
    }
  }
}

TEST(TheCodec, GivesBackEveryStatusAndReason) {
  for (const auto status :
       {ExhibitionStatus::open, ExhibitionStatus::suspended, ExhibitionStatus::withdrawn}) {
    const Event event = ExhibitionRegistered{ExhibitionId{1}, "t", "k", status, {}};
    EXPECT_EQ(codec::decode(type_of(event), 1, codec::encode(event)), event);
  }
  for (const auto reason : {CancelReason::member, CancelReason::organiser,
                            CancelReason::exhibition_withdrawn, CancelReason::session_cancelled}) {
    const Event event = ReservationCancelled{{}, reason, nine};
    EXPECT_EQ(codec::decode(type_of(event), 1, codec::encode(event)), event);
  }
}

TEST(TheCodec, WritesOneFlatObjectWithoutWhatIsAbsent) {
  EXPECT_EQ(codec::encode(ExhibitionSuspended{ExhibitionId{7}}), R"({"exhibition":7})");
  EXPECT_EQ(codec::encode(CapacityChanged{SessionId{2}, ExhibitionId{7}, 40U}),
            R"({"exhibition":7,"session":2,"capacity":40})");
  EXPECT_EQ(codec::encode(CapacityChanged{SessionId{2}, ExhibitionId{7}, std::nullopt}),
            R"({"exhibition":7,"session":2})");
  EXPECT_EQ(codec::encode(VoucherDeactivated{VoucherId{4}, ReservationId{3}, "a\"\n\x01"}),
            R"({"voucher":4,"reservation":3,"member":"a\"\u000a\u0001"})");
  EXPECT_EQ(codec::encode(ExhibitionWithdrawn{ExhibitionId{7}, nine}),
            R"({"exhibition":7,"withdrawn_at":1788253200000})");
}

TEST(TheCodec, TakesFieldsInAnyOrderAndLeavesOutThoseItDoesNotKnow) {
  EXPECT_EQ(
      codec::decode("SessionClosed", 1, R"( { "later": [1, {}], "session" : 2, "exhibition":7 } )"),
      (Event{SessionClosed{SessionId{2}, ExhibitionId{7}}}));
}

TEST(TheCodec, GivesAnUnknownTypeAsItIsStored) {
  for (const std::string payload : {"{\"loot\":1}", "not even JSON", ""}) {
    const Event event = UnknownEvent{"MuseumRobbed", payload};
    EXPECT_EQ(codec::decode("MuseumRobbed", 1, payload), event);
    EXPECT_EQ(codec::encode(event), payload);
  }
  EXPECT_TRUE(std::holds_alternative<UnknownEvent>(codec::decode("", 1, "{}")));
  EXPECT_TRUE(std::holds_alternative<UnknownEvent>(codec::decode("sessionclosed", 1, "{}")));
}

/// What decode says of a payload that it cannot read.
std::string complaint_about(std::string_view type, std::string_view payload) {
  try {
    (void)codec::decode(type, 1, payload);
  } catch (const PortError& failure) {
    return failure.what();
  }
  return "none";
}

TEST(TheCodec, NamesTheTypeOfAPayloadThatIsNoObject) {
  for (const auto* payload : {"", " ", "null", "7", "[]", "\"text\"", "{", "{\"exhibition\":7",
                              "{]", "{\"exhibition\":7}x", "{\"exhibition\":0x7}", "\xff\xfe"}) {
    EXPECT_NE(complaint_about("ExhibitionSuspended", payload).find("ExhibitionSuspended"),
              std::string::npos)
        << payload;
  }
  EXPECT_NE(
      complaint_about("ExhibitionSuspended", std::string(100'000, '[')).find("ExhibitionSuspended"),
      std::string::npos);
}

TEST(TheCodec, NamesTheFieldThatIsMissingOrWrong) {
  struct Case {
    std::string_view type;
    std::string_view payload;
    std::string_view field;
  };
  for (const auto& [type, payload, field] : std::vector<Case>{
           {"SessionClosed", R"({})", "exhibition"},
           {"SessionClosed", R"({"exhibition":7})", "session"},
           {"SessionClosed", R"({"exhibition":"7","session":2})", "exhibition"},
           {"SessionClosed", R"({"exhibition":7.5,"session":2})", "exhibition"},
           {"SessionClosed", R"({"exhibition":null,"session":2})", "exhibition"},
           {"SessionClosed", R"({"exhibition":7,"session":true})", "session"},
           {"SessionClosed", R"({"exhibition":7,"session":9223372036854775808})", "session"},
           {"SessionClosed", R"({"exhibition":7,"session":1e400})", ""},
           {"CapacityChanged", R"({"exhibition":7,"session":2,"capacity":4294967296})", "capacity"},
           {"CapacityChanged", R"({"exhibition":7,"session":2,"capacity":-1})", "capacity"},
           {"CapacityChanged", R"({"exhibition":7,"session":2,"capacity":null})", "capacity"},
           {"VoucherDeactivated", R"({"voucher":4,"reservation":3,"member":5})", "member"},
           {"VoucherDeactivated", R"({"voucher":4,"reservation":3})", "member"},
           {"ExhibitionWithdrawn", R"({"exhibition":7,"withdrawn_at":"noon"})", "withdrawn_at"},
           {"ExhibitionRegistered", R"({"exhibition":7,"title":"t","kind":"k","status":"lost"})",
            "status"},
           {"ExhibitionRegistered", R"({"exhibition":7,"title":"t","kind":"k","status":"unknown"})",
            "status"},
           {"ExhibitionRegistered", R"({"exhibition":7,"title":"t","kind":"k","status":"open"})",
            "hold_ttl_ms"}}) {
    const auto complaint = complaint_about(type, payload);
    EXPECT_NE(complaint.find(type), std::string::npos) << payload << ": " << complaint;
    EXPECT_NE(complaint.find(field), std::string::npos) << payload << ": " << complaint;
  }
}

TEST(TheCodec, ReadsNoEventOutOfAnyPartOfAPayload) {
  for (const auto& event : one_of_each("text", true, 7)) {
    if (std::holds_alternative<UnknownEvent>(event)) continue;
    const auto payload = codec::encode(event);
    for (std::size_t length = 0; length < payload.size(); ++length) {
      EXPECT_NE(complaint_about(type_of(event), payload.substr(0, length)), "none");
    }
  }
}

}  // namespace
}  // namespace exhibition
