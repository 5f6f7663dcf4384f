#include "support/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <string_view>

#include "support/table.hpp"

namespace exhibition::benchmarks {
namespace {

/// Three digits or all before the point, whichever are more.
int digits_of(double value) {
  const double size = std::abs(value);
  if (size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

std::string shown(double value) { return fixed(value, digits_of(value)); }

std::string shown(const std::optional<double>& value, const std::string& unit = {}) {
  return value ? shown(*value) + unit : "";
}

double as_shown(double value) { return std::strtod(shown(value).c_str(), nullptr); }

std::string asked_of(const Finding& finding) {
  if (finding.at_least) return ">= " + shown(*finding.at_least);
  if (finding.at_most) return "<= " + shown(*finding.at_most) + finding.unit;
  return "";
}

}  // namespace

bool Finding::holds() const {
  return (!at_least || as_shown(ratio.value()) >= *at_least) &&
         (!at_most || as_shown(ours.value()) <= *at_most);
}

bool Report::holds() const {
  return std::all_of(findings_.begin(), findings_.end(),
                     [](const Finding& finding) { return finding.holds(); });
}

void Report::write_figures(std::ostream& out, std::string_view benchmark) const {
  for (const auto& finding : findings_) {
    out << benchmark << '\t' << finding.figure << '\t' << finding.unit << '\t'
        << shown(finding.ours) << '\t' << shown(finding.floor) << '\t' << shown(finding.ratio)
        << '\t' << shown(finding.at_least) << '\t' << shown(finding.at_most) << '\n';
  }
}

std::ostream& operator<<(std::ostream& out, const Report& report) {
  Table table({"figure", "ours", "floor", "ratio", "asked", "holds"});
  for (const auto& finding : report.findings_) {
    const std::string holds = finding.holds() ? "yes" : "no";
    table.add({finding.figure, shown(finding.ours, finding.unit),
               shown(finding.floor, finding.unit), shown(finding.ratio), asked_of(finding),
               finding.is_asked_for() ? holds : ""});
  }
  return out << table;
}

}  // namespace exhibition::benchmarks
