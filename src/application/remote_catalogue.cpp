#include "remote_catalogue.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <variant>

namespace exhibition {
namespace {

Error failure(SessionId session, const std::string& what) {
  return refusal::StorageFailure{"the catalogue's offer of session " +
                                 std::to_string(session.value()) + ": " + what};
}

/// What is wrong with it; an offer that no catalogue could make is no better than none.
std::optional<std::string> flaw(const Offer& offer, SessionId session) {
  const auto& [shown, offered] = offer;
  if (offered.id != session) return "is of another session";
  if (shown.id.value() < 1 || offered.exhibition != shown.id) return "is of another exhibition";
  if (shown.version < 1 || offered.version < 1) return "has no version";
  if ((shown.status == ExhibitionStatus::withdrawn) != shown.withdrawn_at.has_value()) {
    return "does not know whether the exhibition is withdrawn";
  }
  if ((offered.status == SessionStatus::cancelled) != offered.cancelled_at.has_value()) {
    return "does not know whether the session is cancelled";
  }
  for (const auto& checked : {check_title(shown.title), check_kind(shown.kind), check(shown.rules),
                              check(offered.times), check_capacity(offered.capacity)}) {
    if (!checked) return checked.error().message();
  }
  return std::nullopt;
}

/// One that goes away by itself says when to come back, within reason.
Error with_hint(Error error, std::chrono::milliseconds otherwise) {
  using namespace std::chrono_literals;
  const auto add = [&](auto& refusal) {
    if constexpr (requires { refusal.retry_after; }) {
      refusal.retry_after =
          std::clamp<std::chrono::milliseconds>(refusal.retry_after.value_or(otherwise), 1ms, 24h);
    }
  };
  // An open breaker without a hint waits for a human.
  if (error.code != Errc::circuit_open) std::visit(add, error.detail);
  return error;
}

/// A probe whose call is still in time is not lost.
BreakerOptions breaker_of(const AvailabilityOptions& options) {
  BreakerOptions breaker = options.breaker;
  breaker.probe_lease = std::max(breaker.probe_lease, options.timeout);
  return breaker;
}

}  // namespace

RemoteCatalogue::RemoteCatalogue(AvailabilityOptions options, const MonotonicClock& clock)
    : port_(std::move(options.port)),
      fallback_(std::move(options.fallback)),
      breaker_("availability", breaker_of(options), clock),
      timeout_(options.timeout, clock),
      bulkhead_("availability", options.bulkhead, clock) {
  if (options.on_breaker_event) breaker_.listen(std::move(options.on_breaker_event));
}

Result<std::optional<Offer>> RemoteCatalogue::offer(SessionId session) {
  if (!port_) return std::optional<Offer>();
  const auto call = [&](const CallContext& context) { return ask(session, context.deadline); };
  Fallback fallback([&](const FailedCall& failed) -> Result<Offer> {
    if (fallback_) {
      auto instead = fallback_(session, failed);
      if (!instead) return instead;
      if (const auto wrong = flaw(*instead, session)) return failure(session, *wrong);
      return instead;
    }
    if (failed.thrown) std::rethrow_exception(failed.thrown);
    return *failed.error;
  });
  auto offered = Pipeline(fallback, breaker_, timeout_, bulkhead_).run(call);
  if (offered) return std::optional(*std::move(offered));
  return with_hint(std::move(offered.error()), hint(timeout_.span()));
}

Result<Offer> RemoteCatalogue::ask(SessionId session, Moment deadline) {
  try {
    auto offered = port_->offer(session, deadline);
    if (!offered) return offered;
    if (const auto wrong = flaw(*offered, session)) return failure(session, *wrong);
    return offered;
  } catch (const PortError& problem) {
    return failure(session, problem.what());
  }
}

std::optional<AvailabilityStats> RemoteCatalogue::stats() const {
  if (!port_) return std::nullopt;
  return AvailabilityStats{breaker_.snapshot(), bulkhead_.snapshot()};
}

Result<Shown> Shown::find(UnitOfWork& unit, SessionId id, const std::optional<Offer>& offer) {
  Shown shown;
  const auto session = unit.sessions().find_for_update(id);
  if (!session && !offer) return refusal::NotFound{"session", id.value()};
  const auto exhibition_id = session ? session->exhibition : offer->exhibition.id;
  const auto exhibition = offer ? unit.exhibitions().find_for_update(exhibition_id)
                                : unit.exhibitions().find(exhibition_id);
  if (!exhibition && !offer) return refusal::NotFound{"exhibition", exhibition_id.value()};
  if (!offer) {
    shown.exhibition_ = *exhibition;
    shown.session_ = *session;
    return shown;
  }
  if (offer->exhibition.id != exhibition_id) return failure(id, "is of another exhibition");
  shown.has_session_ = session.has_value();
  if (exhibition && offer->exhibition.version < exhibition->version) {
    shown.exhibition_ = *exhibition;
  } else {
    shown.exhibition_ = offer->exhibition;
    if (!exhibition) shown.exhibition_is_ = Kept::unknown;
    if (exhibition && *exhibition != offer->exhibition) shown.exhibition_is_ = Kept::changed;
  }
  if (session && offer->session.version < session->version) {
    shown.session_ = *session;
  } else {
    shown.session_ = offer->session;
    shown.session_.taken = session ? session->taken : 0;
    shown.session_.overbooked = shown.session_.exceeds_capacity();
  }
  return shown;
}

void Shown::save(UnitOfWork& unit, const Session& session) const {
  if (exhibition_is_ == Kept::unknown) unit.exhibitions().add(exhibition_);
  if (exhibition_is_ == Kept::changed) unit.exhibitions().save(exhibition_);
  if (has_session_) {
    unit.sessions().save(session);
  } else {
    unit.sessions().add(session);
  }
}

}  // namespace exhibition
