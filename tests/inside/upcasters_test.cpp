// Payloads of versions that nobody has written yet.

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "codec/event_reader.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::tests {
namespace {

using codec::Upcaster;
using codec::Upcasters;

/// Once it was called "room", then the exhibition had no name of its own.
constexpr std::array steps = {
    Upcaster{"SessionClosed", 1,
             [](nlohmann::json& payload) {
               payload["where"] = payload.at("room");
               payload.erase("room");
             }},
    Upcaster{"SessionReopened", 1, [](nlohmann::json& payload) { payload["session"] = 9; }},
    Upcaster{"SessionClosed", 2,
             [](nlohmann::json& payload) { payload["exhibition"] = payload.at("where"); }},
};
constexpr Upcasters upcasters{steps};

const Event closed = SessionClosed{.session = SessionId{2}, .exhibition = ExhibitionId{7}};

Event decode(int version, std::string_view payload, std::string_view type = "SessionClosed") {
  return codec::decode(type, version, payload, upcasters);
}

TEST(AnUpcaster, LiftsAPayloadFromWhicheverVersionItIsIn) {
  EXPECT_EQ(decode(1, R"({"room":7,"session":2})"), closed);
  EXPECT_EQ(decode(2, R"({"where":7,"session":2})"), closed);
  EXPECT_EQ(decode(3, R"({"exhibition":7,"session":2})"), closed);
}

TEST(AnUpcaster, IsForItsTypeOnly) {
  EXPECT_EQ(decode(1, R"({"exhibition":7})", "SessionReopened"),
            Event(SessionReopened{.session = SessionId{9}, .exhibition = ExhibitionId{7}}));
  EXPECT_EQ(
      decode(1, R"({"exhibition":7,"session":2,"cancelled_at":5})", "SessionCancelled").index(),
      Event(SessionCancelled{}).index());
}

TEST(AnUpcaster, MakesTheVersionThatComesAfterTheLastStep) {
  EXPECT_EQ(upcasters.current("SessionClosed"), 3);
  EXPECT_EQ(upcasters.current("SessionReopened"), 2);
  EXPECT_EQ(upcasters.current("SessionCancelled"), 1);
}

TEST(AnUpcaster, LeavesALaterVersionAsItIsStored) {
  const std::string payload = R"({"exhibition":7,"gallery":2})";
  EXPECT_EQ(decode(4, payload), Event(UnknownEvent{"SessionClosed", payload}));
  EXPECT_EQ(decode(2, payload, "SessionCancelled"),
            Event(UnknownEvent{"SessionCancelled", payload}));
}

TEST(AnUpcaster, IsGivenNoPayloadThatIsNoneOfItsVersion) {
  for (const auto* payload : {"", "[]", "null", "{}", R"({"where":7,"session":2})"}) {
    EXPECT_THROW(static_cast<void>(decode(1, payload)), PortError) << payload;
  }
  for (const int version : {0, -1}) {
    EXPECT_THROW(static_cast<void>(decode(version, R"({"room":7,"session":2})")), PortError);
  }
}

}  // namespace
}  // namespace exhibition::tests
