#include "schema.hpp"

#include <array>

// Every index names the query it is there for: one with random keys is the dearest thing a schema
// can have. A CHECK is run with every row: `IN` of more than two words would make a table of them each
// time.

namespace exhibition::sqlite {
namespace {

/// What Followers keep, in whichever file. The names are ours alone: a host's projection file has
/// tables of its own.
constexpr const char* follower_sql = R"sql(
CREATE TABLE exhibition_follower(
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  begun INTEGER NOT NULL,
  failing_position INTEGER,
  attempts INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE exhibition_dead_letter(
  follower TEXT NOT NULL,
  position INTEGER NOT NULL,
  stream TEXT NOT NULL CHECK(stream IN ('exhibition', 'reservation')),
  stream_id INTEGER NOT NULL,
  aggregate TEXT NOT NULL,
  aggregate_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  correlation_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  payload TEXT NOT NULL,
  reason TEXT NOT NULL CHECK(reason IN ('failed', 'behind')),
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  parked_at INTEGER NOT NULL,
  PRIMARY KEY(follower, position)
) STRICT, WITHOUT ROWID;
-- what waits behind a dead letter of its stream
CREATE INDEX exhibition_dead_letter_by_stream
  ON exhibition_dead_letter(follower, stream, stream_id, position);
)sql";

/// What else is kept of a follower since several processes may run it, and it can be made anew.
constexpr const char* running_sql = R"sql(
ALTER TABLE exhibition_follower ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE exhibition_follower ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exhibition_follower ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exhibition_follower ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exhibition_follower ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exhibition_follower ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
)sql";

constexpr std::array booking_migrations = {R"sql(
CREATE TABLE exhibition(
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL CHECK(status = 'open' OR status = 'suspended' OR status = 'withdrawn'),
  hold_ttl_ms INTEGER NOT NULL,
  hold_max_ms INTEGER NOT NULL,
  max_places_per_reservation INTEGER NOT NULL,
  max_places_per_member INTEGER NOT NULL,
  cancel_cutoff_ms INTEGER NOT NULL,
  withdrawn_at INTEGER,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE session(
  id INTEGER PRIMARY KEY,
  exhibition INTEGER NOT NULL REFERENCES exhibition(id),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER,
  sales_from INTEGER,
  sales_until INTEGER,
  capacity INTEGER,
  taken INTEGER NOT NULL,
  status TEXT NOT NULL CHECK(status = 'open' OR status = 'closed' OR status = 'cancelled'),
  cancelled_at INTEGER,
  overbooked INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
-- the sessions of an exhibition in the order of their start
CREATE INDEX session_by_start ON session(exhibition, starts_at, id);

CREATE TABLE reservation(
  id INTEGER PRIMARY KEY,
  exhibition INTEGER NOT NULL,
  session INTEGER NOT NULL REFERENCES session(id),
  member TEXT NOT NULL,
  places INTEGER NOT NULL CHECK(places > 0),
  status TEXT NOT NULL
    CHECK(status = 'confirmed' OR status = 'held' OR status = 'cancelled' OR status = 'expired'),
  expires_at INTEGER,
  reason TEXT,
  created_at INTEGER NOT NULL,
  under_member_limit INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
-- the reservations of a session
CREATE INDEX reservation_by_session ON reservation(session, id);
-- holds to settle
CREATE INDEX hold_by_time ON reservation(expires_at, id) WHERE status = 'held';
-- holds whose places a reserve may take, and the sum of them
CREATE INDEX hold_by_session ON reservation(session, expires_at, id, places) WHERE status = 'held';
-- what a member has, where members are limited: hosts without limits do not pay for it
CREATE INDEX limited_by_member ON reservation(exhibition, member)
  WHERE under_member_limit = 1 AND status IN ('held', 'confirmed');

CREATE TABLE voucher(
  id INTEGER PRIMARY KEY,
  reservation INTEGER NOT NULL REFERENCES reservation(id),
  code TEXT NOT NULL,
  admits INTEGER NOT NULL,
  admitted INTEGER NOT NULL,
  status TEXT NOT NULL CHECK(status IN ('active', 'deactivated')),
  version INTEGER NOT NULL
) STRICT;
-- what a gate scans
CREATE UNIQUE INDEX voucher_by_code ON voucher(code);
-- the vouchers of a reservation
CREATE INDEX voucher_by_reservation ON voucher(reservation, id);

CREATE TABLE redemption(
  voucher INTEGER NOT NULL REFERENCES voucher(id),
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  gate TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(voucher, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_key(
  command TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint INTEGER NOT NULL,
  aggregate INTEGER NOT NULL,
  applied_at INTEGER NOT NULL,
  PRIMARY KEY(command, key)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: positions are not given again, even when the last events are gone
CREATE TABLE event_log(
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL CHECK(stream IN ('exhibition', 'reservation')),
  stream_id INTEGER NOT NULL,
  aggregate TEXT NOT NULL,
  aggregate_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  correlation_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  payload TEXT NOT NULL
) STRICT;

CREATE TABLE follower(
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unused_id(
  kind TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql", follower_sql,
                                           R"sql(
INSERT INTO exhibition_follower SELECT name, position, position, NULL, 0, 0, '' FROM follower;
DROP TABLE follower;
)sql", running_sql,
                                           R"sql(
CREATE TABLE log(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  id TEXT NOT NULL
) STRICT;
INSERT INTO log VALUES(1, lower(hex(randomblob(16))));
)sql",
                                           R"sql(
ALTER TABLE log ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN floor_proof INTEGER NOT NULL DEFAULT 0;
)sql"};

constexpr std::array my_page_migrations = {R"sql(
CREATE TABLE entry(
  reservation INTEGER PRIMARY KEY,
  exhibition INTEGER NOT NULL,
  session INTEGER NOT NULL,
  member TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER,
  places INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  expires_at INTEGER,
  voucher_code TEXT NOT NULL,
  voucher_status TEXT,
  updated_at INTEGER NOT NULL
) STRICT;
-- a member's page
CREATE INDEX entry_by_member ON entry(member, reservation);

CREATE TABLE session(
  id INTEGER PRIMARY KEY,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER
) STRICT;

CREATE TABLE followed(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO followed VALUES(1, 0);
)sql",
                                           follower_sql,
                                           R"sql(
INSERT INTO exhibition_follower SELECT 'my-page', position, position, NULL, 0, 0, '' FROM followed
  WHERE position > 0;
DROP TABLE followed;
)sql",
                                           running_sql};

constexpr std::array follower_migrations = {follower_sql, running_sql};

}  // namespace

const Schema booking_schema{"booking file", 0x45584842, booking_migrations};
const Schema my_page_schema{"my-page file", 0x45584850, my_page_migrations};
const Schema follower_schema{"followers file", 0x45584846, follower_migrations};

}  // namespace exhibition::sqlite
