#include "programme.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "options.hpp"

namespace quickstart {
namespace {

using exhibition::Instant;
using nlohmann::json;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;

/// Errors: std::runtime_error naming a field that nobody reads, such as one that is misspelt.
void check_fields(const json& object, const std::set<std::string>& known) {
  for (const auto& [field, value] : object.items()) {
    if (!known.contains(field)) throw std::runtime_error("unknown field '" + field + "'");
  }
}

template <class T>
std::optional<T> optional(const json& object, const char* field) {
  if (!object.contains(field)) return std::nullopt;
  return T(object.at(field).get<typename T::rep>());
}

minutes time_of_day(const std::string& text) {
  const auto at = parse_instant("1970-01-01T" + text + ":00Z");
  if (!at) throw std::runtime_error("'at' is a time of day like 10:00, not: " + text);
  return floor<minutes>(at->time_since_epoch());
}

exhibition::BookingRules rules_of(const json& object) {
  check_fields(object, {"hold_minutes", "hold_max_minutes", "max_places_per_reservation",
                        "max_places_per_member", "cancel_cutoff_hours"});
  exhibition::BookingRules rules;
  rules.hold_ttl = optional<minutes>(object, "hold_minutes").value_or(minutes{15});
  rules.hold_max = optional<minutes>(object, "hold_max_minutes").value_or(minutes{60});
  rules.cancel_cutoff = optional<hours>(object, "cancel_cutoff_hours").value_or(hours{0});
  rules.max_places_per_reservation =
      object.value("max_places_per_reservation", rules.max_places_per_reservation);
  rules.max_places_per_member = object.value("max_places_per_member", rules.max_places_per_member);
  return rules;
}

PlannedSession session_of(const json& object) {
  check_fields(object,
               {"days", "at", "minutes", "capacity", "sales_from_days", "sales_until_minutes"});
  PlannedSession session{.days = object.at("days").get<std::vector<int>>(),
                         .at = time_of_day(object.at("at").get<std::string>()),
                         .length = optional<minutes>(object, "minutes"),
                         .sales_from = optional<days>(object, "sales_from_days"),
                         .sales_until = optional<minutes>(object, "sales_until_minutes")};
  if (object.contains("capacity")) session.capacity = object.at("capacity").get<std::uint32_t>();
  return session;
}

PlannedExhibition exhibition_of(const json& object) {
  check_fields(object, {"slug", "title", "museum", "kind", "rules", "sessions"});
  PlannedExhibition planned{.slug = object.at("slug").get<std::string>(),
                            .title = object.at("title").get<std::string>() + ", " +
                                     object.at("museum").get<std::string>(),
                            .kind = object.at("kind").get<std::string>(),
                            .rules = rules_of(object.value("rules", json::object())),
                            .sessions = {}};
  std::set<minutes> times;
  for (const auto& session : object.at("sessions")) {
    planned.sessions.push_back(session_of(session));
    if (!times.insert(planned.sessions.back().at).second) {
      throw std::runtime_error("two sessions have the same 'at'");
    }
  }
  return planned;
}

/// The session as it is on one day.
exhibition::NewSession on_day(const PlannedSession& planned, std::chrono::sys_days day) {
  exhibition::NewSession session{.starts_at = day + planned.at, .capacity = planned.capacity};
  if (planned.length) session.ends_at = session.starts_at + *planned.length;
  if (planned.sales_from) session.sales_from = session.starts_at - *planned.sales_from;
  if (planned.sales_until) session.sales_until = session.starts_at - *planned.sales_until;
  return session;
}

bool is_there(const std::vector<exhibition::Session>& sessions,
              const exhibition::NewSession& wanted) {
  for (const auto& session : sessions) {
    // What is open-ended was opened once, on whatever day that was.
    if (!wanted.ends_at && !session.times.ends_at) return true;
    if (wanted.ends_at && session.times.starts_at == wanted.starts_at) return true;
  }
  return false;
}

void add_sessions(exhibition::Catalogue& catalogue, const PlannedExhibition& planned,
                  exhibition::ExhibitionId id, Instant now, Opening& opening) {
  const auto there = catalogue.sessions_of(id, {.limit = 1000}).value().items;
  for (const auto& session : planned.sessions) {
    for (const int day : session.days) {
      const auto wanted = on_day(session, floor<days>(now) + days{day});
      if (is_there(there, wanted)) {
        ++opening.sessions_found;
        continue;
      }
      const auto key = "demo/" + planned.slug + '/' + exhibition::to_string(wanted.starts_at);
      if (catalogue.add_session(id, wanted, {.idempotency_key = key}).value().version > 0) {
        ++opening.sessions_added;
      }
    }
  }
}

}  // namespace

Programme read_programme(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + ": cannot be read");
  Programme programme;
  std::string where = file.string();
  try {
    const auto document = json::parse(stream);
    for (const auto& object : document.at("exhibitions")) {
      where = file.string() + ", exhibition " + std::to_string(programme.size() + 1);
      programme.push_back(exhibition_of(object));
    }
  } catch (const std::exception& problem) {
    throw std::runtime_error(where + ": " + problem.what());
  }
  return programme;
}

Opening open_programme(exhibition::Catalogue& catalogue, const Programme& programme, Instant now) {
  Opening opening;
  for (const auto& planned : programme) {
    const auto made =
        catalogue
            .register_exhibition(
                {.title = planned.title, .kind = planned.kind, .rules = planned.rules},
                {.idempotency_key = "demo/" + planned.slug})
            .value();
    ++(made.replayed ? opening.found : opening.registered);
    opening.exhibitions[planned.slug] = made.exhibition.id;
    add_sessions(catalogue, planned, made.exhibition.id, now, opening);
  }
  return opening;
}

}  // namespace quickstart
