#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "database.hpp"
#include "exhibition/core/error.hpp"
#include "exhibition/core/id.hpp"
#include "exhibition/core/time.hpp"

struct sqlite3_stmt;

namespace exhibition::sqlite {

/// The row that a statement is at; its columns are taken from left to right.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  template <class T>
  [[nodiscard]] T next() {
    T value{};
    take(value);
    return value;
  }

 private:
  void take(std::int64_t& value);
  void take(std::string& value) { value = view(); }
  /// For as long as the statement stays at the row.
  void take(std::string_view& value) { value = view(); }
  [[nodiscard]] std::string_view view();
  [[nodiscard]] bool is_null() const;
  [[noreturn]] void fail(const std::string& why) const;

  template <std::integral Number>
  void take(Number& value) {
    const auto wide = next<std::int64_t>();
    if constexpr (std::same_as<Number, bool>) {
      value = wide != 0;
    } else {
      if (!std::in_range<Number>(wide))
        fail("the number " + std::to_string(wide) + " is too large");
      value = static_cast<Number>(wide);
    }
  }
  template <class Tag>
  void take(Id<Tag>& value) {
    value = Id<Tag>{next<std::int64_t>()};
  }
  void take(std::chrono::milliseconds& value) {
    value = std::chrono::milliseconds{next<std::int64_t>()};
  }
  void take(Instant& value) { value = Instant{next<std::chrono::milliseconds>()}; }
  template <class T>
  void take(std::optional<T>& value) {
    if (is_null()) {
      ++column_;
    } else {
      value = next<T>();
    }
  }
  /// Enumerations are kept as the words that `to_string` gives.
  template <class Enum>
  requires std::is_enum_v<Enum>
  void take(Enum& value) {
    const auto text = view();
    for (int i = 0; i < 256; ++i) {
      value = static_cast<Enum>(i);
      if (to_string(value) == text && text != "unknown") return;
    }
    fail("the word '" + std::string(text) + "' is unknown");
  }

  sqlite3_stmt* statement_;
  int column_ = 0;
};

/// A prepared statement, compiled when it is first used and kept as long as its connection.
/// Errors: PortError.
/// Threads: its connection's.
class Statement {
 public:
  Statement(Database& database, const char* sql) : database_(database), sql_(sql) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Runs it for its effect, and gives the number of rows that it has inserted, updated or deleted.
  template <class... Arguments>
  std::int64_t run(const Arguments&... arguments) {
    const Execution execution(*this);
    bind_all(arguments...);
    while (step()) {
    }
    return changes();
  }

  /// Calls `visit(row)` for every row.
  template <class Visit, class... Arguments>
  void each(Visit visit, const Arguments&... arguments) {
    const Execution execution(*this);
    bind_all(arguments...);
    while (step()) {
      Row row(statement_);
      visit(row);
    }
  }

  /// What `make(row)` gives for every row.
  template <class Make, class... Arguments>
  auto all(Make make, const Arguments&... arguments) {
    std::vector<std::invoke_result_t<Make&, Row&>> found;
    each([&](Row& row) { found.push_back(make(row)); }, arguments...);
    return found;
  }

  /// What `make(row)` gives for the first row, if there is one.
  template <class Make, class... Arguments>
  auto one(Make make, const Arguments&... arguments) {
    const Execution execution(*this);
    bind_all(arguments...);
    std::optional<std::invoke_result_t<Make&, Row&>> found;
    if (step()) {
      Row row(statement_);
      found = make(row);
    }
    return found;
  }

 private:
  /// From preparing to resetting: nothing is left of a run, whatever happens in it.
  class Execution {
   public:
    explicit Execution(Statement& statement) : statement_(statement) { statement_.prepare(); }
    ~Execution() { statement_.reset(); }
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

   private:
    Statement& statement_;
  };

  void prepare();
  void reset() noexcept;
  bool step();
  [[nodiscard]] std::int64_t changes() const;

  template <class... Arguments>
  void bind_all(const Arguments&... arguments) {
    int index = 0;
    (bind(++index, arguments), ...);
  }

  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind_null(int index);

  void bind(int index, std::integral auto value) { bind(index, static_cast<std::int64_t>(value)); }
  template <class Tag>
  void bind(int index, Id<Tag> value) {
    bind(index, value.value());
  }
  void bind(int index, std::chrono::milliseconds value) { bind(index, value.count()); }
  void bind(int index, Instant value) { bind(index, value.time_since_epoch()); }
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void bind(int index, Enum value) { bind(index, to_string(value)); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind_null(index);
  }

  Database& database_;
  const char* sql_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace exhibition::sqlite
