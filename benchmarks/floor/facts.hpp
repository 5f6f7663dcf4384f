#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace exhibition::benchmarks::floor {

/// In milliseconds since 1970.
inline std::int64_t now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// What every event says of a reservation of one place.
struct Facts {
  std::int64_t reservation, exhibition, session;
  std::string_view member, title, kind;  ///< nothing in them that JSON escapes
  std::int64_t starts_at;
};

inline void append(std::string& text, std::int64_t number) {
  char digits[20];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// As the members of a JSON object.
inline void append_facts(std::string& text, const Facts& facts) {
  text += "\"reservation\":";
  append(text, facts.reservation);
  text += ",\"exhibition\":";
  append(text, facts.exhibition);
  text += ",\"session\":";
  append(text, facts.session);
  text += ",\"member\":\"";
  text += facts.member;
  text += "\",\"places\":1,\"title\":\"";
  text += facts.title;
  text += "\",\"kind\":\"";
  text += facts.kind;
  text += "\",\"starts_at\":";
  append(text, facts.starts_at);
}

}  // namespace exhibition::benchmarks::floor
