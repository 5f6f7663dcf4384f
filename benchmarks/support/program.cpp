#include "support/program.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace exhibition::benchmarks {
namespace {

/// The command line asks for something that the benchmark does not understand.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void print_usage(std::ostream& out, const Benchmark& benchmark) {
  const std::string unit(benchmark.unit);
  const std::string amount = "--" + unit + " N";
  const auto option = [&](const std::string& name, const std::string& says) {
    const auto width =
        static_cast<int>(std::max(amount.size(), std::string("--figures FILE").size()));
    out << "  " << std::left << std::setw(width) << name << "  " << says << '\n';
  };
  out << "usage: " << benchmark.name << " [--rounds N] [" << amount
      << "] [--figures FILE] [--help]\n"
      << '\n'
      << benchmark.about << "\n\n";
  option("--rounds N", "rounds to take the medians of (" + std::to_string(Options{}.rounds) + ")");
  option(amount,
         unit + " of each variant in each round (" + std::to_string(benchmark.amount) + ")");
  option("--figures FILE", "adds the figures to FILE too, a line each, with tabs between");
  option("--help", "this text");
}

std::size_t number_of(const std::string& name, const std::string& text) {
  constexpr std::size_t most = 100'000'000;
  std::size_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || value < 1 || value > most) {
    throw UsageError(name + " takes a number from 1 to " + std::to_string(most) + ", not: " + text);
  }
  return value;
}

/// None when help is asked for.
std::optional<Options> parse(const Benchmark& benchmark,
                             const std::vector<std::string>& arguments) {
  const std::string amount = "--" + std::string(benchmark.unit);
  Options options{.amount = benchmark.amount};
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& name = arguments[at];
    if (name == "--help") return std::nullopt;
    if (name != "--rounds" && name != amount && name != "--figures") {
      throw UsageError("unknown argument: " + name);
    }
    if (++at == arguments.size()) throw UsageError(name + " needs a value");
    if (name == "--figures") {
      options.figures = arguments[at];
      continue;
    }
    (name == "--rounds" ? options.rounds : options.amount) = number_of(name, arguments[at]);
  }
  return options;
}

/// The file that gets the findings; opened before anything is measured for minutes.
std::ofstream open_figures(const std::string& path) {
  std::ofstream figures;
  if (path.empty()) return figures;
  figures.open(path, std::ios::app);
  if (!figures) throw std::runtime_error("cannot write to " + path);
  return figures;
}

int measure(const Benchmark& benchmark, const Options& options) {
  auto figures = open_figures(options.figures);
  const auto report = benchmark.measure(options);
  std::cout << benchmark.name << ": medians of " << options.rounds << " rounds of "
            << options.amount << ' ' << benchmark.unit << " each\n\n"
            << report;
  report.write_figures(figures, benchmark.name);
  if (figures.is_open() && !figures.flush())
    throw std::runtime_error("cannot write to " + options.figures);
  return report.holds() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int run(const Benchmark& benchmark, int argc, const char* const* argv) {
  try {
    const auto options = parse(benchmark, std::vector<std::string>(argv + 1, argv + argc));
    if (!options) {
      print_usage(std::cout, benchmark);
      return EXIT_SUCCESS;
    }
    return measure(benchmark, *options);
  } catch (const UsageError& problem) {
    std::cerr << benchmark.name << ": " << problem.what() << "\n\n";
    print_usage(std::cerr, benchmark);
    return 2;
  } catch (const std::exception& problem) {
    std::cerr << benchmark.name << ": " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
}

}  // namespace exhibition::benchmarks
