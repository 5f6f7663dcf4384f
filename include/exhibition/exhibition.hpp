#pragma once

/// Start here: everything a host needs but the adapter it opens (exhibition/adapters/sqlite.hpp,
/// for one).
///
/// - engine.hpp         Engine, what a host opens, and its options
/// - application/*.hpp  the desks: Catalogue, Bookings, VoucherDesk, MemberPages, EventFeed
/// - domain/*.hpp       what they speak of: exhibitions, sessions, reservations, vouchers, my page,
/// events
/// - core/*.hpp         results, errors, ids, time
/// - resilience/*.hpp   what keeps a program that calls others standing; each is included by itself
/// - ports/*.hpp        what an adapter implements

#include "exhibition/core/result.hpp"
#include "exhibition/domain/events.hpp"
#include "exhibition/engine.hpp"
#include "exhibition/version.hpp"
