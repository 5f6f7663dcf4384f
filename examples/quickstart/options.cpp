#include "options.hpp"

#include <charconv>
#include <system_error>

namespace quickstart {
namespace {

/// Reads a text from left to right; once something does not fit, nothing fits any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_done() const { return fits_ && rest_.empty(); }

  bool skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) { fits_ = skip(wanted) && fits_; }

  /// A number of exactly `width` digits that is at most `most`.
  int number(std::size_t width, int most) {
    const auto digits = rest_.substr(0, width);
    const bool all_digits = digits.find_first_not_of("0123456789") == std::string_view::npos;
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    fits_ = fits_ && digits.size() == width && all_digits && value <= most;
    rest_.remove_prefix(digits.size());
    return value;
  }

  /// The first three digits of a fraction; further ones are dropped.
  std::chrono::milliseconds fraction() {
    int value = 0;
    int digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
      if (digits < 3) value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    fits_ = fits_ && digits > 0;
    for (; digits < 3; ++digits) value *= 10;
    return std::chrono::milliseconds{value};
  }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

/// The value that belongs to the option at `*at`, which is the next argument.
const std::string& value_of(const std::vector<std::string>& arguments, std::size_t& at) {
  if (at + 1 == arguments.size()) throw UsageError(arguments[at] + " needs a value");
  return arguments[++at];
}

exhibition::Instant instant_of(const std::string& text) {
  const auto instant = parse_instant(text);
  if (!instant) throw UsageError("--now takes a time like 2026-09-01T08:00:00Z, not: " + text);
  return *instant;
}

std::uint64_t seed_of(const std::string& text) {
  std::uint64_t seed = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, seed);
  if (problem != std::errc{} || stop != end) {
    throw UsageError("--seed takes a number from 0 to 2^64 - 1, not: " + text);
  }
  return seed;
}

}  // namespace

const std::string_view usage =
    "usage: quickstart [--database PATH] [--now TIME] [--seed N] [--data FILE] [--help]\n"
    "\n"
    "Walks through a museum's reservations on an SQLite file. Run it again: it goes on from "
    "there.\n"
    "\n"
    "  --database PATH  the SQLite file, made if it is not there (museum.db)\n"
    "  --now TIME       the time at which the demo's clock starts, RFC 3339 (the system's)\n"
    "  --seed N         makes the voucher codes of a run repeatable (the system's random bits)\n"
    "  --data FILE      the exhibitions to register, JSON (those that come with the demo)\n"
    "  --help           this text\n";

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& name = arguments[at];
    if (name == "--help") {
      options.help = true;
    } else if (name == "--database") {
      options.database = value_of(arguments, at);
      if (options.database.empty()) throw UsageError("--database needs a path");
    } else if (name == "--now") {
      options.now = instant_of(value_of(arguments, at));
    } else if (name == "--seed") {
      options.seed = seed_of(value_of(arguments, at));
    } else if (name == "--data") {
      options.data = value_of(arguments, at);
    } else {
      throw UsageError("unknown argument: " + name);
    }
  }
  return options;
}

std::optional<exhibition::Instant> parse_instant(std::string_view text) {
  using namespace std::chrono;
  Scanner scan(text);
  const year in_year{scan.number(4, 9999)};
  scan.expect('-');
  const month in_month{static_cast<unsigned>(scan.number(2, 12))};
  scan.expect('-');
  const day on_day{static_cast<unsigned>(scan.number(2, 31))};
  scan.expect('T');
  milliseconds time = hours{scan.number(2, 23)};
  scan.expect(':');
  time += minutes{scan.number(2, 59)};
  scan.expect(':');
  time += seconds{scan.number(2, 59)};
  if (scan.skip('.')) time += scan.fraction();
  if (!scan.skip('Z')) {
    const int sign = scan.skip('-') ? -1 : 1;
    if (sign == 1) scan.expect('+');
    time -= sign * hours{scan.number(2, 23)};
    scan.expect(':');
    time -= sign * minutes{scan.number(2, 59)};
  }
  const year_month_day date{in_year, in_month, on_day};
  if (!scan.is_done() || !date.ok()) return std::nullopt;
  return sys_days{date} + time;
}

}  // namespace quickstart
