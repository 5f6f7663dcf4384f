#pragma once

#include "exhibition/core/id.hpp"

namespace exhibition {

using ExhibitionId = Id<struct ExhibitionTag>;
using SessionId = Id<struct SessionTag>;
using ReservationId = Id<struct ReservationTag>;
using VoucherId = Id<struct VoucherTag>;

/// A place in the event log. Positions strictly increase in the order in which commits become
/// visible, with gaps now and then; the default is the place before the first event.
using Position = Id<struct PositionTag>;

}  // namespace exhibition
