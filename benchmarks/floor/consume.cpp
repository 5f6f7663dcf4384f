#include "floor/consume.hpp"

#include <exhibition/codec/json.hpp>
#include <exhibition/domain/events.hpp>
#include <string_view>
#include <variant>
#include <vector>

#include "floor/connection.hpp"
#include "support/read_model.hpp"

namespace exhibition::benchmarks::floor {
namespace {

/// What is written of an event.
struct Seen {
  std::int64_t position;
  std::int64_t reservation;  ///< 0 where it is of none
  std::int64_t at;
  Event event;
};

}  // namespace

struct Consuming::Statements {
  Statements(const std::filesystem::path& bookings_file, const std::filesystem::path& model_file)
      : bookings(bookings_file),
        model(model_file, Connection::Durability::of_the_process),
        read(bookings.handle(),
             "SELECT position, stream, stream_id, type, schema_version, occurred_at, payload"
             " FROM event_log WHERE position > ?1 ORDER BY position LIMIT ?2"),
        begin(model.handle(), "BEGIN IMMEDIATE"),
        count(made(), count_sql),
        move(model.handle(), "UPDATE position SET at = ?1"),
        commit(model.handle(), "COMMIT") {}

  Connection bookings, model;
  Prepared read, begin, count, move, commit;
  std::vector<Seen> batch;

 private:
  sqlite3* made() {
    model.execute(read_model_schema);
    model.execute("CREATE TABLE position(at INTEGER NOT NULL); INSERT INTO position VALUES(0)");
    return model.handle();
  }
};

Consuming::Consuming(const std::filesystem::path& bookings, const std::filesystem::path& model)
    : statements_(std::make_unique<Statements>(bookings, model)) {}

Consuming::~Consuming() = default;

std::size_t Consuming::take(std::size_t most) {
  auto& [bookings, model, read, begin, count, move, commit, batch] = *statements_;
  batch.clear();
  read << position_ << static_cast<std::int64_t>(most);
  while (read.step()) {
    const bool is_reservation = read.text(1) == "reservation";
    batch.push_back({read.integer(0), is_reservation ? read.integer(2) : 0, read.integer(5),
                     codec::decode(read.text(3), static_cast<int>(read.integer(4)), read.text(6))});
  }
  read.reset();
  if (batch.empty()) return 0;
  begin.run();
  for (const auto& seen : batch) {
    if (seen.reservation == 0) continue;
    (count << seen.reservation << member_of(seen.event) << seen.at).run();
  }
  position_ = batch.back().position;
  (move << position_).run();
  commit.run();
  return batch.size();
}

}  // namespace exhibition::benchmarks::floor
