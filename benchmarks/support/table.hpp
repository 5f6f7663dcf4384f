#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace exhibition::benchmarks {

/// Columns as wide as what is in them; the first is flush left, the others flush right.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  friend std::ostream& operator<<(std::ostream& out, const Table& table);

 private:
  std::vector<std::vector<std::string>> rows_;  // as many cells in each as in the header
};

/// A number with so many digits after the point.
[[nodiscard]] std::string fixed(double value, int digits);

}  // namespace exhibition::benchmarks
