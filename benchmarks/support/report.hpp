#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/rounds.hpp"

namespace exhibition::benchmarks {

/// One figure, what it is set against, and what is asked of it.
struct Finding {
  std::string figure;     ///< "8 callers / raw behind a mutex"
  std::string unit = {};  ///< of `ours` and `floor`: "/s", "us"
  std::optional<double> ours = std::nullopt;
  std::optional<double> floor = std::nullopt;
  std::optional<double> ratio = std::nullopt;     ///< the median of those of the rounds
  std::optional<double> at_least = std::nullopt;  ///< the ratio
  std::optional<double> at_most = std::nullopt;   ///< `ours`

  [[nodiscard]] bool is_asked_for() const { return at_least || at_most; }
  /// What is shown is what counts: 9.995 is 10.
  [[nodiscard]] bool holds() const;
};

/// What a benchmark has found: a table with a line for each figure.
class Report {
 public:
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  /// Sets the medians of a figure against those of the floor; 0 asks for nothing.
  template <class Measurement>
  void compare(std::string figure, std::string unit, const Series<Measurement>& ours,
               const Series<Measurement>& floor, double Measurement::*of, double at_least = 0) {
    add({.figure = std::move(figure),
         .unit = std::move(unit),
         .ours = ours.median(of),
         .floor = floor.median(of),
         .ratio = ours.median_ratio(of, floor),
         .at_least = at_least > 0 ? std::optional(at_least) : std::nullopt});
  }

  /// A figure with no floor, or one that has it within it; 0 asks for nothing.
  void limit(std::string figure, std::string unit, double ours, double at_most = 0) {
    add({.figure = std::move(figure),
         .unit = std::move(unit),
         .ours = ours,
         .at_most = at_most > 0 ? std::optional(at_most) : std::nullopt});
  }

  /// A ratio whose two sides are both ours.
  void require(std::string figure, double ratio, double at_least) {
    add({.figure = std::move(figure), .ratio = ratio, .at_least = at_least});
  }

  [[nodiscard]] bool holds() const;

  /// The findings for a program: a line each, its cells apart by tabs and empty where there is
  /// nothing: benchmark, figure, unit, ours, floor, ratio, at least, at most.
  void write_figures(std::ostream& out, std::string_view benchmark) const;

  friend std::ostream& operator<<(std::ostream& out, const Report& report);

 private:
  std::vector<Finding> findings_;
};

}  // namespace exhibition::benchmarks
