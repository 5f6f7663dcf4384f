#pragma once

#include <cstddef>
#include <functional>
#include <iostream>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/statistics.hpp"

namespace exhibition::benchmarks {

/// The measurements of one variant, round by round.
template <class Measurement>
class Series {
 public:
  void add(Measurement measurement) { rounds_.push_back(std::move(measurement)); }

  /// `figure(measurement)` of each round, in their order.
  template <class Figure>
  [[nodiscard]] std::vector<double> figures(Figure figure) const {
    std::vector<double> figures;
    for (const auto& round : rounds_) figures.push_back(figure(round));
    return figures;
  }

  [[nodiscard]] double median(double Measurement::*figure) const {
    std::vector<double> figures;
    for (const auto& round : rounds_) figures.push_back(round.*figure);
    return benchmarks::median(std::move(figures));
  }

  /// The medians of the ratios and of the differences within each round, in which the machine was as
  /// busy for one as for the other.
  [[nodiscard]] double median_ratio(double Measurement::*figure, const Series& floor) const {
    return median_of(figure, floor, std::divides<>());
  }
  [[nodiscard]] double median_difference(double Measurement::*figure, const Series& floor) const {
    return median_of(figure, floor, std::minus<>());
  }

 private:
  template <class Combine>
  [[nodiscard]] double median_of(double Measurement::*figure, const Series& floor,
                                 Combine combine) const {
    std::vector<double> figures;
    for (std::size_t round = 0; round < rounds_.size(); ++round) {
      figures.push_back(combine(rounds_[round].*figure, floor.rounds_[round].*figure));
    }
    return benchmarks::median(std::move(figures));
  }

  std::vector<Measurement> rounds_;
};

/// Measures every variant once in each round, and begins each round with another one, so that
/// whatever else the machine does meets all of them alike. Says on stderr how far it is.
template <class Variant, class Measure>
[[nodiscard]] auto interleave(std::string_view benchmark, std::size_t rounds,
                              const std::vector<Variant>& variants, Measure measure) {
  std::vector<Series<std::invoke_result_t<Measure&, const Variant&>>> measured(variants.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    std::cerr << benchmark << ": round " << round + 1 << " of " << rounds << '\n';
    for (std::size_t turn = 0; turn < variants.size(); ++turn) {
      const std::size_t at = (round + turn) % variants.size();
      measured[at].add(measure(variants[at]));
    }
  }
  return measured;
}

}  // namespace exhibition::benchmarks
