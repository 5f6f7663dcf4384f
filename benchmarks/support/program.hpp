#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "support/report.hpp"

/// What the programs of all benchmarks share: their command line and their exit status.

namespace exhibition::benchmarks {

/// What the command line may change.
struct Options {
  std::size_t rounds = 9;
  std::size_t amount = 0;  ///< of work, of each variant in each round
  std::string figures = {}; ///< the file that gets the findings as well; empty for none
};

struct Benchmark {
  std::string_view name;
  std::string_view about;  ///< for --help
  std::string_view unit;   ///< of work; the name of the option
  std::size_t amount;      ///< of work, unless the command line says otherwise
  std::function<Report(const Options&)> measure;
};

/// What `main` is to return: 0 when all holds that is asked, 1 when it does not or cannot be measured,
/// 2 when the command line is not understood.
int run(const Benchmark& benchmark, int argc, const char* const* argv);

}  // namespace exhibition::benchmarks
