#include "support/log.hpp"

#include <cstdint>
#include <exhibition/adapters/sqlite.hpp>
#include <stdexcept>
#include <string>

#include "floor/connection.hpp"
#include "support/crowd.hpp"
#include "support/read_model.hpp"

namespace exhibition::benchmarks {
namespace {

constexpr std::size_t members = 20'000;

}  // namespace

Log::Log(std::size_t events) {
  auto engine = museum_.open();
  take_reservations(engine, museum_.session, (events + 1) / 2, members);
  let_follow(engine);  // a voucher for each
  events_ = static_cast<std::size_t>(engine.events().head().value().value());
}

void Log::project(Engine& engine, const std::filesystem::path& model, std::size_t batch) const {
  engine.events()
      .project(follower, sqlite::projection_file(model, read_model_schema),
               [](sqlite::Transaction& transaction, const Envelope& envelope) {
                 if (envelope.stream.kind != StreamKind::reservation) return;
                 transaction.execute(count_sql,
                                     {envelope.stream.id, std::string(member_of(envelope.event)),
                                      envelope.occurred_at.time_since_epoch().count()});
               },
               {.batch = batch})
      .value();
}

void Log::check(const std::filesystem::path& model) const {
  const floor::Connection connection(model);
  floor::Prepared count(connection.handle(), "SELECT count(*), sum(events) FROM visit");
  count.step();
  const auto reservations = static_cast<std::int64_t>(events_ / 2 - 1);  // two are the catalogue's
  if (count.integer(0) != reservations || count.integer(1) != 2 * reservations) {
    throw std::runtime_error("the read model has other events than the log");
  }
}

}  // namespace exhibition::benchmarks
