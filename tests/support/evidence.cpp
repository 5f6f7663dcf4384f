#include "evidence.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "exhibition/codec/json.hpp"

namespace exhibition::tests {
namespace {

/// What a follower has made of one event.
struct Effect {
  std::string stream;
  int begun = 0;
  int ended = 0;
  std::size_t first_end = 0;
};

}  // namespace

std::string line_of(const Envelope& envelope) {
  return envelope.key() + ' ' + std::string(type_of(envelope.event)) + ' ' +
         codec::encode(envelope.event);
}

std::vector<std::string> faults_of(const std::vector<std::string>& effects,
                                   const std::vector<Envelope>& log, Times times) {
  std::map<std::string, Effect, std::less<>> of_events;
  for (const auto& envelope : log) {
    of_events.emplace(line_of(envelope), Effect{.stream = to_string(envelope.stream)});
  }

  std::vector<std::string> faults;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const std::string_view line = effects[i];
    const auto space = line.find(' ');
    const auto found = of_events.find(line.substr(space + 1));
    if (found == of_events.end()) {
      faults.push_back("not in the log: " + effects[i]);
      continue;
    }
    Effect& effect = found->second;
    if (line.substr(0, space) == "begin") {
      ++effect.begun;
    } else if (++effect.ended == 1) {
      effect.first_end = i;
    }
  }

  std::map<std::string, std::size_t> last_of_stream;
  for (const auto& envelope : log) {
    const auto line = line_of(envelope);
    const Effect& effect = of_events.at(line);
    if (effect.ended == 0) {
      faults.push_back("lost: " + line);
      continue;
    }
    if (times == Times::once && (effect.begun != 1 || effect.ended != 1)) {
      faults.push_back("begun " + std::to_string(effect.begun) + " and ended " +
                       std::to_string(effect.ended) + " times: " + line);
    }
    auto& last = last_of_stream[effect.stream];
    if (effect.first_end < last) faults.push_back("out of order: " + line);
    last = effect.first_end;
  }
  return faults;
}

std::vector<std::string> gaps_in(const std::vector<Envelope>& log) {
  std::vector<std::string> faults;
  std::map<std::string, std::int64_t> versions;
  for (const auto& envelope : log) {
    const auto aggregate = to_string(envelope.aggregate);
    if (envelope.version != ++versions[aggregate]) faults.push_back("gap before " + envelope.key());
  }
  return faults;
}

}  // namespace exhibition::tests
