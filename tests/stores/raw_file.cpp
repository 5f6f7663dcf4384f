#include "stores/raw_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace exhibition::tests {
namespace {

/// Runs the query and gives each row to `visit`.
template <class Visit>
void for_each_row(sqlite3* database, const std::string& sql, Visit visit) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) visit(statement);
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_DONE) throw std::runtime_error(sql + ": " + sqlite3_errmsg(database));
}

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  if (bytes == nullptr) return "";
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

}  // namespace

RawFile::RawFile(const std::filesystem::path& path) {
  const int code =
      sqlite3_open_v2(std::filesystem::absolute(path).c_str(), &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    sqlite3_close(handle_);
    throw std::runtime_error("cannot open " + path.string());
  }
  sqlite3_busy_timeout(handle_, 10'000);
}

RawFile::~RawFile() { sqlite3_close(handle_); }

void RawFile::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
  }
}

std::vector<std::string> RawFile::column(const std::string& sql, int number) {
  std::vector<std::string> found;
  for_each_row(handle_, sql, [&](sqlite3_stmt* row) { found.push_back(text(row, number)); });
  return found;
}

std::int64_t RawFile::integer(const std::string& sql) { return std::stoll(column(sql).at(0)); }

std::string RawFile::everything() {
  std::string all;
  execute("BEGIN");
  for (const auto& table : column("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                  " AND name != 'unused_id' ORDER BY name")) {
    all += table + '\n';
    for_each_row(handle_, "SELECT * FROM " + table, [&](sqlite3_stmt* row) {
      for (int i = 0; i < sqlite3_column_count(row); ++i) all += text(row, i) + '|';
      all += '\n';
    });
  }
  execute("COMMIT");
  return all;
}

std::string everything_in(const std::filesystem::path& path) { return RawFile(path).everything(); }

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes << std::flush;
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace exhibition::tests
