#pragma once

#include <type_traits>

#include "exhibition/domain/events.hpp"

/// Which fields an event has in JSON, told once for writing and reading: `visit(name, field)` for
/// each of them.

namespace exhibition::codec {

template <class Rules, class Visit>
requires std::is_same_v<std::remove_const_t<Rules>, BookingRules>
void each_field(Rules& rules, Visit& visit) {
  visit("hold_ttl_ms", rules.hold_ttl);
  visit("hold_max_ms", rules.hold_max);
  visit("max_places_per_reservation", rules.max_places_per_reservation);
  visit("max_places_per_member", rules.max_places_per_member);
  visit("cancel_cutoff_ms", rules.cancel_cutoff);
}

template <class Times, class Visit>
requires std::is_same_v<std::remove_const_t<Times>, SessionTimes>
void each_field(Times& times, Visit& visit) {
  visit("starts_at", times.starts_at);
  visit("ends_at", times.ends_at);
  visit("sales_from", times.sales_from);
  visit("sales_until", times.sales_until);
}

/// A field that some events have and others have not is told where it is, in one order for all of
/// them.
template <class E, class Visit>
requires requires(E& e) { e.type; }
void each_field(E& e, Visit& visit) {
  if constexpr (requires { e.voucher; }) visit("voucher", e.voucher);
  if constexpr (requires { e.reservation; }) visit("reservation", e.reservation);
  if constexpr (requires { e.exhibition; }) visit("exhibition", e.exhibition);
  if constexpr (requires { e.session; }) visit("session", e.session);
  if constexpr (requires { e.member; }) visit("member", e.member);
  if constexpr (requires { e.places; }) visit("places", e.places);
  if constexpr (requires { e.title; }) visit("title", e.title);
  if constexpr (requires { e.kind; }) visit("kind", e.kind);
  if constexpr (requires { e.status; }) visit("status", e.status);
  if constexpr (requires { e.rules; }) each_field(e.rules, visit);
  if constexpr (requires { e.times; }) each_field(e.times, visit);
  if constexpr (requires { e.starts_at; }) visit("starts_at", e.starts_at);
  if constexpr (requires { e.ends_at; }) visit("ends_at", e.ends_at);
  if constexpr (requires { e.capacity; }) visit("capacity", e.capacity);
  if constexpr (requires { e.expires_at; }) visit("expires_at", e.expires_at);
  if constexpr (requires { e.due_at; }) visit("due_at", e.due_at);
  if constexpr (requires { e.withdrawn_at; }) visit("withdrawn_at", e.withdrawn_at);
  if constexpr (requires { e.cancelled_at; }) visit("cancelled_at", e.cancelled_at);
  if constexpr (requires { e.reason; }) visit("reason", e.reason);
  if constexpr (requires { e.code; }) visit("code", e.code);
  if constexpr (requires { e.admits; }) visit("admits", e.admits);
  if constexpr (requires { e.gate; }) visit("gate", e.gate);
  if constexpr (requires { e.count; }) visit("count", e.count);
  if constexpr (requires { e.admitted; }) visit("admitted", e.admitted);
}

}  // namespace exhibition::codec
