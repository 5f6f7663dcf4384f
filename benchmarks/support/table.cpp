#include "support/table.hpp"

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace exhibition::benchmarks {

std::ostream& operator<<(std::ostream& out, const Table& table) {
  std::vector<std::size_t> widths(table.rows_.front().size());
  for (const auto& row : table.rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  for (const auto& row : table.rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      out << (column == 0 ? "" : "  ") << (column == 0 ? std::left : std::right)
          << std::setw(static_cast<int>(widths[column])) << row[column];
    }
    out << '\n';
  }
  return out;
}

std::string fixed(double value, int digits) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

}  // namespace exhibition::benchmarks
