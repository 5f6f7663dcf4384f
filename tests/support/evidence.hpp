#pragma once

#include <string>
#include <vector>

#include "exhibition/domain/envelope.hpp"

/// What has to be found after a crash, and everything else that is.

namespace exhibition::tests {

/// How often an effect has to be there.
enum class Times { once, at_least_once };

/// An event in one line; no two are written alike.
[[nodiscard]] std::string line_of(const Envelope& envelope);

/// Differences between the log and what a follower has made of it: lines "begin <event>" and
/// "end <event>", in the order in which it did.
[[nodiscard]] std::vector<std::string> faults_of(const std::vector<std::string>& effects,
                                                 const std::vector<Envelope>& log, Times times);

/// Gaps in the versions of the log's aggregates.
[[nodiscard]] std::vector<std::string> gaps_in(const std::vector<Envelope>& log);

}  // namespace exhibition::tests
